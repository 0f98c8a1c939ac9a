"""Access line: the values of one line of an ingress's access log, in any format.

In: the values that a format's parser found. Out: an `AccessLine`.
It does not: know a format; `formats` does. No value raises an error, because any client
can write into an access log.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from parallax.model.values import LARGEST

LINE_BYTES = 16384
"""Longer lines are not read; nginx limits a request line to less by default."""
NOTHING = frozenset({"", "-"})
"""How logs write an absent value."""
_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\S+) (.*)", re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLine:
    """The values of one line; of several upstreams, the last one tried.

    `request_id` None: the format does not contain what was sent as X-Request-ID;
    `user_agent` None: it does not contain the User-Agent, so the client is unknown.
    `lacking` then says what to add to the ingress's configuration.
    """

    seen_at: datetime
    status_code: int
    request_id: str | None
    user_agent: str | None
    upstream_name: str | None = None
    upstream_address: str | None = None
    upstream_status: int | None = None
    upstream_response_length: int | None = None
    request_time: float | None = None
    upstream_response_time: float | None = None
    lacking: str = ""

    @property
    def fit(self) -> bool:
        """Whether the line's format can show Parallax's requests at all."""
        return self.request_id is not None and self.user_agent is not None


def stamped(line: str) -> tuple[datetime | None, str]:
    """Split the container runtime's RFC 3339 time (with nanoseconds) from a line."""
    match = _STAMP.fullmatch(line)
    moment = iso_time(match[1]) if match else None
    return (moment, match[2]) if match and moment else (None, line)


def text(value: object) -> str | None:
    """Return a value that is present, as text."""
    if value is None or isinstance(value, dict | list):
        return None
    content = str(value)
    return None if content in NOTHING else content


def number(value: object) -> int | None:
    """Return a whole number of at most 18 digits, from a number or text."""
    if isinstance(value, bool):
        return None
    digits = str(value) if isinstance(value, int | str) else ""
    plain = digits.isascii() and digits.isdigit() and len(digits) <= 18  # noqa: PLR2004 - see the docstring
    return int(digits) if plain else None


def status(value: object) -> int | None:
    """Return an HTTP status; None for 0 (the client disconnected) and others."""
    code = number(value)
    return code if code is not None and 100 <= code <= 999 else None  # noqa: PLR2004 - three digits


def seconds(value: object, per_second: float = 1) -> float | None:
    """Return a duration in seconds; None if negative, or longer than ingest takes."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        duration = float(value) / per_second
    except (ValueError, OverflowError):
        return None
    return duration if 0 <= duration <= LARGEST else None


def iso_time(value: object) -> datetime | None:
    """Parse an ISO 8601 time with its zone."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def common_time(value: object) -> datetime | None:
    """Parse the common log format's time, `23/Nov/2026:21:00:01 +0000`."""
    try:
        return datetime.strptime(str(value), "%d/%b/%Y:%H:%M:%S %z")
    except ValueError:
        return None


def any_time(value: object) -> datetime | None:
    """Parse a time as logs write it: ISO 8601, common log format, or seconds."""
    moment = iso_time(value) or common_time(value)
    elapsed = None if moment else seconds(value)
    if elapsed is None or not 1e9 <= elapsed < 1e10:  # noqa: PLR2004 - years 2001 to 2286
        return moment
    return datetime.fromtimestamp(elapsed, UTC)
