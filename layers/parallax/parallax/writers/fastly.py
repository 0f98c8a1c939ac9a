"""Fastly: Varnish's page with its own spelling and cache names.

Sources: fastly.com/documentation/guides/vcl/errors and reference/http/http-headers/
X-Cache (a page it made itself says HIT too; with shielding one entry a server);
community discussion 11915; headers as quoted by sites behind it. Not captured here.
"""

import re

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.response import Response

_EDGE = ("x-served-by", r"\bcache-[\w-]+")
_OWN_PAGE = r"Guru Mediation:?[\s\S]{0,200}Details: cache-"
_NO_DOMAIN = r"\A\s*(?:<[^>]*>\s*)*Fastly error: unknown domain"


def _kept(response: Response) -> bool:
    """Whether a HIT counts: Fastly's own pages say HIT too, with no hit counted."""
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
            says="`Guru Mediation` (one t) with `Details: cache-`: Fastly's own page",
            body=_OWN_PAGE,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            says="`Fastly error: unknown domain`: Fastly knows no such host",
            body=_NO_DOMAIN,
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            says="`X-Served-By: cache-…`: it came through Fastly",
            headers=(_EDGE,),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.KNOWLEDGE,
            says="`Via: 1.1 varnish` without X-Varnish looks like Fastly",
            headers=(("via", r"\b1\.1 varnish$"),),
            without=(("x-varnish", ""),),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.DOCUMENTED,
            says="Fastly's X-Cache says HIT: it, or its shield, gave out what it kept",
            headers=(_EDGE, ("x-cache", r"\bHIT\b")),
            test=_kept,
        ),
    ),
)
