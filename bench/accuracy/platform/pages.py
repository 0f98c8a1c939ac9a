"""Pages: the bytes that real servers respond with.

In: a family and a status, or the name of a recorded answer (tests/captures).
Out: a `Reply`. It does not: tell which server wrote one; a judgement has to find out.
Sources: the captures; the families' own documentation and sources for those that
were not captured here (Traefik, Envoy, Cloudflare).
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

CAPTURES = Path(__file__).parents[3] / "tests" / "captures"
REASONS = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Content Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
NGINX = {
    401: "Authorization Required",
    413: "Request Entity Too Large",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
ENVOY = {
    404: "",
    502: "upstream connect error or disconnect/reset before headers."
    " reset reason: connection termination",
    503: "no healthy upstream",
    504: "upstream request timeout",
}
HAPROXY = {
    400: "Your browser sent an invalid request.",
    401: "You need a valid user and password to access this content.",
    403: "Request forbidden by administrative rules.",
    404: "The resource could not be found.",
    413: "The request entity exceeds the maximum allowed.",
    429: "You have sent too many requests in a given amount of time.",
}
"""HAProxy's `http_err_msgs` (src/http.c)."""
TRAEFIK = {404: "404 page not found\n", 503: "no available server\n"}
UNCONNECTED = (
    "upstream connect error or disconnect/reset before headers."
    " reset reason: remote connection failure"
)
APACHE = "apache/503"
REDIRECTS = frozenset({301, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response on the wire."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, *more: tuple[str, str]) -> "Reply":
        """Return the reply with more headers."""
        return replace(self, headers=(*self.headers, *more))

    def lowered(self) -> "Reply":
        """Return it as HAProxy in http mode passes it on: lower-case names."""
        return replace(self, headers=tuple((n.lower(), v) for n, v in self.headers))


@cache
def recorded(name: str) -> Reply:
    """Return a response by its name in tests/captures, or Apache's as published."""
    if name == APACHE:
        return _apache()
    raw = (CAPTURES / f"{name}.http").read_bytes()
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    _, code, reason = first.split(" ", 2)
    pairs = tuple((n, v.strip()) for n, _, v in (x.partition(":") for x in lines))
    return Reply(
        status=int(code),
        reason=reason,
        headers=pairs,
        body=body.decode(errors="replace"),
    )


def _apache() -> Reply:
    """Return the page of Apache's mod_proxy for a backend that it cannot reach."""
    body = (
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n'
        "<title>503 Service Unavailable</title>\n</head><body>\n"
        "<h1>Service Unavailable</h1>\n<p>The server is temporarily unable to"
        " service your\nrequest due to maintenance downtime or capacity\n"
        "problems. Please try again later.</p>\n</body></html>\n"
    )
    kind = "text/html; charset=iso-8859-1"
    server = ("Server", "Apache/2.4.62 (Debian)")
    return made(503, REASONS[503], kind, body, server)


def made(
    status: int, reason: str, kind: str, body: str, *more: tuple[str, str]
) -> Reply:
    """Return a response with the headers that every server sends."""
    return Reply(
        status=status,
        reason=reason,
        headers=(
            ("Date", "Thu, 20 Nov 2025 03:00:00 GMT"),
            ("Content-Type", kind),
            ("Content-Length", str(len(body.encode()))),
            *more,
        ),
        body=body,
    )


def fine(status: int = 200, text: str = '{"status": "fine"}') -> Reply:
    """Return the response of a healthy pod, with its expected status."""
    return made(status, REASONS[status], "application/json", text)


def own_page(kind: str, status: int) -> Reply:
    """Return the page that an ingress of a kind writes itself."""
    reason = REASONS[status]
    if kind == "traefik":
        return _traefik(status, reason)
    if kind == "envoy":
        server, words = ("server", "envoy"), ENVOY.get(status, "")
        page = made(status, reason, "text/plain", words, server).lowered()
        # Envoy sends no content type with an empty body: no route.
        kept = tuple(h for h in page.headers if words or h[0] != "content-type")
        return replace(page, headers=kept)
    if kind == "haproxy":
        return haproxy(status)
    words = NGINX.get(status, reason)
    return made(status, words, "text/html", nginx_body(status, words))


def malformed(kind: str) -> Reply:
    """Return what an ingress of a kind responds to a request that it cannot parse.

    Go's net/http writes one line of text, without a server's name (server.go,
    `badRequestError`); Envoy's text is as short.
    """
    reason = REASONS[400]
    if kind == "traefik":
        close = ("Connection", "close")
        return made(400, reason, "text/plain; charset=utf-8", f"400 {reason}", close)
    if kind == "envoy":
        return made(400, reason, "text/plain", reason, ("server", "envoy")).lowered()
    return own_page(kind, 400)


def redirect(kind: str, to: str) -> Reply:
    """Return how an ingress of a kind sends a plain request to https."""
    where = ("Location", to)
    if kind == "ingress-nginx":
        body = nginx_body(308, REASONS[308])
        return made(308, REASONS[308], "text/html", body, where)
    if kind == "traefik":
        words = "text/plain; charset=utf-8"
        return made(308, REASONS[308], words, REASONS[308], where)
    bare = made(301, REASONS[301], "text/plain", "", where)
    return bare.lowered()


def _traefik(status: int, reason: str) -> Reply:
    """Return Traefik's short text, its headers in the order that Go writes them.

    Headers of the handler come first, sorted; then Date, length and a detected type.
    """
    words = TRAEFIK.get(status, reason)
    page = made(status, reason, "text/plain; charset=utf-8", words)
    date, kind, length = page.headers
    if status in TRAEFIK:
        sniff = ("X-Content-Type-Options", "nosniff")
        return replace(page, headers=(kind, sniff, date, length))
    return replace(page, headers=(date, length, kind))


def nginx_body(status: int, words: str) -> str:
    """Return nginx's page, as its `server_tokens off` writes it."""
    page = f"{status} {words}"
    return (
        f"<html>\r\n<head><title>{page}</title></head>\r\n<body>\r\n"
        f"<center><h1>{page}</h1></center>\r\n<hr><center>nginx</center>\r\n"
        "</body>\r\n</html>\r\n"
    )


def haproxy(status: int) -> Reply:
    """Return HAProxy's own page, as captured; a 4xx in the same shape."""
    names = {
        502: "haproxy/502_server_closed",
        503: "haproxy/503_all_servers_down",
        504: "haproxy/504_server_timeout",
    }
    if status in names:
        return recorded(names[status])
    page = recorded("haproxy/503_all_servers_down")
    words = f"{status} {REASONS[status]}"
    body = f"<html><body><h1>{words}</h1>\n{HAPROXY[status]}\n</body></html>\n"
    pairs = (("content-length", str(len(body))), *page.headers[1:])
    return Reply(status=status, reason=REASONS[status], headers=pairs, body=body)


"""How Go's server, and so Traefik, responds to what does not begin as a request."""
