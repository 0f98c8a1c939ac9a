"""Envoy's access log, as Envoy, Istio, Envoy Gateway and Contour write it.

In: a template of command operators and lines, or a JSON line's leaves.
Out: an `AccessLine`, or None. It does not: parse TCP logs, which have no id.

Sources: envoyproxy.io, "Access logging", the default format string; istio.io, "Envoy
access logs", the default format (JSON has the same fields by name);
gateway.envoyproxy.io, "Gateway access logs", whose keys are header names.
An absent value is `-`. The log has one status, the client's. It is also the upstream's
if the details are `via_upstream`, or, without details, if no flag is set and the
upstream's time is known. Times are milliseconds.
At the edge Envoy replaces the X-Request-ID by its own, unless
`preserve_external_request_id` is set (istio/istio#10875). Requests from private
addresses keep theirs, so internal requests prove nothing about external ones
(istio/istio#43833). Envoy Gateway has the setting since envoyproxy/gateway#3225.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from parallax_agent.sightings.access_line import (
    AccessLine,
    any_time,
    number,
    seconds,
    status,
    text,
)
from parallax_agent.sightings.formats.objects import first
from parallax_agent.sightings.formats.template import (
    Piece,
    Template,
    Variable,
    compile_pieces,
)

_HEAD = (
    '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" '
    "%RESPONSE_CODE% %RESPONSE_FLAGS% "
)
_TAIL = (
    "%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "
    '"%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" '
    '"%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"'
)
ENVOY = _HEAD + _TAIL
ISTIO = (
    f"{_HEAD}%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "
    f'"%UPSTREAM_TRANSPORT_FAILURE_REASON%" {_TAIL} %UPSTREAM_CLUSTER% '
    "%UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% "
    "%REQUESTED_SERVER_NAME% %ROUTE_NAME%"
)
LACKING = (
    "the Envoy access log lacks %REQ(X-REQUEST-ID)% or %REQ(USER-AGENT)%; add them to "
    "its format"
)
_OPERATOR = re.compile(r"%([A-Z_]+)(?:\(([^)%]*)\))?(?::\d+)?%")
_PLAIN = re.compile(r"[^a-z0-9]")
_PATTERNS = {"responsecode": r"\d{1,3}"}


@dataclass(frozen=True, slots=True)
class EnvoyFormat:
    """The parser of one format string."""

    template: Template

    def read(self, line: str, seen_at: datetime | None) -> AccessLine | None:
        """Parse a line; None: it is of another format."""
        values = self.template.values(line)
        return from_leaves(values, seen_at) if values is not None else None


def envoy_format(template: str) -> EnvoyFormat:
    """Compile a format string; raises `ValueError` if it has no status."""
    pieces: list[Piece] = []
    end = 0
    template = template.strip().removesuffix("\\n")
    for match in _OPERATOR.finditer(template):
        name = _name(match[1], match[2] or "")
        pieces += [template[end : match.start()], Variable(name, _PATTERNS.get(name))]
        end = match.end()
    compiled = compile_pieces([*pieces, template[end:]])
    if "responsecode" not in compiled.names:
        raise ValueError("the Envoy log format has no %RESPONSE_CODE%")
    return EnvoyFormat(compiled)


def _name(operator: str, argument: str) -> str:
    """Name an operator like the key of JSON formats, without punctuation."""
    header = argument.partition("?")[0] if operator in ("REQ", "RESP") else ""
    return _PLAIN.sub("", (header or operator).lower())


def from_leaves(
    leaves: Mapping[str, object], seen_at: datetime | None
) -> AccessLine | None:
    """Read values by name; None: they are not Envoy's."""
    code = status(leaves.get("responsecode"))
    moment = seen_at or any_time(first(leaves, "starttime", "timestamp", "time"))
    if code is None or moment is None:
        return None
    served = seconds(
        first(leaves, "xenvoyupstreamservicetime", "upstreamservicetime"), 1000
    )
    address = text(leaves.get("upstreamhost"))
    answered = address is not None and _answered(leaves, served)
    return AccessLine(
        seen_at=moment,
        status_code=code,
        request_id=text(first(leaves, "xrequestid", "requestid")),
        user_agent=text(first(leaves, "useragent")),
        upstream_name=text(leaves.get("upstreamcluster")),
        upstream_address=address,
        upstream_status=code if answered else None,
        upstream_response_length=number(leaves.get("bytessent")) if answered else None,
        request_time=seconds(leaves.get("duration"), 1000),
        upstream_response_time=served,
        lacking=LACKING,
    )


def _answered(leaves: Mapping[str, object], served: float | None) -> bool:
    """Tell whether the status is the upstream's own."""
    details = text(leaves.get("responsecodedetails"))
    if details is not None:
        return details == "via_upstream"
    return text(leaves.get("responseflags")) is None and served is not None


FORMATS = (envoy_format(ISTIO), envoy_format(ENVOY))
"""The default formats, compiled once; the longer one first."""
