"""Recognize: which family wrote a line, from the line alone.

In: a line without its runtime timestamp. Out: an `AccessLine`, or None.
It does not: need configuration; if there is any, `log_format` uses it first. nginx's
JSON lines have the names that their ConfigMap defines, so common names are tried:
`request_id`, `req_id`, `requestID`, and others.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from parallax_agent.sightings.access_line import (
    AccessLine,
    any_time,
    number,
    seconds,
    status,
    text,
)
from parallax_agent.sightings.formats import envoy, haproxy, nginx, traefik
from parallax_agent.sightings.formats.objects import first, leaves
from parallax_agent.sightings.formats.template import last

REQUEST_ID = re.compile(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}")
"""What `parallax.probe` sends as X-Request-ID: a uuid4 in hex, without dashes."""
_IDS = ("reqid", "xrequestid", "httpxrequestid", "requestid")
_AGENTS = ("httpuseragent", "useragent", "agent", "ua", "original")


def recognize_line(line: str, seen_at: datetime | None) -> AccessLine | None:
    """Parse a line of any family; None: of none."""
    if line.startswith("{"):
        fields = leaves(line)
        return _from_json(fields, seen_at) if fields is not None else None
    if line.startswith("["):
        return _first(line, seen_at, *envoy.FORMATS)
    return (
        _first(line, seen_at, nginx.DEFAULT_FORMAT)
        or traefik.common(line, seen_at)
        or _first(line, seen_at, *haproxy.FORMATS)
    )


def _first(
    line: str,
    seen_at: datetime | None,
    *formats: nginx.NginxFormat | envoy.EnvoyFormat | haproxy.HaproxyFormat,
) -> AccessLine | None:
    return next(filter(None, (f.read(line, seen_at) for f in formats)), None)


def _from_json(
    fields: Mapping[str, object], seen_at: datetime | None
) -> AccessLine | None:
    return (
        traefik.from_json(fields, seen_at)
        or envoy.from_leaves(fields, seen_at)
        or _nginx(fields, seen_at)
    )


def _nginx(fields: Mapping[str, object], seen_at: datetime | None) -> AccessLine | None:
    """Parse a JSON line of nginx by the common names of its values."""
    code = status(first(fields, "status", "statuscode", "responsestatus"))
    moment = seen_at or any_time(
        first(fields, "timeiso8601", "time", "timestamp", "ts", "timelocal", "msec")
    )
    if code is None or moment is None:
        return None
    ids = [text(fields[name]) for name in _IDS if name in fields]
    agents = [text(fields[name]) for name in _AGENTS if name in fields]
    address = _last(first(fields, "upstreamaddr", "upstreamaddress", "upstreamhost"))
    length = _last(first(fields, "upstreamresponselength", "upstreamlength"))
    duration = _last(first(fields, "upstreamresponsetime", "upstreamtime"))
    lacks = [] if ids else ["X-Request-ID"]
    lacks += [] if agents else ["User-Agent"]
    return AccessLine(
        seen_at=moment,
        status_code=code,
        request_id=next(
            (i for i in ids if i and REQUEST_ID.fullmatch(i)), next(iter(ids), None)
        ),
        user_agent=next(iter(agents), None),
        upstream_name=text(first(fields, "proxyupstreamname", "upstreamname")),
        upstream_address=address,
        upstream_status=status(_last(first(fields, "upstreamstatus"))),
        upstream_response_length=number(length),
        request_time=seconds(first(fields, "requesttime", "duration")),
        upstream_response_time=seconds(duration),
        lacking=nginx.LACKING.format(" and ".join(lacks)) if lacks else "",
    )


def _last(value: object) -> str | None:
    values = text(value)
    return last({"": values}, "") if values else None
