"""Families and bytes that no kept capture holds, and the laws of attribution."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.writers import Attribution, attribute

type Headers = list[tuple[str, str]]

DATE = ("Date", "Mon, 23 Nov 2026 13:30:00 GMT")
HTML = ("Content-Type", "text/html")
TEXT = ("content-type", "text/plain")
JSON = ("Content-Type", "application/json")
CF = [("Server", "cloudflare"), ("CF-RAY", "8e1-FRA")]
HAPROXY_503 = (
    "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle "
    "this request.\n</body></html>\n"
)
NGINX = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1>"
    "</center>\r\n<hr><center>{1}</center>\r\n</body>\r\n</html>\r\n"
)
STU = "503 Service Temporarily Unavailable"
IETF = '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n'
UNAVAILABLE = "Service Unavailable"

# name, status, reason, headers, body, then writer, hop, how
CASES: list[tuple[str, int, str | None, Headers, str, str, str, str]] = [
    (
        "haproxy over HTTP/2, other header order, one header more",
        503,
        None,
        [("content-type", "text/html"), ("x-new", "1"), ("cache-control", "no-cache")],
        HAPROXY_503,
        "haproxy",
        "unknown",
        "own-page",
    ),
    (
        "haproxy with the body missing",
        503,
        UNAVAILABLE,
        [
            ("cache-control", "no-cache"),
            ("content-length", "107"),
            ("content-type", "text/html"),
        ],
        "",
        "haproxy",
        "unknown",
        "own-page",
    ),
    (
        "haproxy through varnish",
        503,
        UNAVAILABLE,
        [
            HTML,
            DATE,
            ("X-Varnish", "12"),
            ("Age", "0"),
            ("Via", "1.1 varnish (Varnish/7.1)"),
        ],
        HAPROXY_503,
        "haproxy",
        "unknown",
        "passed-through",
    ),
    (
        "haproxy through envoy",
        503,
        UNAVAILABLE,
        [("server", "envoy"), ("x-envoy-upstream-service-time", "0"), ("date", "x")],
        HAPROXY_503,
        "haproxy",
        "unknown",
        "passed-through",
    ),
    (
        "haproxy page that varnish kept",
        503,
        UNAVAILABLE,
        [HTML, DATE, ("X-Varnish", "12 9"), ("Age", "3")],
        HAPROXY_503,
        "haproxy",
        "cdn",
        "replayed",
    ),
    (
        "no Server header alone is not haproxy",
        503,
        UNAVAILABLE,
        [HTML],
        "<h1>Sorry</h1>",
        "unknown",
        "unknown",
        "unknown",
    ),
    (
        "newer nginx with its distribution in the footer",
        502,
        "Bad Gateway",
        [("Server", "nginx/1.30.2 (Ubuntu)"), DATE],
        NGINX.format("502 Bad Gateway", "nginx/1.30.2 (Ubuntu)"),
        "nginx",
        "ingress",
        "own-page",
    ),
    (
        "ingress-nginx over HTTP/2 behind cloudflare",
        503,
        None,
        [*CF, HTML],
        NGINX.format(STU, "nginx"),
        "ingress-nginx",
        "ingress",
        "passed-through",
    ),
    (
        "a nginx pod behind ingress-nginx",
        404,
        "Not Found",
        [DATE, HTML],
        NGINX.format("404 Not Found", "nginx/1.27.0"),
        "nginx",
        "unknown",
        "passed-through",
    ),
    (
        "ingress-nginx with the body missing",
        503,
        STU[4:],
        [DATE, HTML, ("Content-Length", "190")],
        "",
        "ingress-nginx",
        "ingress",
        "own-page",
    ),
    (
        "openresty is not called nginx",
        502,
        "Bad Gateway",
        [("Server", "openresty"), HTML],
        NGINX.format("502 Bad Gateway", "openresty"),
        "openresty",
        "ingress",
        "own-page",
    ),
    (
        "varnish synth",
        503,
        UNAVAILABLE,
        [DATE, ("Server", "Varnish"), ("X-Varnish", "5")],
        "<h3>Guru Meditation:</h3>\n<p>XID: 5</p>",
        "varnish",
        "cdn",
        "own-page",
    ),
    (
        "fastly",
        503,
        "first byte timeout",
        [("x-served-by", "cache-den8225-DEN"), ("via", "1.1 varnish")],
        (
            "<h1>Error 503 first byte timeout</h1><h3>Guru Mediation:</h3>\n"
            "<p>Details: cache-den8225-DEN 1700 2</p><hr><p>Varnish cache server</p>"
        ),
        "fastly",
        "cdn",
        "own-page",
    ),
    (
        "squid",
        503,
        UNAVAILABLE,
        [
            ("Server", "squid/5.7"),
            ("X-Squid-Error", "ERR_CONNECT_FAIL 111"),
            ("X-Cache", "MISS from edge"),
            ("Via", "1.1 edge (squid/5.7)"),
        ],
        "<title>ERROR: The requested URL could not be retrieved</title>",
        "squid",
        "cdn",
        "own-page",
    ),
    (
        "through squid",
        503,
        UNAVAILABLE,
        [
            JSON,
            ("Server", "uvicorn"),
            ("X-Cache", "MISS from edge"),
            ("X-Cache-Lookup", "HIT from edge:3128"),
            ("Via", "1.1 edge (squid/5.7)"),
        ],
        '{"detail":"x"}',
        "uvicorn",
        "pod",
        "passed-through",
    ),
    (
        "caddy",
        502,
        "Bad Gateway",
        [("Server", "Caddy"), DATE, ("Content-Length", "0")],
        "",
        "caddy",
        "ingress",
        "own-page",
    ),
    (
        "through caddy 2.6, two Server headers",
        503,
        UNAVAILABLE,
        [("Server", "Caddy"), ("Server", "uvicorn"), JSON],
        '{"detail":"x"}',
        "uvicorn",
        "pod",
        "passed-through",
    ),
    (
        "through caddy 2.11",
        503,
        UNAVAILABLE,
        [("Server", "uvicorn"), ("Via", "1.1 Caddy"), JSON],
        '{"detail":"x"}',
        "uvicorn",
        "pod",
        "passed-through",
    ),
    (
        "apache, backend refused",
        503,
        UNAVAILABLE,
        [
            DATE,
            ("Server", "Apache/2.4.71 (Debian)"),
            ("Content-Type", "text/html; charset=iso-8859-1"),
        ],
        (
            f"{IETF}<title>503 Service Unavailable</title>\n</head><body>\n"
            "<p>The server is temporarily unable to service your\nrequest due to "
            "maintenance downtime or capacity\nproblems. Please try again later.</p>"
        ),
        "apache",
        "ingress",
        "own-page",
    ),
    (
        "apache, backend closed",
        502,
        "Proxy Error",
        [("Server", "Apache"), ("Content-Type", "text/html; charset=iso-8859-1")],
        (
            f"{IETF}<title>502 Proxy Error</title>\n</head><body>\n"
            "<h1>Proxy Error</h1>\n"
            "Reason: <strong>Error reading from remote server</strong>"
        ),
        "apache",
        "ingress",
        "own-page",
    ),
    (
        "envoy",
        503,
        UNAVAILABLE,
        [("server", "envoy"), TEXT],
        "no healthy upstream",
        "envoy",
        "ingress",
        "own-page",
    ),
    (
        "istio, older version's longer sentence",
        503,
        None,
        [("server", "istio-envoy"), TEXT],
        (
            "upstream connect error or disconnect/reset before headers. reset reason: "
            "connection failure, transport failure reason: delayed connect error: 111"
        ),
        "envoy",
        "ingress",
        "own-page",
    ),
    (
        "envoy has no route",
        404,
        "Not Found",
        [("server", "envoy"), ("content-length", "0")],
        "",
        "envoy",
        "ingress",
        "own-page",
    ),
    (
        "an envoy behind ingress-nginx",
        503,
        UNAVAILABLE,
        [DATE, TEXT],
        "no healthy upstream",
        "envoy",
        "ingress",
        "passed-through",
    ),
    (
        "an unknown page through envoy is an upstream's, but whose?",
        503,
        UNAVAILABLE,
        [("server", "envoy"), ("x-envoy-upstream-service-time", "4")],
        "<p>custom</p>",
        "unknown",
        "unknown",
        "unknown",
    ),
    (
        "traefik without servers",
        503,
        UNAVAILABLE,
        [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
        ],
        "no available server\n",
        "traefik",
        "ingress",
        "own-page",
    ),
    (
        "a bare Bad Gateway in nginx's order may be Traefik's or Starlette's",
        502,
        "Bad Gateway",
        [DATE, ("Content-Type", "text/plain; charset=utf-8")],
        "Bad Gateway",
        "unknown",
        "unknown",
        "unknown",
    ),
    (
        "cloudflare's own number",
        522,
        "",
        CF,
        "<title>Connection timed out</title>",
        "cloudflare",
        "cdn",
        "own-page",
    ),
    (
        "cloudflare replaced the page",
        502,
        None,
        CF,
        "error code: 502",
        "cloudflare",
        "cdn",
        "own-page",
    ),
    (
        "through cloudflare",
        503,
        None,
        [*CF, JSON],
        '{"detail":"x"}',
        "app",
        "pod",
        "passed-through",
    ),
    (
        "kept by cloudflare",
        503,
        None,
        [*CF, JSON, ("CF-Cache-Status", "HIT"), ("Age", "12")],
        '{"detail":"x"}',
        "app",
        "cdn",
        "replayed",
    ),
    (
        "cloudfront, kept for a while",
        502,
        "Bad Gateway",
        [
            ("Via", "1.1 f3.cloudfront.net (CloudFront)"),
            ("Age", "213"),
            ("X-Cache", "Error from cloudfront"),
        ],
        "Generated by cloudfront (CloudFront)",
        "cloudfront",
        "cdn",
        "replayed",
    ),
    (
        "akamai",
        503,
        UNAVAILABLE,
        [("Server", "AkamaiGHost"), ("Mime-Version", "1.0")],
        (
            "An error occurred while processing your request.<p>Reference&#32;&#35;97"
            "&#46;6fd7d817&#46;1700&#46;1a2b"
        ),
        "akamai",
        "cdn",
        "own-page",
    ),
    (
        "aws alb",
        503,
        STU[4:],
        [("Server", "awselb/2.0"), HTML],
        f"<html><body><center><h1>{STU}</h1></center></body></html>",
        "aws-alb",
        "load-balancer",
        "own-page",
    ),
    (
        "google is general knowledge, so it stays unknown",
        502,
        None,
        [("via", "1.1 google")],
        "The server encountered a temporary error and could not complete your request.",
        "unknown",
        "unknown",
        "unknown",
    ),
    (
        "gunicorn's worker timed out",
        500,
        "Internal Server Error",
        [DATE, HTML],
        (
            "<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n"
            "  <body>\n"
            "    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n"
        ),
        "gunicorn",
        "pod",
        "passed-through",
    ),
    (
        "kong names itself only on what it writes",
        503,
        UNAVAILABLE,
        [JSON, ("Server", "kong/3.9")],
        '{"message":"x"}',
        "kong",
        "ingress",
        "own-page",
    ),
    (
        "a kong behind another one",
        401,
        "Unauthorized",
        [JSON, ("Server", "kong/3.9"), ("X-Kong-Upstream-Latency", "3")],
        '{"message":"x"}',
        "kong",
        "unknown",
        "passed-through",
    ),
    (
        "a proxy wrapped an SSH greeting",
        200,
        "OK",
        [("Server", "Apache")],
        "SSH-2.0-OpenSSH_9.2\r\n",
        "unknown",
        "unknown",
        "unknown",
    ),
    (
        "Proxy-Status names the one who made it",
        504,
        "Gateway Timeout",
        [("Proxy-Status", "haproxy; error=http_response_timeout")],
        "",
        "haproxy",
        "unknown",
        "own-page",
    ),
    (
        "Proxy-Status says that the status came from behind",
        504,
        "Gateway Timeout",
        [JSON, ("Proxy-Status", "edge; received-status=504")],
        '{"detail":"x"}',
        "app",
        "pod",
        "passed-through",
    ),
    (
        "Proxy-Status without more, or not in ASCII",
        503,
        UNAVAILABLE,
        [JSON, ("Proxy-Status", "edge"), ("Cache-Status", "\u00e9dge; hit")],
        '{"detail":"x"}',
        "app",
        "pod",
        "passed-through",
    ),
    (
        "two families claim one page",
        503,
        UNAVAILABLE,
        [DATE, ("X-Squid-Error", "ERR_CONNECT_FAIL 111")],
        HAPROXY_503,
        "unknown",
        "unknown",
        "unknown",
    ),
    (
        "an app that sends Age itself",
        503,
        UNAVAILABLE,
        [JSON, ("Age", "12")],
        '{"detail":"x"}',
        "app",
        "pod",
        "passed-through",
    ),
    (
        "Age with X-Cache",
        503,
        UNAVAILABLE,
        [JSON, ("Age", "12"), ("X-Cache", "HIT")],
        '{"detail":"x"}',
        "app",
        "cdn",
        "replayed",
    ),
    (
        "Age with Via",
        503,
        UNAVAILABLE,
        [JSON, ("Age", "12"), ("Via", "1.1 edge")],
        '{"detail":"x"}',
        "app",
        "cdn",
        "replayed",
    ),
    (
        "Age beside an unknown page",
        500,
        "Oops",
        [("Age", "12")],
        "",
        "unknown",
        "unknown",
        "unknown",
    ),
    (
        "Cache-Status hit",
        503,
        UNAVAILABLE,
        [JSON, ("Cache-Status", '"Edge 1"; hit; ttl=3')],
        '{"detail":"x"}',
        "app",
        "cdn",
        "replayed",
    ),
    (
        "Cache-Status miss, malformed Proxy-Status",
        503,
        UNAVAILABLE,
        [JSON, ("Cache-Status", "edge; fwd=miss"), ("Proxy-Status", "((")],
        '{"detail":"x"}',
        "app",
        "pod",
        "passed-through",
    ),
]


def test_age_alone_is_a_clue_and_decides_nothing() -> None:
    """It is reported with its doubt: a hidden cache, or the app's own header."""
    answer = attribute(
        status_code=503, reason=None, headers=[JSON, ("Age", "12")], body="{}"
    )
    assert any(clue.startswith("Age alone: ") for clue in answer.clues)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_tells_the_family(
    case: tuple[str, int, str | None, Headers, str, str, str, str],
) -> None:
    """Each family, and each doubt, by the sheet's clues."""
    _, status_code, reason, headers, body, writer, hop, how = case
    answer = attribute(
        status_code=status_code, reason=reason, headers=headers, body=body
    )
    assert (answer.writer, answer.hop, answer.how) == (writer, hop, how), answer
    assert answer.clues or writer == "unknown"


