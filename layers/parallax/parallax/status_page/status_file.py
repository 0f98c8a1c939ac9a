"""Status file: the page as data, `status.json`, and the memory of the next run.

In: the services and incidents of a run. Out: JSON, and back.
It does not: contain anything that the page does not show.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parallax.model.plain import json_text
from parallax.model.wire import decode_json, encode, wired

SCHEMA = "io.parallax.status.v1"
"""The schema of the file; a file of another one is not replaced."""


class StatusFileError(ValueError):
    """A file is not one of this module; the text is the reason."""


class UpdateKind(StrEnum):
    """What an update of an incident reports."""

    BEGUN = "begun"
    UPDATED = "updated"
    RESOLVED = "resolved"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One sentence or two about an incident.

    `services` are those that it is about, and `state` is how they are; both are empty
    in a file of an earlier release.
    """

    at: datetime
    kind: UpdateKind
    text: str
    services: tuple[str, ...] = ()
    state: str = ""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class PublicIncident:
    """A failure as the public sees it.

    `affected` are the services that fail now, or failed last; `services` are all that
    failed since it began.
    """

    id: str
    begun_at: datetime
    resolved_at: datetime | None = None
    affected: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    updates: tuple[Update, ...] = ()


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """A service; `uptime` is a percentage of 90 days, rounded down; None: no data.

    `outage_minutes` has a number for each of the days, the oldest first; None: that day
    has no data.
    """

    title: str
    group: str | None = None
    status: str
    uptime: float | None = None
    outage_minutes: tuple[int | None, ...] = ()


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFile:
    """The content of `status.json`."""

    schema: str = SCHEMA
    title: str
    updated_at: datetime
    services: tuple[ServiceStatus, ...] = ()
    incidents: tuple[PublicIncident, ...] = ()
    """The newest first; open ones, and those of the last 90 days."""


def write_status(file: StatusFile) -> bytes:
    """Return the file's bytes."""
    return json_text(encode(file), indent=1, separators=(",", ": ")).encode()


def read_status(content: bytes) -> StatusFile:
    """Return the file of an earlier run; raises `StatusFileError` for anything else."""
    try:
        file = decode_json(StatusFile, content)
    except (ValueError, RecursionError) as error:
        raise StatusFileError("it is not a status file of Parallax") from error
    if file.schema != SCHEMA:
        raise StatusFileError(f"its schema is not {SCHEMA}")
    return file
