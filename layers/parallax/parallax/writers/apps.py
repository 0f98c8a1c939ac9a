"""App servers and frameworks: responses that pods write.

Sources: captures of uvicorn, gunicorn with Flask, and Express behind nginx
configured as ingress-nginx, which removes Server and keeps X-Powered-By; pages of
Tomcat 8 and 9, Spring Boot and IIS as quoted; Jetty's `HttpGenerator` and
`ErrorHandler`.
These marks are used only if no proxy's own page matches. `NAMED` marks identify the
server; `PLAIN` marks only show that no known proxy writes such a response.
"""

import re

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.nginx import PHRASE
from parallax.writers.response import Response

_GATEWAYS = (
    (
        "server",
        (
            r"\b(kong|apisix|openresty|tengine|litespeed|ats|bunnycdn|keycdn|gws|awselb"
            r"|netlify|vercel|heroku|imperva|sucuri|ddos-guard|google frontend)\b"
        ),
    ),
    ("apigw-requestid", ""),
    ("x-amzn-errortype", ""),
    ("x-iinfo", ""),
    ("x-sucuri-id", ""),
    ("x-vercel-error", ""),
    ("x-kong-response-latency", ""),
)
"""Programs in front of a pod that write JSON or their own pages and have no table here:
with one of these headers a `PLAIN` mark does not decide."""
_PACKED = (("content-encoding", r"gzip|br|deflate|zstd|compress"),)
"""A compressed body may be any proxy's page."""


def _kept_phrase(response: Response) -> bool:
    """Whether nginx passed on an upstream's phrase and did not respond itself."""
    return response.reason.lower() == "service unavailable"


def _json(response: Response) -> bool:
    """Whether type and first character are those of JSON."""
    return bool(
        re.match(
            r"application/[\w.+-]*json\b", response.value("content-type"), re.IGNORECASE
        )
    ) and (response.body.lstrip()[:1] in ("{", "["))


def _own_phrase(response: Response) -> bool:
    """Whether nginx's own phrase shows that nginx wrote or replaced this."""
    return response.reason == PHRASE


def _replaced(response: Response) -> bool:
    """Whether Cloudflare may have replaced the origin's 502 or 504."""
    return response.status_code in (502, 504) and "cf-ray" in response.by_name


def _named(name: str, level: Level, text: str, header: str, value: str) -> Mark:
    return Mark(
        shows=Shows.OWN, level=level, text=text, family=name, headers=((header, value),)
    )


NAMED = Family(
    name="app",
    hop="pod",
    marks=(
        _named(
            "uvicorn",
            Level.CAPTURED,
            "`Server: uvicorn`",
            "server",
            r"(?:^|, )uvicorn\b",
        ),
        _named(
            "gunicorn",
            Level.DOCUMENTED,
            "`Server: gunicorn`",
            "server",
            r"(?:^|, )gunicorn\b",
        ),
        _named(
            "express",
            Level.CAPTURED,
            "`X-Powered-By: Express`",
            "x-powered-by",
            r"^Express\b",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="gunicorn's own page, with a paragraph inside the headline",
            family="gunicorn",
            status_codes=range(400, 600),
            body=r"<title>([^<]+)</title>\s*</head>\s*<body>\s*<h1><p>\1</p></h1>",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="Tomcat's own page, with its name or its fixed sentences",
            family="tomcat",
            status_codes=range(400, 600),
            body=r"<h3>Apache Tomcat/\d|<h1>HTTP Status \d{3}(?: . )[\s\S]{0,400}"
            r"<b>[Tt]ype</b> (?:Status|Exception) [Rr]eport",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            text="Jetty's own page, with its name in the last line",
            family="jetty",
            status_codes=range(400, 600),
            body=r"<h2>HTTP ERROR:? \d{3}[\s\S]{0,2000}Powered by Jetty://",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="Spring Boot's Whitelabel Error Page",
            family="spring-boot",
            status_codes=range(400, 600),
            body=r"<h1>Whitelabel Error Page</h1>",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="the page of http.sys, the HTTP server of Windows in front of IIS",
            family="iis",
            status_codes=range(400, 600),
            body=r"<h2>[^<]+</h2>\s*<hr><p>HTTP Error \d{3}\. [^<]+</p>",
        ),
        _named(
            "app",
            Level.CAPTURED,
            "X-Powered-By, which proxies do not write",
            "x-powered-by",
            ".",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="Werkzeug's (Flask's) page: Apache's sentence with a modern doctype",
            body=r"\A<!doctype html>\s*<html lang=en>\s*"
            r"<title>\d{3} [^<]+</title>\s*<h1>",
        ),
    ),
)

PLAIN = Family(
    name="app",
    hop="pod",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="a JSON body, which no known proxy writes",
            without=_GATEWAYS,
            test=lambda r: _json(r) and not _own_phrase(r) and not _replaced(r),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="only a status text in UTF-8, as from Starlette and others",
            status_codes=(500, 503),
            headers=(("content-type", r"^text/plain; ?charset=utf-8$"),),
            without=_GATEWAYS,
            body=r"\A(?:Service Unavailable|Internal Server Error)\Z",
            test=lambda r: not _own_phrase(r),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="nginx passed on a reason phrase that is not its own: its upstream "
            "wrote this",
            status_codes=(503,),
            headers=(("server", r"^nginx"),),
            without=_PACKED,
            body=r"\S",
            test=_kept_phrase,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="Envoy measured its upstream's time, and the page matches no proxy",
            headers=(("x-envoy-upstream-service-time", ""),),
            without=_PACKED,
            body=r"\S",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="a successful response with content; proxies' own pages are errors",
            status_codes=range(200, 300),
            body=r"\S",
        ),
        _named(
            "app",
            Level.KNOWLEDGE,
            "`Server` names an app server",
            "server",
            r"^(hypercorn|daphne|waitress|werkzeug|tornadoserver|kestrel|jetty|puma|"
            r"cowboy|microsoft-iis|apache-coyote|granian|python)",
        ),
    ),
)

BANNER = r"\A(?:SSH-\d|220[ -]|\+OK |\* OK |RFB \d|AMQP)"
"""The first bytes of programs without HTTP; a proxy wrapped them."""
