"""ingress-nginx: nginx's pages without version and without `Server`.

Sources: captures of stock nginx with the controller's template directives (a
stand-in, not the controller); nginx.tmpl 338-340, `lua_ingress.lua`
`_M.header`, `balancer.lua` 332 of controller v1.15.1.
Not to be told from bytes: no endpoints, a denied location and a rate limit; a
pod's own nginx with tokens off; `server-tokens: "true"`, which is plain nginx.
"""

import re

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.nginx import BARE, FOOTER, PHRASE
from parallax.writers.response import Response

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
            says="nginx's page without a version; something in front wrote its own "
            "Server header over it (ingress-nginx, or nginx with server_tokens off)",
            body=BARE,
            headers=(("server", "."),),
            without=(("server", r"^nginx"),),
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
            level=Level.KNOWLEDGE,
            says="the words of the controller's default backend image",
            body=r"^default backend - 404$",
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
