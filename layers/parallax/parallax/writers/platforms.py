"""Platforms that host apps: their edges' own errors, by ids and by pages.

Sources: Heroku's articles on error pages and on its HTTP router; Vercel's error
reference; Netlify's `x-nf-request-id` and its function errors; Render's
`x-render-routing`; Railway's `x-railway-fallback`; whole responses in public threads
and files. A platform's id is also on the responses of its apps, so each own page needs
more than the id.
"""

from parallax.writers.mark import Family, Level, Mark, Shows, own, through
from parallax.writers.response import Response

_ERRORS = range(400, 600)


def _bare(response: Response) -> bool:
    """Whether there is no page and no type, so that no app can have written it."""
    return response.is_empty and not response.value("content-type")


HEROKU = Family(
    name="heroku",
    hop="unknown",
    marks=(
        own(
            text="Heroku's own page, from herokucdn.com",
            status_codes=_ERRORS,
            body=r"//(?:www\.)?herokucdn\.com/error-pages/",
        ),
        own(
            text="Heroku's sentence for an unknown app",
            body=r"<title>(?:Heroku \| )?No such app</title>",
        ),
        through(
            text="Via names Heroku's router: the response passed through it",
            headers=(("via", r"\bvegur\b|\bheroku-router\b"),),
        ),
        through(text="`Server: Heroku`", headers=(("server", "^heroku"),)),
    ),
)
VERCEL = Family(
    name="vercel",
    hop="cdn",
    marks=(
        own(
            text="X-Vercel-Error: Vercel made this response",
            headers=(("x-vercel-error", ""),),
        ),
        own(
            text="X-Vercel-Mitigated: Vercel's firewall made this response",
            headers=(("x-vercel-mitigated", ""),),
        ),
        own(
            text="one of Vercel's error codes, with its request id",
            status_codes=_ERRORS,
            body=r"\b(?:DEPLOYMENT|FUNCTION|EDGE_FUNCTION|MIDDLEWARE|ROUTER|DNS|NOT_FOUND"
            r"|INFINITE_LOOP|NO_RESPONSE_FROM|BODY_NOT)[A-Z_]*\s[\s\S]{0,80}"
            r"\b[a-z]{3}\d::[\w:-]+",
        ),
        through(
            text="X-Vercel-Id: the response passed through Vercel",
            headers=(("x-vercel-id", ""),),
        ),
    ),
)
_NETLIFY = ("server", r"^netlify")
NETLIFY = Family(
    name="netlify",
    hop="cdn",
    marks=(
        own(
            text="`Server: Netlify` with the error of a function that failed",
            headers=(_NETLIFY,),
            body=r'\A\s*\{\s*"error(?:Message|Type)":',
        ),
        own(
            text="Netlify's sentence with its request id",
            body=r"\ANot Found - Request ID: [0-9A-Z]{26}\s*\Z",
        ),
        own(
            text="Netlify's own page or sentence",
            status_codes=_ERRORS,
            headers=(_NETLIFY,),
            body=r"\Aerror decoding lambda response|(?i:<title>site not found</title>)"
            r"|(?i:<title>page not found</title>[\s\S]*netlify)|usage_exceeded"
            r"|This function has crashed",
        ),
        through(
            text="X-Nf-Request-Id or `Server: Netlify`: it passed through Netlify",
            test=lambda r: (
                "x-nf-request-id" in r.by_name
                or r.value("server").lower().startswith("netlify")
            ),
        ),
    ),
)
RENDER = Family(
    name="render",
    hop="unknown",
    marks=(
        own(
            text="X-Render-Routing reports that Render had no server to ask",
            headers=(
                ("x-render-routing", r"no-server|error|suspend|limit|not-found|block"),
            ),
        ),
        through(
            text="Rndr-Id: the response passed through Render",
            headers=(("rndr-id", ""),),
        ),
    ),
)
_FLY = ("server", r"^Fly/")
FLY = Family(
    name="fly",
    hop="unknown",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            text="an empty error under `Server: Fly`: its proxy's, or an app's",
            status_codes=range(500, 600),
            headers=(_FLY,),
            test=_bare,
        ),
        through(text="`Server` names Fly's proxy", headers=(_FLY,)),
    ),
)
RAILWAY = Family(
    name="railway",
    hop="cdn",
    marks=(
        own(
            text="X-Railway-Fallback: Railway's edge made this response",
            headers=(("x-railway-fallback", r"^true\b"),),
        ),
        own(
            text="Railway's sentence for an app that does not respond",
            body=r'\A\s*\{\s*"status":\s*"error",\s*"code":\s*\d{3},\s*"message":\s*'
            r'"(?:Application failed to respond|Application not found)"',
        ),
        through(
            text="`Server` names Railway's edge",
            headers=(("server", r"^railway"),),
        ),
    ),
)
FAMILIES = (HEROKU, VERCEL, NETLIFY, RENDER, FLY, RAILWAY)
