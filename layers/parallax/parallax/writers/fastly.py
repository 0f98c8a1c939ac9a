"""Fastly: Varnish's page with its own spelling and cache names.

Sources: fastly.com/documentation/guides/vcl/errors; community discussion 11915;
headers as quoted in answers of sites behind it. Not captured here.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

_EDGE = ("x-served-by", r"\bcache-[\w-]+")

FAMILY = Family(
    name="fastly",
    hop="cdn",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            says="`Guru Mediation` (one t) with `Details: cache-`: Fastly's own page",
            body=r"Guru Mediation:?[\s\S]{0,200}Details: cache-",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            says="`Fastly error: unknown domain`: Fastly knows no such host",
            body=r"\A\s*(?:<[^>]*>\s*)*Fastly error: unknown domain",
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
            says="Fastly's X-Cache says HIT: it gave out what it had kept",
            headers=(_EDGE, ("x-cache", r"\bHIT$")),
        ),
    ),
)
