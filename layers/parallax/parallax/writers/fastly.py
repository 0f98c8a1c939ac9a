"""Fastly: Varnish's page with its own spelling and cache names.

Sources: fastly.com/documentation/guides/vcl/errors and reference/http/http-headers/
X-Cache (HIT is also on Fastly's own pages; with shielding there is one entry per
server); community discussion 11915; headers quoted from sites that use Fastly. Not
captured here.
"""

import re

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.response import Response

_EDGE = ("x-served-by", r"\bcache-[\w-]+")
_OWN_PAGE = r"Guru Mediation:?[\s\S]{0,200}Details: cache-"
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
            text="`Guru Mediation` (one t) with `Details: cache-`: Fastly's own page",
            body=_OWN_PAGE,
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
