"""nginx: its own pages, what came through it, and what it kept.

Source: captures of 1.22.1. nginx's reason phrase for 503 is
`Service Temporarily Unavailable`; nobody else's answer passing through gets it,
unless nginx itself replaces the page (`error_page`, custom-http-errors).
Not to be told from bytes: a hit of a cache that adds no X-Cache-Status.
"""

import re

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.response import Response

PHRASE = "Service Temporarily Unavailable"
BARE = r"<hr><center>nginx</center>"
VERSIONED = r"<hr><center>(nginx/[\w.]+)(?: \([^<]*\))?</center>"
FOOTER = r"<hr><center>nginx[/<]"


def _footer_agrees(response: Response) -> bool:
    """Whether footer and Server header name the same nginx."""
    found = re.search(VERSIONED, response.body, re.IGNORECASE)
    server = response.value("server")
    return bool(found) and server.lower().startswith(found[1].lower())


def _footer_differs(response: Response) -> bool:
    """Whether the footer names one nginx and Server another."""
    return bool(response.value("server")) and not _footer_agrees(response)


FAMILY = Family(
    name="nginx",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="nginx's page, and its footer names the version in Server",
            body=VERSIONED,
            test=_footer_agrees,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="nginx's page, with `Server: nginx` (server_tokens off)",
            body=BARE,
            headers=(("server", r"^nginx$"),),
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            says="nginx's page, and its footer names another server than the Server "
            "header: a proxy in front put its own name there",
            body=VERSIONED,
            test=_footer_differs,
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            says="nginx's page without a version behind an nginx with one: the inner "
            "one wrote it; whether it is the ingress or a pod, bytes don't tell",
            body=BARE,
            headers=(("server", r"^nginx/"),),
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
            headers=(("server", r"^nginx"),),
            test=lambda r: not re.search(FOOTER, r.body, re.IGNORECASE),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            says="`Server` names nginx: it came through one (kept by its cache without "
            "X-Cache-Status, it would look the same)",
            headers=(("server", r"\bnginx"),),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.CAPTURED,
            says="X-Cache-Status says that an nginx cache gave it out",
            headers=(("x-cache-status", r"^(HIT|STALE|UPDATING)$"),),
        ),
    ),
)
