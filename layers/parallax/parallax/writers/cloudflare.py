"""Cloudflare: its own error codes, replaced pages, and responses through it.

Sources: developers.cloudflare.com, "5xx errors", "1xxx errors", "Error 502 or 504",
"Cache responses" and "Detect a challenge page response"; cloudflare-docs issue 24276;
block pages in WhatWaf's issues. Not captured here.
`server: cloudflare` and `cf-ray` are on every response: they show that it passed
through Cloudflare, not who wrote it. Cloudflare replaces an origin's 502 and 504 pages,
so such a page proves nothing about the origin: request the load balancer directly.
"""

from parallax.writers.mark import Family, Level, Mark, Shows, own

_EDGE = ("cf-ray", "")
_NEVER = (
    r"^private, max-age=0, no-store, no-cache, must-revalidate, post-check=0, "
    r"pre-check=0"
)

FAMILY = Family(
    name="cloudflare",
    hop="cdn",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="a status that only Cloudflare uses",
            status_codes=(*range(520, 528), 530),
            headers=(_EDGE,),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="Cloudflare's page for a 502 or 504; it replaces the origin's page "
            "and shows nothing about the origin",
            status_codes=(502, 504),
            headers=(_EDGE,),
            body=r"[Cc]loudflare|/cdn-cgi/|<title>[^<]* \| 50[24]: "
            r"|\A\s*error code: \d+\s*\Z",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="an error code of Cloudflare (1000 to 1999): it rejected the "
            "request, or could not resolve the origin",
            status_codes=(403, 409, 429, 500, 503, 530),
            headers=(_EDGE,),
            body=r"\A\s*error code: 1\d{3}\s*\Z"
            r"|<span class=\"cf-(?:error-type|code-label)\">",
        ),
        own(
            text="Cf-Mitigated: Cloudflare challenges the client instead of asking the "
            "origin",
            headers=(("cf-mitigated", "challenge"),),
        ),
        own(
            text="Cloudflare's challenge or block page",
            status_codes=(400, 401, 403, 429, 503),
            body=r"<title>Just a moment\.\.\.</title>|_cf_chl_opt"
            r"|cf-browser-verification|<title>Attention Required! \| Cloudflare</title>"
            r"|used Cloudflare to restrict access</title>|id=\"cf-error-details\"",
        ),
        own(
            text="an error page with Cloudflare's Ray ID",
            status_codes=range(400, 600),
            body=r"Cloudflare Ray ID:|<span class=\"cf-footer-item"
            r"|cloudflare\.com/5xx-error-landing|id=\"cf-error-details\""
            r"|Performance &(?:amp;)? security by|\"cloudflare_error\":\s*true",
        ),
        own(
            text="nginx's page with `cloudflare` in its footer",
            status_codes=range(400, 600),
            body=r"<hr ?/?><center>cloudflare(?:-nginx)?</center>",
        ),
        own(
            text="Cloudflare's name and type of text on a 502 or 504 without its page: "
            "it replaces the origin's page",
            status_codes=(502, 504),
            headers=(
                ("server", r"^cloudflare$"),
                ("content-type", r"^text/plain; charset=UTF-8$"),
            ),
            empty_body=True,
        ),
        own(
            text="Cloudflare's name on a 502 or 504 that was pasted without its type "
            "and its page: it replaces the origin's page",
            status_codes=(502, 504),
            headers=(("server", r"^cloudflare$"),),
            without=(("content-type", ""), ("cf-worker", "")),
            empty_body=True,
        ),
        own(
            text="the cache control and the expiry of 1970 of Cloudflare's own pages, "
            "without the CF-Cache-Status that an origin's response gets",
            status_codes=range(400, 600),
            headers=(
                _EDGE,
                ("server", r"^cloudflare$"),
                ("cache-control", _NEVER),
                ("expires", r"^Thu, 01 Jan 1970 00:00:01 GMT"),
            ),
            without=(("cf-cache-status", ""),),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            text="the text of Cloudflare's own page",
            headers=(_EDGE,),
            body=r"\A\s*error code: \d+\s*\Z",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            text="cf-ray: the response passed through Cloudflare",
            headers=(_EDGE,),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.DOCUMENTED,
            text="CF-Cache-Status: Cloudflare sent a cached response",
            headers=(_EDGE, ("cf-cache-status", r"^(HIT|STALE|UPDATING)$")),
        ),
    ),
)
