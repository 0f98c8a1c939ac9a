"""Traefik's access log: the common format, and JSON.

In: a line, or a JSON line's leaves. Out: an `AccessLine`, or None.
It does not: find the id in the common format, which contains no request header except
Referer and User-Agent. JSON drops all headers unless configured to keep them.

Sources: doc.traefik.io/traefik/observability/access-logs (the common format's fields;
`fields.headers.defaultMode` is drop; JSON's field names), and Traefik's
`pkg/middlewares/accesslog/logger_formatters.go` for their order and quotes.
Durations in JSON are nanoseconds. `OriginStatus` is also set if Traefik itself
responded instead of a server: its own 502 and 504 have 11 and 15 bytes of text, so for
these the length proves nothing.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from parallax_agent.sightings.access_line import (
    AccessLine,
    any_time,
    common_time,
    number,
    seconds,
    status,
    text,
)
from parallax_agent.sightings.formats.objects import first

LACKING_ID = (
    "Traefik's common log format cannot contain X-Request-ID; set accessLog.format to "
    "json and accessLog.fields.headers.names.X-Request-Id and .User-Agent to keep"
)
LACKING_HEADERS = (
    "Traefik's access log drops request headers; set accessLog.fields.headers.names."
    "X-Request-Id and .User-Agent to keep"
)
_OWN_TEXTS = {(502, 11), (504, 15)}
_NANOSECONDS = 1e9
_COMMON = re.compile(
    r"\S+ - [^\[]* \[(?P<time>[^\]]*)\] "
    r'"[^"]*" (?P<status>\d+|-) (?P<size>\d+|-) '
    r'"(?:[^"\\]|\\.)*" "(?P<agent>(?:[^"\\]|\\.)*)" (?:\d+|-) '
    r'"(?P<router>[^"]*)" "(?P<server>[^"]*)" (?P<ms>\d+)ms',
    re.ASCII,
)


def common(line: str, seen_at: datetime | None) -> AccessLine | None:
    """Parse a line of the common format; it never contains the id."""
    match = _COMMON.fullmatch(line)
    code = status(match["status"]) if match else None
    moment = seen_at or (common_time(match["time"]) if match else None)
    if match is None or code is None or moment is None:
        return None
    return AccessLine(
        seen_at=moment,
        status_code=code,
        request_id=None,
        user_agent=match["agent"],
        upstream_name=text(match["router"]),
        upstream_address=_address(match["server"]),
        request_time=seconds(match["ms"], 1000),
        lacking=LACKING_ID,
    )


def from_json(
    leaves: Mapping[str, object], seen_at: datetime | None
) -> AccessLine | None:
    """Parse a JSON line; None: it is not Traefik's."""
    code = status(first(leaves, "downstreamstatus", "originstatus"))
    moment = seen_at or any_time(first(leaves, "startutc", "time", "startlocal"))
    if "originstatus" not in leaves and "downstreamstatus" not in leaves:
        return None
    if code is None or moment is None:
        return None
    address = _address(first(leaves, "serviceaddr", "serviceurl"))
    answered = status(leaves.get("originstatus")) if address else None
    length = number(leaves.get("origincontentsize")) if address else None
    return AccessLine(
        seen_at=moment,
        status_code=code,
        request_id=text(leaves.get("requestxrequestid")),
        user_agent=text(leaves.get("requestuseragent")),
        upstream_name=text(first(leaves, "servicename", "routername")),
        upstream_address=address,
        upstream_status=answered,
        upstream_response_length=None if (answered, length) in _OWN_TEXTS else length,
        request_time=seconds(leaves.get("duration"), _NANOSECONDS),
        upstream_response_time=seconds(leaves.get("originduration"), _NANOSECONDS)
        if address
        else None,
        lacking=LACKING_HEADERS,
    )


def _address(value: object) -> str | None:
    """Return host and port of a server's URL or address, without its password."""
    url = text(value)
    if not url:
        return None
    return text(url.rpartition("://")[2].partition("/")[0].rpartition("@")[2])
