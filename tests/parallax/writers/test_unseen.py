"""Responses that were never captured: misleading, damaged, or passed on."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.writers import attribute

type Headers = list[tuple[str, str]]
type Case = tuple[str, int, str | None, Headers, str, tuple[str, str, str]]

UNKNOWN = ("unknown", "unknown", "unknown")
DATE = ("Date", "Mon, 23 Nov 2026 13:30:00 GMT")
HTML = ("Content-Type", "text/html")
TEXT = ("Content-Type", "text/plain; charset=utf-8")
JSON = ("Content-Type", "application/json")
ELEVEN = ("Content-Length", "11")
RAY = ("CF-RAY", "8e1-FRA")
UNAVAILABLE = "Service Unavailable"
HAPROXY = (
    "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle "
    "this request.\n</body></html>\n"
)
NGINX = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center>"
    "<h1>502 Bad Gateway</h1></center>\r\n<hr><center>{}</center>\r\n</body>\r\n"
    "</html>\r\n"
)
PACKED = gzip.compress(HAPROXY.encode(), mtime=0).decode("utf-8", "replace")
GATEWAY = "Bad Gateway"
TRAEFIK_BY_HAPROXY: Headers = [
    (name.lower(), value) for name, value in (DATE, ELEVEN, TEXT)
]

CASES: list[Case] = [
    (
        "a pod that answers in HAProxy's words, behind ingress-nginx",
        503,
        UNAVAILABLE,
        [DATE, HTML, ("Content-Length", "107")],
        HAPROXY,
        ("haproxy", "unknown", "passed-through"),
    ),
    (
        "the same page behind a CDN is a balancer's or an ingress's",
        503,
        UNAVAILABLE,
        [DATE, HTML, RAY, ("Server", "cloudflare")],
        HAPROXY,
        ("haproxy", "unknown", "passed-through"),
    ),
    (
        "the same page through an nginx, which may have kept it",
        503,
        UNAVAILABLE,
        [("Server", "nginx/1.27.0"), DATE, HTML],
        HAPROXY,
        ("haproxy", "unknown", "unknown"),
    ),
    (
        "an nginx in a pod, behind Traefik",
        502,
        GATEWAY,
        [("Content-Length", "157"), HTML, DATE, ("Server", "nginx/1.27.0")],
        NGINX.format("nginx/1.27.0"),
        ("nginx", "unknown", "unknown"),
    ),
    (
        "an nginx in a pod without tokens, behind Traefik",
        502,
        GATEWAY,
        [HTML, DATE, ("Server", "nginx")],
        NGINX.format("nginx"),
        ("nginx", "unknown", "unknown"),
    ),
    (
        "an nginx in a pod, behind Envoy, which puts its own name into Server",
        502,
        GATEWAY,
        [("server", "envoy"), ("x-envoy-upstream-service-time", "1"), HTML],
        NGINX.format("nginx"),
        ("nginx", "unknown", "passed-through"),
    ),
    (
        "nginx's page sorted by a CDN is the ingress's as before",
        502,
        None,
        [HTML, DATE, ("server", "nginx/1.27.0"), ("x-amz-cf-id", "x==")],
        NGINX.format("nginx/1.27.0"),
        ("nginx", "ingress", "passed-through"),
    ),
    (
        "nginx's page behind several proxies that name themselves in Via",
        502,
        GATEWAY,
        [("Server", "nginx"), DATE, ("Via", "1.1 gate, 1.1 akamai.net(ghost)")],
        NGINX.format("nginx"),
        ("nginx", "ingress", "passed-through"),
    ),
    (
        "two Via headers, one of a family that tells itself",
        503,
        UNAVAILABLE,
        [JSON, ("Via", "1.1 varnish (Varnish/7.1)"), ("Via", "1.1 gate")],
        '{"detail":"x"}',
        ("app", "pod", "passed-through"),
    ),
    (
        "an app that calls itself cloudflare, without cf-ray",
        502,
        GATEWAY,
        [("Server", "cloudflare"), HTML],
        "<title>cloudflare</title>error code: 502",
        UNKNOWN,
    ),
    (
        "an app that calls itself CloudFront, without its id",
        502,
        GATEWAY,
        [("Server", "CloudFront"), HTML],
        "<p>?</p>",
        UNKNOWN,
    ),
    (
        "an app that calls itself Varnish and Akamai",
        503,
        UNAVAILABLE,
        [("Server", "Varnish"), ("Server", "AkamaiGHost"), HTML],
        "<p>Reference</p>",
        UNKNOWN,
    ),
    (
        "JSON for a 502 behind Cloudflare is not the pod's: it replaces those",
        502,
        None,
        [("Server", "cloudflare"), RAY, JSON],
        '{"title":"Bad gateway"}',
        UNKNOWN,
    ),
    (
        "Caddy's name over a page that was lost on the way",
        503,
        UNAVAILABLE,
        [("Server", "Caddy"), DATE, ("Content-Length", "53")],
        "",
        UNKNOWN,
    ),
    (
        "Envoy's name over a page that was lost on the way",
        503,
        UNAVAILABLE,
        [("server", "envoy"), ("content-length", "19")],
        "",
        UNKNOWN,
    ),
    (
        "a body packed by an nginx that kept the phrase",
        503,
        UNAVAILABLE,
        [("Server", "nginx/1.27.0"), DATE, HTML, ("Content-Encoding", "gzip")],
        PACKED,
        UNKNOWN,
    ),
    (
        "a body packed behind Envoy",
        503,
        UNAVAILABLE,
        [("x-envoy-upstream-service-time", "3"), ("content-encoding", "gzip")],
        PACKED,
        UNKNOWN,
    ),
    (
        "kept by an nginx cache behind another one",
        503,
        UNAVAILABLE,
        [("Server", "nginx"), JSON, ("X-Cache-Status", "HIT, MISS")],
        '{"detail":"x"}',
        ("app", "cdn", "replayed"),
    ),
    (
        "kept by a Varnish behind another one",
        503,
        UNAVAILABLE,
        [JSON, ("X-Varnish", "12 9"), ("X-Varnish", "31")],
        '{"detail":"x"}',
        ("app", "cdn", "replayed"),
    ),
    (
        "Traefik's 502 through HAProxy in http mode, which lowers names",
        502,
        GATEWAY,
        TRAEFIK_BY_HAPROXY,
        GATEWAY,
        ("traefik", "ingress", "passed-through"),
    ),
    (
        "the same with the sticky cookie of a Hetzner balancer",
        504,
        "Gateway Timeout",
        [*TRAEFIK_BY_HAPROXY, ("set-cookie", "HCLBSTICKY=x")],
        "Gateway Timeout",
        ("traefik", "ingress", "passed-through"),
    ),
    (
        "Traefik's 502 as it sends it",
        502,
        GATEWAY,
        [DATE, ELEVEN, TEXT],
        GATEWAY,
        ("traefik", "ingress", "own-page"),
    ),
    (
        "Starlette's 502 on uvicorn, straight or through HAProxy",
        502,
        GATEWAY,
        [TRAEFIK_BY_HAPROXY[0], ("server", "uvicorn"), *TRAEFIK_BY_HAPROXY[1:]],
        GATEWAY,
        ("uvicorn", "pod", "passed-through"),
    ),
    (
        "Starlette's 502 through ingress-nginx and HAProxy",
        502,
        GATEWAY,
        [TRAEFIK_BY_HAPROXY[i] for i in (0, 2, 1)],
        GATEWAY,
        UNKNOWN,
    ),
    (
        "Starlette's 502 through Traefik, which sorts, and HAProxy",
        502,
        GATEWAY,
        [TRAEFIK_BY_HAPROXY[i] for i in (1, 2, 0)],
        GATEWAY,
        UNKNOWN,
    ),
    (
        "Express's 502 without X-Powered-By, through HAProxy",
        502,
        GATEWAY,
        [*TRAEFIK_BY_HAPROXY[::-1], ("etag", 'W/"b-x"')],
        GATEWAY,
        UNKNOWN,
    ),
    (
        "the same text over HTTP/2, where case tells nothing",
        502,
        None,
        TRAEFIK_BY_HAPROXY,
        GATEWAY,
        UNKNOWN,
    ),
    (
        "no headers at all, HAProxy's page",
        503,
        None,
        [],
        HAPROXY,
        ("haproxy", "unknown", "own-page"),
    ),
    ("no headers and no body", 503, None, [], "", UNKNOWN),
    (
        "not ASCII",
        503,
        "Nicht verf\u00fcgbar",
        [("S\u00e9rver", "\u2603")],
        "\u00ff\u0000\u2603",
        UNKNOWN,
    ),
    ("half of HAProxy's sentence", 503, UNAVAILABLE, [HTML], HAPROXY[:60], UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_tells_what_the_bytes_carry(case: Case) -> None:
    """Its writer, and no more of hop and way than can be known."""
    _, status_code, reason, headers, body, expected = case
    answer = attribute(
        status_code=status_code, reason=reason, headers=headers, body=body
    )
    assert (answer.writer, answer.hop, answer.how) == expected, answer


def test_a_lowered_bad_gateway_tells_its_doubt() -> None:
    """A uvicorn that hides its name looks the same, so the clues state it."""
    answer = attribute(
        status_code=502, reason=GATEWAY, headers=TRAEFIK_BY_HAPROXY, body=GATEWAY
    )
    assert any("uvicorn's without its Server" in clue for clue in answer.clues)


BELIEVED: list[tuple[int, Headers, str]] = [
    (502, [], "The server encountered a temporary error and could not complete it"),
    (503, [("x-azure-ref", "1")], "Our services aren't available right now"),
    (503, [("Server", "cloudflare"), RAY], "error code: 503"),
    (404, [], "404 page not found\n"),
    (504, [], "Gateway Timeout"),
    (503, [("Server", "puma")], "<p>?</p>"),
    (503, [("Server", "Microsoft-Azure-Application-Gateway/v2")], "<p>?</p>"),
]


@pytest.mark.parametrize("case", BELIEVED, ids=lambda case: case[2][:20])
def test_general_knowledge_never_names_a_writer(
    case: tuple[int, Headers, str],
) -> None:
    """It is one of the clues, marked as not confirmed."""
    status_code, headers, body = case
    answer = attribute(status_code=status_code, reason=None, headers=headers, body=body)
    assert answer.writer == "unknown"
    assert any(clue.endswith("(not confirmed)") for clue in answer.clues)


ERRORS = st.integers(400, 599)
LOUD = ["Via", "Age", "X-Cache", "X-Cache-Status", "X-Varnish", "CF-Cache-Status"]


@settings(deadline=None)
@given(
    status_code=ERRORS,
    reason=st.none() | st.text(max_size=30),
    headers=st.lists(
        st.tuples(st.sampled_from(LOUD) | st.text(max_size=3), st.text(max_size=40)),
        max_size=8,
    ),
    body=st.binary(max_size=300),
)
def test_noise_has_no_writer(
    status_code: int, reason: str | None, headers: Headers, body: bytes
) -> None:
    """Random bytes match no mark, whatever cache headers they have."""
    answer = attribute(
        status_code=status_code,
        reason=reason,
        headers=headers,
        body=body.decode("utf-8", "replace"),
    )
    assert answer.writer == "unknown", answer


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_cut_off_bodies_go_to_nobody_else(case: Case) -> None:
    """Half a body has its writer, or none."""
    _, status_code, reason, headers, body, (writer, *_) = case
    for end in range(0, len(body), max(1, len(body) // 16)):
        answer = attribute(
            status_code=status_code, reason=reason, headers=headers, body=body[:end]
        )
        assert answer.writer in {writer, "unknown", "app"}, body[:end]
