"""Traefik: short texts from Go's `http` package, and no `Server`.

Source: Traefik's `pkg/server/service/loadbalancer/*` and `ErrorHandler` in
`pkg/proxy/httputil/proxy.go`; Go's `extraHeader.Write` in `net/http/server.go`:
Date, Content-Length, Content-Type. Not run here.
Its text `Bad Gateway` is also Starlette's and Express's. Their headers differ: uvicorn
writes Server second; a proxy in front has its own order (nginx) or sorts (Traefik
itself); Express adds X-Powered-By and ETag. HAProxy keeps the order and writes names in
lower case, as uvicorn does. So lower-case names are Traefik's, except for a uvicorn
that hides its Server directly behind HAProxy, without an ingress. The clue states this
exception.
"""

from parallax.writers.mark import Family, Level, Mark, Shows, own
from parallax.writers.response import Response

_ORDER = ["Date", "Content-Length", "Content-Type"]
_LOWERED = [name.lower() for name in _ORDER]
_TEXTS = r"\A(?:Bad Gateway|Gateway Timeout)\Z"
_TYPE = ("content-type", r"^text/plain; charset=utf-8$")
_APPS = (("server", ""), ("x-powered-by", ""), ("etag", ""))
"""Headers of app servers, which Traefik's own responses never have."""


def _written_by_go(response: Response) -> bool:
    """Whether Date, Content-Length and Content-Type are in Go's order and case."""
    return [n for n, _ in response.headers if n.lower() in _LOWERED] == _ORDER


def _lowered(response: Response) -> bool:
    """Whether they are in Go's order in lower case, on HTTP/1.1."""
    names = [n for n, _ in response.headers if n.lower() in _LOWERED]
    return bool(response.reason) and names == _LOWERED


FAMILY = Family(
    name="traefik",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            text="`no available server`, Traefik's own sentence",
            status_codes=(503,),
            body=r"\Ano available server\s*\Z",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            text="only a status text, with Go's order of headers, as from Traefik",
            status_codes=(502, 504),
            body=_TEXTS,
            headers=(_TYPE,),
            without=_APPS,
            test=_written_by_go,
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.SOURCE,
            text="only a status text, with Go's order of headers in lower case: "
            "Traefik's through HAProxy in HTTP mode (or uvicorn's without its Server, "
            "if only HAProxy is in front of the pod)",
            status_codes=(502, 504),
            body=_TEXTS,
            headers=(_TYPE,),
            without=_APPS,
            test=_lowered,
        ),
        own(
            text="the realm and the text of Traefik's basicAuth middleware",
            status_codes=(401,),
            headers=(("www-authenticate", r'^(?:Basic|Digest) realm="?traefik\b'),),
            body=r"\A401 Unauthorized\s*\Z",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            text="only a status text, as from Traefik and from Starlette",
            status_codes=(502, 504),
            body=_TEXTS,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            text="Go's sentence for an unknown path: from Traefik, without a route for "
            "the host, or from any Go program",
            status_codes=(404,),
            body=r"\A404 page not found\s*\Z",
        ),
    ),
)
