"""Traefik: short texts from Go's `http` package, and no `Server`.

Source: Traefik's `pkg/server/service/loadbalancer/*` and `ErrorHandler` in
`pkg/proxy/httputil/proxy.go`; not run here. Its bare `Bad Gateway` is Starlette's
and Express's text as well; Go writes Content-Length before Content-Type, and
where a proxy has put its headers in another order nothing tells them apart.
"""

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.response import Response


def _written_by_go(response: Response) -> bool:
    """Whether Date, Content-Length and Content-Type are in Go's order and case."""
    known = ("Date", "Content-Length", "Content-Type")
    return [n for n, _ in response.headers if n in known] == list(known)


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
            body=r"\A(?:Bad Gateway|Gateway Timeout)\Z",
            headers=(("content-type", r"^text/plain; charset=utf-8$"),),
            without=(("server", ""), ("x-powered-by", "")),
            test=_written_by_go,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            says="a bare status text: Traefik's words, but also Starlette's",
            status_codes=(502, 504),
            body=r"\A(?:Bad Gateway|Gateway Timeout)\Z",
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
