"""ingress-nginx: nginx's pages without version and without `Server`.

Sources: captures of stock nginx with the controller's template directives (a
stand-in, not the controller); nginx.tmpl 338-340, `lua_ingress.lua`
`_M.header`, `balancer.lua` 332 of controller v1.15.1; its default backends'
pages: docs/examples/customization/custom-errors, images/custom-error-pages/rootfs
(`www`, `main.go`) and `404-server` of kubernetes/ingress-gce. A page of
custom-http-errors is the default backend's, and hides whether nginx or a pod caused the
error, also a 502: only the log has both statuses. So its hop is unknown.
The response does not distinguish: no endpoints, a denied location and a rate limit; a
pod's own nginx with server_tokens off; `server-tokens: "true"`, which is plain nginx.
"""

import re

from parallax.writers import nginx_lengths
from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.nginx import BARE, FOOTER, PHRASE
from parallax.writers.response import Response

_CUSTOM_PAGE = (
    r"\A\s*(?:[45]xx (?:html|json)"
    r"|<span>The page you're looking for could not be found\.</span>"
    r"|\{ \"message\": \"The page you're looking for could not be found\" \})\s*\Z"
)


def _bare_shape(response: Response) -> bool:
    """Whether order, length and type are the page's, if the body is missing."""
    order = response.order("date", "content-type", "content-length")
    in_order = order == ["date", "content-type", "content-length"]
    return in_order and nginx_lengths.fits(response, "nginx")


def _foreign_page(response: Response) -> bool:
    """Whether there is a page that is not nginx's."""
    body = response.body
    return bool(body.strip()) and not re.search(FOOTER, body, re.IGNORECASE)


FAMILY = Family(
    name="ingress-nginx",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="nginx's page without a version and without a Server header, the "
            "default of ingress-nginx",
            body=BARE,
            without=(("server", ""),),
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            text="nginx's page without a version; a CDN in front set its own Server "
            "header (ingress-nginx, or nginx with server_tokens off)",
            body=BARE,
            headers=(("server", "."),),
            without=(("server", r"^nginx"),),
            test=lambda r: r.edge_seen,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="exactly nginx's headers in its order and the length of "
            "ingress-nginx's page, without Server",
            without=(("server", ""),),
            empty_body=True,
            test=_bare_shape,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            text="the sentence of the default backend: no Ingress rule matches the "
            "host or path",
            status_codes=(404,),
            body=r"\Adefault backend - 404\s*\Z",
            family="default-backend",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            text="the sentence of GKE's default backend: no rule of the Ingress "
            "matches the host or path",
            status_codes=(404,),
            body=r"\Aresponse 404 \(backend NotFound\), service rules for ",
            family="default-backend",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            text="a page of the default backend for custom-http-errors: it replaces "
            "nginx's own page or a pod's; the response does not show which",
            status_codes=range(400, 600),
            body=_CUSTOM_PAGE,
            family="default-backend",
            hop="unknown",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.SOURCE,
            text="X-Code, X-Format and X-Ingress-Name: ingress-nginx sends them to a "
            "default backend, whose example repeats them if DEBUG is set",
            headers=(("x-code", r"^\d{3}$"), ("x-format", ""), ("x-ingress-name", "")),
            family="default-backend",
            hop="unknown",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text=f"`{PHRASE}` is nginx's own phrase, with a page that is not nginx's: "
            "an nginx caused this, or replaced the page (custom-http-errors)",
            status_codes=(503,),
            reason=PHRASE,
            without=(("server", ""),),
            test=_foreign_page,
        ),
    ),
)
