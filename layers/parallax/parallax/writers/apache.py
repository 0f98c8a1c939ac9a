"""Apache httpd: its error pages, most of all those of mod_proxy.

Source: captures of 2.4.71. A refused connection gives 503; a closed connection and a
read timeout give 502 `Proxy Error`. Werkzeug uses the same 503 sentence; only Apache
has the old IETF doctype, or the iso-8859-1 charset. The international documents are
`docs/error/HTTP_BAD_GATEWAY.html.var` and its kin, in UTF-8.
"""

import re

from parallax.writers.mark import Family, Level, Mark, Shows, own

_DOCTYPE = r'<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2\.0//EN">\s*<html><head>\s*'
_PROXY_ERRORS = "502 Proxy Error|503 Service Unavailable|504 Gateway Timeout"

FAMILY = Family(
    name="apache",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="Apache's own page for an unreachable backend (mod_proxy), "
            "identified by its old doctype",
            body=rf"{_DOCTYPE}<title>(?:{_PROXY_ERRORS})</title>",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="mod_proxy's sentence in the charset of Apache's own pages",
            status_codes=(502, 503, 504),
            headers=(("content-type", r"charset=iso-8859-1"),),
            body=r"<h1>Proxy Error</h1>|Reason: <strong>|maintenance\s+downtime or cap",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="Apache's own error page, identified by its old doctype; the response "
            "does not show whether this Apache is a proxy or the pod's server",
            body=rf"{_DOCTYPE}<title>(?!{_PROXY_ERRORS})\d{{3}} [^<]*</title>",
            hop="unknown",
        ),
        own(
            text="httpd's international error document for a failed proxy request",
            status_codes=(502, 503, 504),
            body=r"<h1>(?:Bad Gateway|Service unavailable|Gateway Timeout)!</h1>"
            r"[\s\S]{0,1500}<h2>Error 50[234]</h2>",
        ),
        own(
            text="httpd's international error document; the response does not show "
            "whether this Apache is a proxy or the pod's server",
            status_codes=range(400, 600),
            body=r"<h1>[^<]+!</h1>[\s\S]{0,1500}<h2>Error (?!50[234])\d{3}</h2>\s*"
            r"<address>",
            hop="unknown",
        ),
        own(
            text="Apache's name, host and port below its own error page; the response "
            "does not show whether this Apache is a proxy or the pod's server",
            status_codes=range(400, 600),
            body=r"<hr>\s*<address>Apache(?:/[^<]*)? Server at [^<]* Port \d+"
            r"</address>",
            test=lambda r: not re.search(rf"{_DOCTYPE}<title>", r.body),
            hop="unknown",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text="`Server` names Apache",
            headers=(("server", r"\bApache\b(?!-)"),),
        ),
    ),
)
