"""Fastly: Varnish's page with its own spelling and cache names.

Since 2022 `Error 54113` stands where `Guru Mediation` stood; Fastly sets `Server:
Varnish` only on responses that it makes (cpsdqs/cohost-dl#20,
jenkins-infra/helpdesk#2899).
Sources: fastly.com/documentation/guides/vcl/errors and reference/http/http-headers/
X-Cache (HIT is also on Fastly's own pages; with shielding there is one entry per
server); community discussion 11915; headers quoted from sites that use Fastly. Not
captured here.
"""

import re

from parallax.writers.mark import Family, Level, Mark, Shows, own
from parallax.writers.response import Response

_EDGE = ("x-served-by", r"\bcache-[\w-]+")
_DETAILS = r"(?:Guru Mediation:?|<h3>Error \d{5}</h3>)[\s\S]{0,200}Details: cache-"
_TITLE = r"<title>\d{3} [^<]+</title>[\s\S]{0,60}<h1>Error \d{3} "
_OWN_PAGE = _DETAILS
_NO_DOMAIN = r"\A\s*(?:<[^>]*>\s*)*Fastly error: unknown domain"


def _cached(response: Response) -> bool:
    """Whether HIT means a cached response: it is also on Fastly's own pages."""
    counts = response.value("x-cache-hits")
    return (not counts or bool(re.search(r"[1-9]", counts))) and not re.search(
        rf"{_OWN_PAGE}|{_NO_DOMAIN}", response.body
    )


FAMILY = Family(
    name="fastly",
    hop="cdn",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="`Guru Mediation` (one t) or Fastly's error number, with `Details: "
            "cache-`: Fastly's own page",
            body=_OWN_PAGE,
        ),
        own(
            text="`Server: Varnish` without X-Varnish, from a Fastly cache: Fastly "
            "made this response",
            headers=(("server", r"^Varnish$"), _EDGE),
            without=(("x-varnish", ""),),
        ),
        own(
            text="`Server: Varnish` with `Retry-After: 0` and without X-Varnish: "
            "Fastly made this response",
            status_codes=(503,),
            headers=(("server", r"^Varnish$"), ("retry-after", r"^0$")),
            without=(("x-varnish", ""),),
        ),
        own(
            text="the start of Varnish's page, from a Fastly cache",
            status_codes=(*range(400, 600),),
            headers=(_EDGE,),
            without=(("x-varnish", ""), ("x-cache", r"\bHIT\b")),
            body=rf"\A\s*<\?xml[\s\S]{{0,300}}{_TITLE}",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="`Fastly error: unknown domain`: the host is not configured at Fastly",
            body=_NO_DOMAIN,
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            text="`X-Served-By: cache-…`: the response passed through Fastly",
            headers=(_EDGE,),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.KNOWLEDGE,
            text="`Via: 1.1 varnish` without X-Varnish, as from Fastly",
            headers=(("via", r"\b1\.1 varnish$"),),
            without=(("x-varnish", ""),),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.DOCUMENTED,
            text="Fastly's X-Cache is HIT: Fastly or its shield sent a cached response",
            headers=(_EDGE, ("x-cache", r"\bHIT\b")),
            test=_cached,
        ),
    ),
)
