"""Apps: responses that pods write, with positive evidence of a framework or an app.

These marks are used only if no proxy's own page matches. `NAMED` marks identify the
program (`frameworks`). `PLAIN` marks are weaker: the form of a framework's JSON, a
bare status text, a success. They decide only without a trace of a server that might
have written such a response itself. JSON of another form, an unknown page or a changed
reason phrase is a clue that never decides.
"""

import re
from functools import partial

from parallax.writers.frameworks import NAMED
from parallax.writers.json_forms import SHAPES
from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.nginx import PHRASE
from parallax.writers.response import Response

__all__ = ["BANNER", "NAMED", "PLAIN"]

_KEEPERS = re.compile(
    r"^(?:nginx|openresty|tengine|angie|envoy|istio-envoy|caddy|apache|varnish|squid"
    r"|cloudflare|haproxy)\b|^$",
    re.IGNORECASE,
)
"""Programs in `Server` that pass on an upstream's page and have a table here."""
_EDGES = ("cf-ray", "x-amz-cf-id", "x-served-by", "x-azure-ref", "x-envoy-upstream")
_PACKED = (("content-encoding", r"gzip|br|deflate|zstd|compress"),)
"""A compressed body may be any proxy's page."""


def _no_other_hop(response: Response) -> bool:
    """Whether nothing names a server that may have written this itself."""
    server = response.value("server").split(",")[0]
    kept = bool(_KEEPERS.search(server)) and not response.vendor_seen
    return kept and not _replaced(response)


def _near(response: Response) -> bool:
    """Whether no CDN or Envoy left a trace, whose texts are as short."""
    edges = any(name.startswith(_EDGES) for name in response.by_name)
    return _no_other_hop(response) and not edges and bool(response.reason)


def _json(response: Response) -> bool:
    """Whether type and first character are those of JSON."""
    return bool(
        re.match(
            r"application/[\w.+-]*json\b", response.value("content-type"), re.IGNORECASE
        )
    ) and (response.body.lstrip()[:1] in ("{", "["))


def _own_phrase(response: Response) -> bool:
    """Whether nginx's own phrase shows that nginx wrote or replaced this."""
    return response.reason == PHRASE


def _replaced(response: Response) -> bool:
    """Whether Cloudflare may have replaced the origin's 502 or 504."""
    return response.status_code in (502, 504) and "cf-ray" in response.by_name


def _shape(text: str, body: str) -> Mark:
    return Mark(
        shows=Shows.OWN,
        level=Level.CAPTURED if "FastAPI" in text else Level.DOCUMENTED,
        text=f"JSON with {text}",
        body=body,
        test=lambda r: _json(r) and not _own_phrase(r) and _no_other_hop(r),
    )


_weak = partial(Mark, shows=Shows.OWN, level=Level.KNOWLEDGE)
"""A mark that never decides; it only adds its clue."""


PLAIN = Family(
    name="app",
    hop="pod",
    marks=(
        *(_shape(text, body) for text, body in SHAPES),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="only a status text in UTF-8, as from Starlette and others",
            status_codes=(500, 503),
            headers=(("content-type", r"^text/plain; ?charset=utf-8$"),),
            without=(("x-content-type-options", ""),),
            body=r"\A(?:Service Unavailable|Internal Server Error)\Z",
            test=lambda r: not _own_phrase(r) and _near(r),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="a successful response with content; proxies' own pages are errors",
            status_codes=range(200, 300),
            body=r"\S",
            test=_no_other_hop,
        ),
        _weak(
            text="a JSON body, as from an app or an API gateway",
            test=lambda r: _json(r) and not _own_phrase(r),
        ),
        _weak(
            text="nginx passed on its upstream's reason phrase, which is not nginx's",
            status_codes=(503,),
            headers=(("server", r"^nginx"),),
            without=_PACKED,
            body=r"\S",
            test=lambda r: r.reason.lower() == "service unavailable",
        ),
        _weak(
            text="Envoy measured its upstream's time, and the page matches no proxy",
            headers=(("x-envoy-upstream-service-time", ""),),
            without=_PACKED,
            body=r"\S",
        ),
        _weak(
            text="`Server` names an app server",
            headers=(("server", r"^(puma|cowboy|microsoft-iis)"),),
        ),
    ),
)

BANNER = r"\A(?:SSH-\d|220[ -]|\+OK |\* OK |RFB \d|AMQP)"
"""The first bytes of programs without HTTP; a proxy wrapped them."""
