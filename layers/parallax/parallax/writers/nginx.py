"""nginx: its own pages, what came through it, and what it kept.

Source: captures of 1.22.1. nginx's reason phrase for 503 is
`Service Temporarily Unavailable`; nobody else's answer passing through gets it,
unless nginx itself replaces the page (`error_page`, custom-http-errors). It writes
Server, Date and Content-Type in this order; a proxy written in Go sorts them.
Not to be told from bytes: a hit of a cache that adds no X-Cache-Status. nginx adds
no Age either, so of what came through it nobody can say whether it was kept.
"""

import re

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.response import Response

PHRASE = "Service Temporarily Unavailable"
BARE = r"<hr><center>nginx</center>"
VERSIONED = r"<hr><center>(nginx/[\w.]+)(?: \([^<]*\))?</center>"
FOOTER = r"<hr><center>nginx[/<]"
_NAMED = ("server", r"^nginx")


def _footer_agrees(response: Response) -> bool:
    """Whether footer and Server header name the same nginx."""
    found = re.search(VERSIONED, response.body, re.IGNORECASE)
    server = response.value("server")
    return bool(found) and server.lower().startswith(found[1].lower())


def _footer_differs(response: Response) -> bool:
    """Whether the footer names one nginx and Server another."""
    return bool(response.value("server")) and not _footer_agrees(response)


def _own_page(response: Response) -> bool:
    """Whether Server belongs to nginx's page, or to its phrase over another page."""
    if re.search(VERSIONED, response.body, re.IGNORECASE):
        return _footer_agrees(response)
    if re.search(BARE, response.body, re.IGNORECASE):
        return response.value("server").lower() == "nginx"
    return response.status_code == 503 and response.reason == PHRASE  # noqa: PLR2004 - HTTP's number


def _behind_another(response: Response) -> bool:
    """Whether Server names another nginx, or a proxy that is no CDN's."""
    server = response.value("server").lower()
    return server.startswith("nginx/") or (server != "nginx" and not response.edge_seen)


FAMILY = Family(
    name="nginx",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="nginx's page, and its footer names the version in Server",
            body=VERSIONED,
            test=lambda r: _own_page(r) and not r.sorted_by_go,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="nginx's page, with `Server: nginx` (server_tokens off)",
            body=BARE,
            test=lambda r: _own_page(r) and not r.sorted_by_go,
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.SOURCE,
            says="nginx's page, its headers sorted as a proxy written in Go passes "
            "them on (Traefik, Caddy): an nginx behind that one",
            headers=(_NAMED,),
            test=lambda r: _own_page(r) and r.sorted_by_go,
            hop="unknown",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            says="nginx's page, and its footer names another server than the Server "
            "header: a CDN in front put its own name there",
            body=VERSIONED,
            test=lambda r: _footer_differs(r) and r.edge_seen,
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            says="nginx's page, and its footer names another server than the Server "
            "header: whether the ingress or a pod wrote it, bytes don't tell",
            body=VERSIONED,
            test=lambda r: _footer_differs(r) and not r.edge_seen,
            hop="unknown",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            says="nginx's page without a version behind another server: the inner "
            "one wrote it; whether it is the ingress or a pod, bytes don't tell",
            body=BARE,
            headers=(("server", "."),),
            test=_behind_another,
            hop="unknown",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.SOURCE,
            says="nginx's page with a version in its footer and no Server header: an "
            "nginx behind a proxy that removes Server (ingress-nginx does)",
            body=VERSIONED,
            without=(("server", ""),),
            hop="unknown",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says=f"the reason phrase `{PHRASE}` and Server are nginx's: it "
            "answered by itself (a `return 503`, or a page of its error_page)",
            status_codes=(503,),
            reason=PHRASE,
            headers=(_NAMED,),
            test=lambda r: (
                not re.search(FOOTER, r.body, re.IGNORECASE) and not r.sorted_by_go
            ),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            says="`Server` names nginx: it came through one",
            headers=(("server", r"\bnginx"),),
        ),
        Mark(
            shows=Shows.SILENT,
            level=Level.CAPTURED,
            says="fresh or kept is left open: nginx's cache without X-Cache-Status "
            "gives out the same bytes, without Age and with a new Date",
            headers=(("server", r"\bnginx"),),
            without=(("x-cache-status", ""),),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.CAPTURED,
            says="X-Cache-Status says that an nginx cache gave it out",
            headers=(("x-cache-status", r"(?:^|, )(?:HIT|STALE|UPDATING)(?:,|$)"),),
        ),
    ),
)
