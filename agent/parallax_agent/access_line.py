r"""Access line: one line of ingress-nginx's access log, in its default format.

In: a line as the Kubernetes API hands it out, with or without its timestamp.
Out: what it says about the upstream, or None for every other line.
It does not: raise, whatever stands in the line; strangers write into it.
Source: ingress-nginx `log-format-upstream`, controller 1.15.1 config.go:54.
nginx writes a quote inside a value as `\x22`, so a quote ends a value.
"""

import re
from dataclasses import dataclass
from datetime import datetime

LINE_BYTES = 16384
"""Longer lines are not read; nginx takes no longer request line by default."""
_LIST = r"[^\s,]+(?:(?:, | : )[^\s,]+)*"
_LINE = re.compile(
    r"(?:(?P<stamp>\d{4}-\d\d-\d\dT\S+) )?"
    r"\S+ - [^\[]* \[(?P<time_local>[^\]]*)\] "
    r'"[^"]*" (?P<status>\d{3}) \d+ "[^"]*" "(?P<user_agent>[^"]*)" '
    r"\d+ [\d.]+ \[(?P<upstream_name>[^\]]*)\] \[[^\]]*\] "
    rf"(?P<addresses>{_LIST}) (?P<lengths>{_LIST}) {_LIST} (?P<statuses>{_LIST}) "
    r"(?P<request_id>\S+)\s*",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLine:
    """What one line says; of several upstreams the last one tried for the request.

    With `custom-http-errors` nginx asks the default backend for a page after the
    pod has answered, and writes `pod : default-backend`. The pod is what counts.
    """

    seen_at: datetime
    user_agent: str
    request_id: str
    status_code: int
    upstream_name: str | None
    upstream_address: str | None
    upstream_status: int | None
    upstream_response_length: int | None


def parse(line: str) -> AccessLine | None:
    """Read a line; None: it is no access line of the default format."""
    match = _LINE.fullmatch(line) if len(line) <= LINE_BYTES else None
    if match is None:
        return None
    seen_at = _stamp(match["stamp"]) or _time_local(match["time_local"])
    if seen_at is None:
        return None
    return AccessLine(
        seen_at=seen_at,
        user_agent=match["user_agent"],
        request_id=match["request_id"],
        status_code=int(match["status"]),
        upstream_name=match["upstream_name"] or None,
        upstream_address=_last(match["addresses"]),
        upstream_status=_number(_last(match["statuses"])),
        upstream_response_length=_number(_last(match["lengths"])),
    )


def _last(values: str) -> str | None:
    """Return the last of nginx's values before an internal redirect.

    `, ` parts one try from the next, ` : ` the redirects (nginx's documentation of
    `$upstream_addr`).
    """
    last = values.partition(" : ")[0].rpartition(", ")[2]
    return None if last == "-" else last


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _stamp(text: str | None) -> datetime | None:
    """Read the container runtime's RFC 3339 time, which has nanoseconds."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _time_local(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z")
    except ValueError:
        return None
