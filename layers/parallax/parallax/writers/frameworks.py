"""Frameworks and app servers: pages and headers that identify one.

Sources: captures of uvicorn, gunicorn with Flask, and Express behind nginx
configured as ingress-nginx, which removes Server and keeps X-Powered-By; pages of
Tomcat, Spring Boot and IIS as quoted; Jetty's `HttpGenerator` and `ErrorHandler`;
Django's `views/defaults.py` and `csrf.py`; Rails' `public/500.html`; Undertow's
`SimpleErrorPageHandler`.
"""

from functools import partial

from parallax.writers.mark import Family, Level, Mark, Shows, own

_ERRORS = range(400, 600)
_page = partial(own, status_codes=_ERRORS)
_captured = partial(Mark, shows=Shows.OWN, level=Level.CAPTURED)


def _named(family: str, header: str, value: str, level: Level) -> Mark:
    """Return the mark of a header that only this program writes."""
    text = f"`{header}` names {family}"
    return Mark(
        shows=Shows.OWN,
        level=level,
        text=text,
        family=family,
        headers=((header.lower(), value),),
    )


_SERVERS = (
    _named("uvicorn", "Server", r"(?:^|, )uvicorn\b", Level.CAPTURED),
    _named("gunicorn", "Server", r"(?:^|, )gunicorn\b", Level.DOCUMENTED),
    _named("express", "X-Powered-By", r"^Express\b", Level.CAPTURED),
    _named("kestrel", "Server", r"^Kestrel$", Level.DOCUMENTED),
    _named("jetty", "Server", r"^Jetty\(", Level.DOCUMENTED),
    _named("tomcat", "Server", r"^Apache-Coyote/", Level.DOCUMENTED),
    _named("werkzeug", "Server", r"^Werkzeug/", Level.DOCUMENTED),
    _named("tornado", "Server", r"^TornadoServer/", Level.DOCUMENTED),
    _named("app", "Server", r"^(?:WSGIServer|BaseHTTP|SimpleHTTP)/", Level.DOCUMENTED),
    _named("app", "Server", r"^(?:WEBrick/|daphne$|hypercorn)", Level.DOCUMENTED),
    _named(
        "app",
        "Server",
        r"^(?:Mojolicious \(Perl\)|Plack::|HTTP::Server::PSGI|Starman|waitress$"
        r"|granian$|Warp/\d|CherryPy/|Cheroot/|TwistedWeb/|akka-http/|pekko-http/|http4s"
        r"|thin$|tiny-http \(Rust\)|Rocket$|swoole-http-server$|WildFly/\d"
        r"|GlassFish Server )",
        Level.DOCUMENTED,
    ),
)
_PAGES = (
    _captured(
        text="gunicorn's own page, with a paragraph inside the headline",
        family="gunicorn",
        status_codes=_ERRORS,
        body=r"<title>([^<]+)</title>\s*</head>\s*<body>\s*<h1><p>\1</p></h1>",
    ),
    _page(
        text="Tomcat's own page, with its name, its fixed sentences or its style",
        family="tomcat",
        body=r"<h3>Apache Tomcat/\d|<h1>HTTP Status \d{3}(?: . )[\s\S]{0,400}"
        r"<b>[Tt]ype</b> (?:Status|Exception) [Rr]eport"
        r"|<title>HTTP Status \d{3} . [^<]*</title>\s*<style type=\"text/css\">"
        r"|<style type=\"text/css\">(?:H1|body) \{font-family:Tahoma,Arial,sans-serif"
        r"|<title>Apache Tomcat/[\d.]+ - Error report</title>"
        r"|<title>JBoss Web/[^<]* - Error report</title>",
    ),
    Mark(
        shows=Shows.OWN,
        level=Level.SOURCE,
        text="Jetty's own page, with its name or its table",
        family="jetty",
        status_codes=_ERRORS,
        body=r"<h2>HTTP ERROR:? \d{3}[\s\S]{0,2000}Powered by Jetty://"
        r"|<h2>HTTP ERROR \d{3}[^<]*</h2>\s*(?:<table>\s*<tr><th>URI:</th>"
        r"|<p>Problem accessing )",
    ),
    _page(
        text="Spring Boot's Whitelabel Error Page",
        family="spring-boot",
        body=r"<h1>Whitelabel Error Page</h1>",
    ),
    _page(
        text="the page of http.sys, the HTTP server of Windows in front of IIS",
        family="iis",
        body=r"<h2>[^<]+</h2>\s*<hr><p>HTTP Error \d{3}\. [^<]+</p>",
    ),
    _page(
        text="IIS's own page; the response does not show whether this IIS is a proxy",
        family="iis",
        hop="unknown",
        body=r"<title>IIS [\d.]+ Detailed Error - \d{3}"
        r"|<title>\d{3} - [^<]+</title>[\s\S]{0,2000}"
        r"<div id=\"header\"><h1>Server Error</h1></div>",
    ),
    _page(
        text="IIS's page or sentence under its own name",
        family="iis",
        hop="unknown",
        headers=(("server", r"^Microsoft-IIS/"),),
        body=r"<title>\d{3} - [^<]+</title>\s*<style"
        r"|\A\s*The page cannot be displayed because an internal server error",
    ),
    _page(
        text="ASP.NET's page for an unhandled exception",
        body=r"<title>Runtime Error</title>[\s\S]*Server Error in '[^']*' Application"
        r"|<H1>Server Error in '[^']*' Application\.",
    ),
    _page(
        text="Django's own page",
        family="django",
        body=r"<title>Server Error \(500\)</title>|<h1>Bad Request \(400\)</h1>"
        r"|You're seeing this error because you have <code>DEBUG = True</code>"
        r"|<p>CSRF verification failed\. Request aborted\.</p>"
        r"|<h1>Not Found</h1>\s*<p>The requested resource was not found on this "
        r"server\.</p>",
    ),
    _page(
        text="Rails' own page",
        family="rails",
        body=r"<title>We're sorry, but something went wrong \(500\)</title>"
        r"|<title>The page you were looking for doesn't exist \(404\)</title>"
        r"|<title>Action Controller: Exception caught</title>",
    ),
    _page(
        text="Express's default error page: the method and the path in `<pre>`",
        family="express",
        body=r"<title>Error</title>[\s\S]{0,80}<pre>Cannot (?:GET|POST|PUT|HEAD|"
        r"DELETE|PATCH|OPTIONS) /",
    ),
    _page(
        text="the error page of finalhandler, as Express writes it",
        family="express",
        body=r"\A<!DOCTYPE html>\s*<html lang=\"en\">\s*<head>\s*"
        r"<meta charset=\"utf-8\">\s*<title>Error</title>\s*</head>\s*<body>\s*<pre>",
    ),
    _page(
        text="the page of an application or its framework (WordPress, Symfony, "
        "Next.js, Puma, Passenger)",
        body=r"There has been a critical error on this website\."
        r"|<title>Briefly unavailable for scheduled maintenance"
        r"|<title>An Error Occurred: |<script id=\"__NEXT_DATA__\""
        r"|An unhandled lowlevel error occurred\. The application logs may have details"
        r"|<title>We're sorry, but something went wrong</title>[\s\S]*[Pp]assenger",
    ),
    _page(
        text="Undertow's (WildFly's) own page",
        family="undertow",
        body=r"\A<html><head><title>(?:Error|ERROR)</title></head><body>(?:\d{3} - )?"
        r"(?:Internal Server Error|Not Found|Forbidden|Service Unavailable)"
        r"</body></html>\s*\Z",
    ),
    own(
        text="h11's sentence for an invalid request, as uvicorn sends it",
        family="uvicorn",
        status_codes=(400,),
        body=r"\AInvalid HTTP request received\.\Z",
    ),
    _captured(
        text="Werkzeug's (Flask's) page: Apache's sentence with another doctype",
        body=r"\A(?:<!doctype html>\s*<html lang=en>"
        r"|<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3\.2 Final//EN\">)\s*"
        r"<title>\d{3} [^<]+</title>\s*<h1>",
    ),
)
_POWERS = (
    r"^(?:php|next\.js|nuxt|asp\.net|servlet|jsp|undertow|koa|fastify|hono|sails|strapi"
    r"|adonis|mojolicious|nitro|remix)\b"
)
_HEADERS = (
    own(
        text="X-Powered-By names a language or framework, which proxies do not write",
        headers=(("x-powered-by", _POWERS),),
        without=(("x-powered-by", r"\bARR/"),),
    ),
    own(
        text="X-Runtime with X-Request-Id: Rails, or another Rack app",
        family="rails",
        headers=(("x-runtime", r"^\d+\.\d+$"), ("x-request-id", "")),
    ),
    own(
        text="X-AspNetMvc-Version or X-AspNet-Version: ASP.NET",
        headers=(("x-aspnet-version", r"^\d"),),
    ),
)
NAMED = Family(name="app", hop="pod", marks=(*_SERVERS, *_PAGES, *_HEADERS))
"""Marks that identify the program, whatever is in front of it."""
