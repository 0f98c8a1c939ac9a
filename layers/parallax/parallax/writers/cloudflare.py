"""Cloudflare: its own numbers, replaced pages, and what came through it.

Sources: developers.cloudflare.com, "5xx errors", "1xxx errors", "Error 502 or 504"
and "Cache responses"; cloudflare-docs issue 24276. Not captured here.
`server: cloudflare` and `cf-ray` are on everything it serves: through, not by.
An origin's 502 and 504 pages are replaced, so behind Cloudflare such a page
proves nothing about what lies below; ask the load balancer directly.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

_EDGE = ("cf-ray", "")

FAMILY = Family(
    name="cloudflare",
    hop="cdn",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            says="a status that only Cloudflare uses",
            status_codes=(*range(520, 528), 530),
            headers=(_EDGE,),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            says="Cloudflare's page for a 502 or 504; it replaces the origin's own, so "
            "this says nothing about what lies below",
            status_codes=(502, 504),
            headers=(_EDGE,),
            body=r"[Cc]loudflare|\A\s*error code: \d+\s*\Z",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            says="an error number of Cloudflare's own (1000 to 1999): it turned the "
            "request away, or could not resolve the origin",
            status_codes=(403, 409, 429, 500, 503, 530),
            headers=(_EDGE,),
            body=r"\A\s*error code: 1\d{3}\s*\Z"
            r"|<span class=\"cf-(?:error-type|code-label)\">",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            says="the text of a page of Cloudflare's own",
            headers=(_EDGE,),
            body=r"\A\s*error code: \d+\s*\Z",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            says="cf-ray: it came through Cloudflare",
            headers=(_EDGE,),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.DOCUMENTED,
            says="CF-Cache-Status: Cloudflare gave out what it had kept",
            headers=(_EDGE, ("cf-cache-status", r"^(HIT|STALE|UPDATING)$")),
        ),
    ),
)