NAMES = st.sampled_from(
    ["server", "via", "age", "x-cache", "Proxy-Status", "Cache-Status", "X-Varnish"]
) | st.text(max_size=12)


@settings(deadline=None)
@given(
    status_code=st.integers(0, 999),
    reason=st.none() | st.text(max_size=30),
    headers=st.lists(st.tuples(NAMES, st.text(max_size=40)), max_size=8),
    body=st.text(max_size=200),
)
def test_never_raises(
    status_code: int, reason: str | None, headers: Headers, body: str
) -> None:
    """Whatever a server sends, there is an answer in the fixed words."""
    answer = attribute(
        status_code=status_code, reason=reason, headers=headers, body=body
    )
    assert isinstance(answer, Attribution)
    assert answer.how in ("own-page", "passed-through", "replayed", "unknown")


UNRELATED = st.tuples(
    st.from_regex(r"\AX-(My|Our|Acme)-[A-Za-z]{1,10}\Z"),
    st.text("abc 123", max_size=20),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
@settings(max_examples=10, deadline=None)
@given(extra=st.lists(UNRELATED, max_size=5), first=st.booleans())
def test_unrelated_headers_change_nobody(
    case: tuple[str, int, str | None, Headers, str, str, str, str],
    extra: Headers,
    first: bool,  # noqa: FBT001 - hypothesis hands it over by name
) -> None:
    """A page stays with its family whatever unrelated headers surround it.

    A page without a body is known by its exact headers, so it may become
    unknown, but never another's.
    """
    _, status_code, reason, headers, body, writer, *_ = case
    around = [*extra, *headers] if first else [*headers, *extra]
    answer = attribute(
        status_code=status_code, reason=reason, headers=around, body=body
    )
    assert answer.writer in ({writer} if body else {writer, "unknown"})


@given(order=st.permutations(range(5)))
def test_header_order_does_not_matter(order: list[int]) -> None:
    """The same headers in another order lead to the same answer."""
    headers = [DATE, HTML, ("X-Varnish", "7"), ("Age", "0"), ("Connection", "close")]
    answer = attribute(
        status_code=503,
        reason=UNAVAILABLE,
        headers=[headers[i] for i in order],
        body=HAPROXY_503,
    )
    assert (answer.writer, answer.how) == ("haproxy", "passed-through")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_http2_never_leads_to_another_family(
    case: tuple[str, int, str | None, Headers, str, str, str, str],
) -> None:
    """Without reason and header case a page is its family's, or unknown."""
    _, status_code, _, headers, body, writer, *_ = case
    lowered = [(name.lower(), value) for name, value in headers]
    answer = attribute(status_code=status_code, reason=None, headers=lowered, body=body)
    assert answer.writer in (writer, "unknown")
