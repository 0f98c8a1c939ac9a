"""Snapshot excerpt: what a page shows of a snapshot, decoded without the rest.

In: the JSON of a plain or of a stored snapshot. Out: its external run, the past probes,
the last good probe.
It does not: decode the agents' reports. They are most of a snapshot, and what they
show at each hop is in the finding's path.
"""

from dataclasses import dataclass
from datetime import datetime

from parallax.model.probe import Probe, ProbeRun
from parallax.model.snapshot import SCHEMA, PastProbe, Snapshot
from parallax.model.stored_snapshot import STORED_SCHEMA, UnknownSchemaError
from parallax.model.wire import decode_json, wired


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Fields of a `Snapshot`, with the same names and meaning."""

    taken_at: datetime
    run: ProbeRun | None = None
    past: tuple[PastProbe, ...] = ()
    failing_since: datetime | None = None
    last_good: Probe | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """Fields of a `StoredSnapshot`; a plain snapshot has no `snapshot`."""

    schema: str = SCHEMA
    snapshot: Excerpt | None = None


def decode_excerpt(text: bytes) -> Excerpt:
    """Return the excerpt of a snapshot's JSON.

    Raises `UnknownSchemaError` for another version, `pydantic.ValidationError` for
    wrong content; both are a `ValueError`.
    """
    stored = decode_json(_Stored, text)
    if stored.schema == STORED_SCHEMA and stored.snapshot is not None:
        return stored.snapshot
    if stored.schema == SCHEMA:
        return decode_json(Excerpt, text)
    raise UnknownSchemaError(f"unknown snapshot schema {stored.schema}")


def excerpt_of(snapshot: Snapshot) -> Excerpt:
    """Return the excerpt of a snapshot that a finding contains."""
    return Excerpt(
        taken_at=snapshot.taken_at,
        run=snapshot.run,
        past=snapshot.past,
        failing_since=snapshot.failing_since,
        last_good=snapshot.last_good,
    )
