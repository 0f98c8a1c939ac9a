"""Traefik: short texts from Go's `http` package, and no `Server`.

Source: Traefik's `pkg/server/service/loadbalancer/*` and `ErrorHandler` in
`pkg/proxy/httputil/proxy.go`; Go's `extraHeader.Write` in `net/http/server.go`:
Date, Content-Length, Content-Type. Not run here.
Its bare `Bad Gateway` is Starlette's and Express's text as well. Those come in other
orders: uvicorn puts Server second; a proxy in front writes its own order (nginx) or
sorts (Traefik itself); Express adds X-Powered-By and ETag. HAProxy keeps the order
and lowers the names, as uvicorn writes them: so lower-case names are Traefik's, but
for a uvicorn told to hide its Server right behind a HAProxy, without any other
ingress. That one doubt stands among the clues.
"""

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.response import Response

_ORDER = ["Date", "Content-Length", "Content-Type"]
_LOWERED = [name.lower() for name in _ORDER]
_TEXTS = r"\A(?:Bad Gateway|Gateway Timeout)\Z"
_TYPE = ("content-type", r"^text/plain; charset=utf-8$")
_APPS = (("server", ""), ("x-powered-by", ""), ("etag", ""))
"""Headers of app servers, which Traefik's own answers never have."""


def _written_by_go(response: Response) -> bool:
    """Whether Date, Content-Length and Content-Type are in Go's order and case."""
    return [n for n, _ in response.headers if n.lower() in _LOWERED] == _ORDER


def _lowered(response: Response) -> bool:
    """Whether they are in Go's order in lower case, on HTTP/1.1, where case tells."""
    names = [n for n, _ in response.headers if n.lower() in _LOWERED]
    return bool(response.reason) and names == _LOWERED


FAMILY = Family(
    name="traefik",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            says="`no available server`, Traefik's own words",
            status_codes=(503,),
            body=r"\Ano available server\s*\Z",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            says="a bare status text with Go's order of headers, as Traefik writes",
            status_codes=(502, 504),
            body=_TEXTS,
            headers=(_TYPE,),
            without=_APPS,
            test=_written_by_go,
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.SOURCE,
            says="a bare status text with Go's order of headers in lower case: "
            "Traefik's through HAProxy in http mode (or uvicorn's without its Server, "
            "if nothing but HAProxy stands before the pod)",
            status_codes=(502, 504),
            body=_TEXTS,
            headers=(_TYPE,),
            without=_APPS,
            test=_lowered,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            says="a bare status text: Traefik's words, but also Starlette's",
            status_codes=(502, 504),
            body=_TEXTS,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            says="Go's words for an unknown path: Traefik's, which knows no such host, "
            "or any Go program's",
            status_codes=(404,),
            body=r"\A404 page not found\s*\Z",
        ),
    ),
)
