"""HAProxy's HTTP log, as both HAProxy ingress controllers write it.

In: a template of log variables, and lines. Out: an `AccessLine`, or None.
It does not: parse TCP logs. The log contains a request's headers only if they are
captured: then `{…|…}` is in the line, and the id and the User-Agent are searched in it,
in any order.

Sources: docs.haproxy.org, configuration manual 8.2.3 "HTTP log format", 8.2.6 "Custom
log format", 8.5 "Session state at disconnection"; `src/log.c`
`default_http_log_format`, `default_https_log_format`; haproxytech's kubernetes-ingress,
`log-format` with its default and `request-capture`; haproxy-ingress.github.io,
`http-log-format` and `config-frontend`.
Times are milliseconds, -1 if the request did not get that far.
The state `--` means that the response was complete, so its status is the server's. The
log has the server's name, not its address; `<NOSRV>` means no server was selected.
With `PH` or `SH` HAProxy responds 502 itself: its response has no valid header,
or it ended before one. Such a line is like nginx's: a 502 of the server without a byte.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from parallax_agent.sightings.access_line import (
    AccessLine,
    any_time,
    seconds,
    status,
    text,
)
from parallax_agent.sightings.formats.template import (
    Piece,
    Template,
    Variable,
    compile_pieces,
)

DEFAULT = (
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc "
    "%ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"
)
HTTPS = (
    "%[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] "
    "%[ssl_fc_sni]/%sslv/%sslc"
)
LACKING = (
    "the HAProxy log contains neither X-Request-ID nor User-Agent; capture both "
    "(haproxytech: request-capture `hdr(X-Request-ID)` and `hdr(User-Agent)`; "
    "haproxy-ingress: config-frontend `capture request header X-Request-ID len 64` "
    "and the same for User-Agent)"
)
_VARIABLE = re.compile(r"%(?:\{([^}]*)\})?(?:\[([^\]]*)\]|([A-Za-z]+))")
_CAPTURES = re.compile(r"(?:%h[rs] ?)+")
_CAPTURED = r"(?:\{[^{}]*\} ){0,2}"
_HEADERS = re.compile(r"captures|hdr|^var\(")
_ID = re.compile(r"[0-9a-f]{32}")
_SYSLOG = re.compile(r"[^{}\"]{0,80}\bhaproxy\[\d+\]: ", re.ASCII)
BAD_GATEWAY = 502
NO_VALID_HEADER = frozenset({"PH", "SH"})
_NO_SERVER = "<NOSRV>"
_PATTERNS = {
    "captures": _CAPTURED,
    "ci": r"\S+",
    "bi": r"\S+",
    "fi": r"\S+",
    "cp": r"\d*",
    "bp": r"\d*",
    "fp": r"\d*",
    "ST": r"-?\d+",
    "b": r"[^/\s]+",
    "s": r"\S+",
    "tsc": r"\S{2,4}",
    "ts": r"\S{2}",
}


@dataclass(frozen=True, slots=True)
class HaproxyFormat:
    """The parser of one log format."""

    template: Template

    def read(self, line: str, seen_at: datetime | None) -> AccessLine | None:
        """Parse a line, also with a syslog prefix; None: another format."""
        head = _SYSLOG.match(line)
        values = self.template.values(line[head.end() :] if head else line)
        return None if values is None else _line(values, seen_at)


def haproxy_format(template: str) -> HaproxyFormat:
    """Compile a `log-format`; raises `ValueError` if it has no status."""
    pieces: list[Piece] = []
    end = 0
    template = template.strip().replace("\\ ", " ").replace('\\"', '"')
    template = _CAPTURES.sub("%[captures]", template)
    for match in _VARIABLE.finditer(template):
        pieces += [template[end : match.start()], *_variable(match)]
        end = match.end()
    compiled = compile_pieces([*pieces, template[end:]])
    if "ST" not in compiled.names:
        raise ValueError("the HAProxy log format has no %ST")
    return HaproxyFormat(compiled)


def _variable(match: re.Match[str]) -> list[Piece]:
    """Parse one variable; `+Q` puts its value in quotes."""
    name = match[2] or match[3]
    variable = Variable(name, _PATTERNS.get(name), closed=name == "captures")
    return ['"', variable, '"'] if "+Q" in (match[1] or "") else [variable]


def _line(values: Mapping[str, str], seen_at: datetime | None) -> AccessLine | None:
    code = status(values.get("ST"))
    moment = seen_at or _time(values.get("tr", values.get("t", "")))
    if code is None or moment is None:
        return None
    headers = "|".join(v for name, v in values.items() if _HEADERS.search(name))
    captured = re.split(r"[{}|]", headers)
    server = text(values.get("s"))
    upstream = server if server != _NO_SERVER else None
    state = values.get("tsc", values.get("ts", ""))[:2]
    unusable = upstream and code == BAD_GATEWAY and state in NO_VALID_HEADER
    return AccessLine(
        seen_at=moment,
        status_code=code,
        request_id=next((c for c in captured if _ID.fullmatch(c.strip())), None),
        user_agent=next((c for c in captured if "Parallax/" in c), None),
        upstream_name=text(values.get("b")),
        upstream_address=upstream,
        upstream_status=code if upstream and (state == "--" or unusable) else None,
        upstream_response_length=0 if unusable else None,
        request_time=seconds(values.get("Ta", values.get("Tt")), 1000),
        upstream_response_time=_connected(values)
        if unusable
        else seconds(values.get("Tr"), 1000),
        lacking="" if headers.strip("|") else LACKING,
    )


def _connected(values: Mapping[str, str]) -> float | None:
    """Return the seconds after the connection to the server; None: there was none."""
    whole = seconds(values.get("Ta", values.get("Tt")), 1000)
    before = [seconds(values.get(name, "0"), 1000) for name in ("TR", "Tw", "Tc")]
    if whole is None or None in before:
        return None
    return max(0.0, whole - sum(part or 0.0 for part in before))


def _time(value: str) -> datetime | None:
    """Parse `23/Nov/2026:21:00:01.123`, without a zone: the clocks of pods are UTC."""
    return any_time(f"{value.partition('.')[0]} +0000") if value else None


FORMATS = (haproxy_format(DEFAULT), haproxy_format(f"{DEFAULT} {HTTPS}"))
"""HAProxy's two formats; haproxytech's default has the shape of the first."""
