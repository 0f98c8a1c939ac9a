"""ingress-nginx: nginx's pages without version and without `Server`.

Sources: captures of stock nginx with the controller's template directives (a
stand-in, not the controller); nginx.tmpl 338-340, `lua_ingress.lua`
`_M.header`, `balancer.lua` 332 of controller v1.15.1; its default backends'
pages: docs/examples/customization/custom-errors, images/custom-error-pages/rootfs
(`www`, `main.go`) and `404-server` of kubernetes/ingress-gce. A page of
custom-http-errors is the default backend's, and hides who raised the error, nginx or
a pod, also a 502: only the log has both statuses. So its hop stays unknown.
Not to be told from bytes: no endpoints, a denied location and a rate limit; a
pod's own nginx with tokens off; `server-tokens: "true"`, which is plain nginx.
"""

import re

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.nginx import BARE, FOOTER, PHRASE
from parallax.writers.response import Response

_CUSTOM_PAGE = (
    r"\A\s*(?:[45]xx (?:html|json)"
    r"|<span>The page you're looking for could not be found\.</span>"
    r"|\{ \"message\": \"The page you're looking for could not be found\" \})\s*\Z"
)
_LENGTHS = {503: "190", 502: "150", 504: "160", 404: "146"}


def _bare_shape(response: Response) -> bool:
    """Whether length and type are the page's, where the body is missing."""
    return (
        response.value("content-length") == _LENGTHS.get(response.status_code)
        and response.value("content-type") == "text/html"
    )


def _foreign_page(response: Response) -> bool:
    """Whether there is a page, and it is not nginx's."""
    body = response.body
    return bool(body.strip()) and not re.search(FOOTER, body, re.IGNORECASE)


FAMILY = Family(
    name="ingress-nginx",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="nginx's page without a version and without a Server header, as "
            "ingress-nginx answers by default",
            body=BARE,
            without=(("server", ""),),
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            says="nginx's page without a version; a CDN in front wrote its own "
            "Server header over it (ingress-nginx, or nginx with server_tokens off)",
            body=BARE,
            headers=(("server", "."),),
            without=(("server", r"^nginx"),),
            test=lambda r: r.edge_seen,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says=f"`{PHRASE}` with the length of ingress-nginx's page and no Server",
            status_codes=(503,),
            reason=PHRASE,
            without=(("server", ""),),
            empty_body=True,
            test=_bare_shape,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            says="the words of the default backend: the ingress knows no such host or "
            "path",
            status_codes=(404,),
            body=r"\Adefault backend - 404\s*\Z",
            family="default-backend",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            says="a page of the default backend for custom-http-errors: it wrote this "
            "in place of nginx's own page, or of a pod's: which, bytes don't tell",
            status_codes=range(400, 600),
            body=_CUSTOM_PAGE,
            family="default-backend",
            hop="unknown",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.SOURCE,
            says="X-Code, X-Format and X-Ingress-Name, which ingress-nginx sends to a "
            "default backend and its example repeats where DEBUG is set",
            headers=(("x-code", r"^\d{3}$"), ("x-format", ""), ("x-ingress-name", "")),
            family="default-backend",
            hop="unknown",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            says=f"`{PHRASE}` is nginx's own phrase under a page that is not: an "
            "nginx raised this, or replaced the page (custom-http-errors)",
            status_codes=(503,),
            reason=PHRASE,
            without=(("server", ""),),
            test=_foreign_page,
        ),
    ),
)
