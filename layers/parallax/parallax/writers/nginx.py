"""nginx: its own pages, responses that passed through it, and cached ones.

Source: captures of 1.22.1. nginx's reason phrase for 503 is
`Service Temporarily Unavailable`; a response of an upstream has it only if nginx
replaces the page (`error_page`, custom-http-errors). It writes Server, Date and
Content-Type in this order; a proxy written in Go sorts them.
The response does not show a hit of a cache without X-Cache-Status. nginx adds no Age
either, so a response through nginx may be cached.
"""

import re

from parallax.writers import nginx_lengths
from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.response import Response

PHRASE = "Service Temporarily Unavailable"
BARE = r"<hr ?/?><center>nginx</center>"
VERSIONED = r"<hr ?/?><center>(nginx/[\w.]+)(?: \([^<]*\))?</center>"
FOOTER = r"<hr ?/?><center>nginx[/<]"
FAITHFULLY = r"<p><em>Faithfully yours, nginx\.</em></p>"
_NAMED = ("server", r"^nginx")


def _footer_agrees(response: Response) -> bool:
    """Whether footer and Server header name the same nginx."""
    footer = re.search(VERSIONED, response.body, re.IGNORECASE)
    server = response.value("server")
    return bool(footer) and server.lower().startswith(footer[1].lower())


def _footer_differs(response: Response) -> bool:
    """Whether the footer names one nginx and Server another."""
    return bool(response.value("server")) and not _footer_agrees(response)


def _own_page(response: Response) -> bool:
    """Whether Server fits nginx's page, or its phrase with another page."""
    if re.search(VERSIONED, response.body, re.IGNORECASE):
        return _footer_agrees(response)
    if re.search(BARE, response.body, re.IGNORECASE):
        return response.value("server").lower() == "nginx"
    return response.status_code == 503 and response.reason == PHRASE  # noqa: PLR2004 - HTTP's number


def _behind_another(response: Response) -> bool:
    """Whether Server names another nginx, or a proxy that is not a CDN."""
    server = response.value("server").lower()
    return server.startswith("nginx/") or (server != "nginx" and not response.edge_seen)


FAMILY = Family(
    name="nginx",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="nginx's page, with the same version in its footer and in Server",
            body=VERSIONED,
            test=lambda r: _own_page(r) and not r.sorted_by_go,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="nginx's page, with `Server: nginx` (server_tokens off)",
            body=BARE,
            test=lambda r: _own_page(r) and not r.sorted_by_go,
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.SOURCE,
            text="nginx's page, with headers sorted as by a proxy written in Go "
            "(Traefik, Caddy): an nginx behind that proxy",
            headers=(_NAMED,),
            test=lambda r: _own_page(r) and r.sorted_by_go,
            hop="unknown",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            text="nginx's page, with different servers in its footer and in the Server "
            "header: a CDN in front set its own name",
            body=VERSIONED,
            test=lambda r: _footer_differs(r) and r.edge_seen,
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            text="nginx's page, with different servers in its footer and in the Server "
            "header: the response does not show whether the ingress or a pod wrote it",
            body=VERSIONED,
            test=lambda r: _footer_differs(r) and not r.edge_seen,
            hop="unknown",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            text="nginx's page without a version, with another Server: the inner "
            "server wrote it; the response does not show whether it is the ingress or "
            "a pod",
            body=BARE,
            headers=(("server", "."),),
            test=_behind_another,
            hop="unknown",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.SOURCE,
            text="nginx's page with a version in its footer, without a Server header: "
            "an nginx behind a proxy that removes Server, as ingress-nginx does",
            body=VERSIONED,
            without=(("server", ""),),
            hop="unknown",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text=f"the reason phrase `{PHRASE}` and Server are nginx's: nginx "
            "responded itself (`return 503`, or a page of its error_page)",
            status_codes=(503,),
            reason=PHRASE,
            headers=(_NAMED,),
            test=lambda r: (
                not re.search(FOOTER, r.body, re.IGNORECASE) and not r.sorted_by_go
            ),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            text="`Faithfully yours, nginx`, the page 50x.html of nginx's own package",
            status_codes=range(500, 505),
            headers=(_NAMED,),
            body=FAITHFULLY,
            test=lambda r: not r.sorted_by_go,
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.SOURCE,
            text="`Faithfully yours, nginx`, the page 50x.html of nginx's own package, "
            "under another name: the response does not show whether the ingress or a "
            "pod wrote it",
            status_codes=range(500, 505),
            without=(_NAMED,),
            body=FAITHFULLY,
            hop="unknown",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            text="exactly the headers of nginx, and the length of its page with Server "
            "in its footer",
            headers=(("server", r"^nginx(?:/|$)"),),
            test=nginx_lengths.fits_server,
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text="`Server` names nginx: nginx wrote the response or passed it on",
            headers=(("server", r"\bnginx"),),
        ),
        Mark(
            shows=Shows.SILENT,
            level=Level.CAPTURED,
            text="a response through nginx may be cached: without X-Cache-Status its "
            "cache sends the same bytes, without Age and with a new Date",
            headers=(("server", r"\bnginx"),),
            without=(("x-cache-status", ""),),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.CAPTURED,
            text="X-Cache-Status: an nginx cache sent a stored response",
            headers=(("x-cache-status", r"(?:^|, )(?:HIT|STALE|UPDATING)(?:,|$)"),),
        ),
    ),
)
