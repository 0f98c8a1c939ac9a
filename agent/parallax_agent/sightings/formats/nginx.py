r"""nginx's log formats: ingress-nginx's default, custom ones, F5's controller.

In: a template of nginx variables, and lines. Out: an `AccessLine`, or None.
It does not: raise. nginx writes a quote inside a value as `\x22` (`\"` with
`escape=json`), so a bare quote ends a value.

Sources: ingress-nginx's default `log-format-upstream`, controller 1.15.1 config.go:54,
and kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration, pages log-format
and configmap (`log-format-upstream`, `log-format-escape-json`); nginx.org,
ngx_http_log_module and `$upstream_addr` in ngx_http_upstream_module;
docs.nginx.com/nginx-ingress-controller for F5's ConfigMap keys `log-format` and
`log-format-escaping`.
The id that Parallax sends is in `$req_id` (ingress-nginx's map of X-Request-ID) and
`$http_x_request_id`; `$request_id` is nginx's own id.
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
from parallax_agent.sightings.formats.template import (
    Piece,
    Template,
    Variable,
    compile_pieces,
    last,
)

DEFAULT = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent" $request_length $request_time '
    "[$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr "
    "$upstream_response_length $upstream_response_time $upstream_status $req_id"
)
LACKING = (
    "the ingress's log format lacks {}; add it to the controller's ConfigMap "
    "(log-format-upstream), for example as `$req_id` and `$http_user_agent`"
)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_IDS = ("req_id", "http_x_request_id")
_TIMES = ("time_iso8601", "time_local", "msec")
_PATTERNS = {
    "status": r"\d{3}",
    "request_time": r"[\d.]*",
    "msec": r"[\d.]+",
    "req_id": r"[^\s\",}|]*",
    "http_x_request_id": r"[^\s\",}|]*",
}


@dataclass(frozen=True, slots=True)
class NginxFormat:
    """The parser of one template, and what the template lacks."""

    template: Template
    lacking: str

    def read(self, line: str, seen_at: datetime | None) -> AccessLine | None:
        """Parse a line; None: it is of another format."""
        values = self.template.values(line)
        return None if values is None else self._line(values, seen_at)

    def _line(
        self, values: Mapping[str, str], seen_at: datetime | None
    ) -> AccessLine | None:
        times = (any_time(values[name]) for name in _TIMES if name in values)
        moment = seen_at or next(filter(None, times), None)
        code = status(values.get("status"))
        if moment is None or code is None:
            return None
        request_id = next((values[name] for name in _IDS if name in values), None)
        return AccessLine(
            seen_at=moment,
            status_code=code,
            request_id=request_id,
            user_agent=values.get("http_user_agent"),
            upstream_name=text(values.get("proxy_upstream_name")),
            upstream_address=last(values, "upstream_addr"),
            upstream_status=number(last(values, "upstream_status")),
            upstream_response_length=number(last(values, "upstream_response_length")),
            request_time=seconds(values.get("request_time")),
            upstream_response_time=seconds(last(values, "upstream_response_time")),
            lacking=self.lacking,
        )


def nginx_format(template: str, *, json: bool = False) -> NginxFormat:
    """Compile a template as `log_format` takes it; `json`: with `escape=json`.

    Raises `ValueError` if its lines could not be parsed: it contains a line break, or
    nothing separates the status from its neighbors.
    """
    template = template.strip()
    if "\n" in template:
        raise ValueError("the log format spans several lines")
    compiled = compile_pieces(_pieces(template), escaped=json)
    if "status" not in compiled.names:
        raise ValueError(
            "the log format has no $status that can be separated from its neighbors"
        )
    lacks = [] if any(name in compiled.names for name in _IDS) else ["X-Request-ID"]
    lacks += [] if "http_user_agent" in compiled.names else ["User-Agent"]
    lacking = LACKING.format(" and ".join(lacks)) if lacks else ""
    return NginxFormat(compiled, lacking)


def _pieces(template: str) -> list[Piece]:
    pieces: list[Piece] = []
    end = 0
    for match in _VARIABLE.finditer(template):
        name = match[1] or match[2]
        pieces += [template[end : match.start()], _variable(name)]
        end = match.end()
    return [*pieces, template[end:]]


def _variable(name: str) -> Variable:
    lists = name.startswith("upstream_")
    return Variable(name, _PATTERNS.get(name), lists=lists)


DEFAULT_FORMAT = nginx_format(DEFAULT)
"""ingress-nginx's default, compiled once."""
