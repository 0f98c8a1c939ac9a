"""Apache Traffic Server: its own error pages, and responses that passed through it.

Sources: `proxy/config/body_factory/default/*#default` of apache/trafficserver, and its
documentation of `proxy.config.http.insert_response_via_str`.
"""

from parallax.writers.mark import Family, own, through

FAMILY = Family(
    name="traffic-server",
    hop="cdn",
    marks=(
        own(
            text="the page of Traffic Server's body factory",
            status_codes=range(400, 600),
            body=r"<BODY BGCOLOR=\"white\" FGCOLOR=\"black\">\s*<H1>[^<]+</H1>\s*"
            r"<HR>\s*<FONT FACE=\"Helvetica,Arial\"><B>\s*Description:",
        ),
        through(
            text="`Server: ATS` or Via: the response passed through Traffic Server",
            test=lambda r: (
                r.value("server").startswith("ATS")
                or "apachetrafficserver" in r.value("via").lower()
            ),
        ),
    ),
)
