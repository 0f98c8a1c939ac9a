"""LiteSpeed: its own error pages, and responses under its name.

Sources: whole pages quoted in public threads; OpenLiteSpeed's
`src/http/httpstatuscode.cpp`.
LiteSpeed is a web server and a proxy, so its hop is unknown.
"""

from parallax.writers.mark import Family, own, through

FAMILY = Family(
    name="litespeed",
    hop="unknown",
    marks=(
        own(
            text="LiteSpeed's own page",
            status_codes=range(400, 600),
            body=r"[Pp](?:roudly p)?owered by (?:<a [^>]*>)?LiteSpeed Web Server"
            r"|<title> \d{3} [^<]+?\r?\n</title>",
        ),
        through(
            text="`Server` names LiteSpeed: it wrote the response or passed it on",
            headers=(("server", r"^LiteSpeed\b"),),
        ),
    ),
)
