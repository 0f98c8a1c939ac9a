r"""HAProxy, and the Hetzner load balancer, whose pages have the same form.

Sources: captures of 2.6.12; `src/http.c` `http_err_msgs`, unchanged up to the
2026-08 master; `HCLBSTICKY` from the test data of hcloud-python. The Hetzner
load balancer's own pages are not captured: that they have HAProxy's form is not
confirmed. A missing `Server` header alone proves nothing; the sentence or the form
does.
"""

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.response import Response

_SENTENCES = (
    r"200 [^<]*</h1>\s*Service ready\."
    r"|400 [^<]*</h1>\s*Your browser sent an invalid request\."
    r"|40[17] [^<]*</h1>\s*You need a valid user and password to access this content\."
    r"|403 [^<]*</h1>\s*Request forbidden by administrative rules\."
    r"|404 [^<]*</h1>\s*The resource could not be found\."
    r"|405 [^<]*</h1>\s*A request was made of a resource using a request method not"
    r"|408 [^<]*</h1>\s*Your browser didn't send a complete request in time\."
    r"|410 [^<]*</h1>\s*The resource is no longer available and will not be available"
    r"|421 [^<]*</h1>\s*Request sent to a non-authoritative server\."
    r"|425 [^<]*</h1>\s*Your browser sent early data\."
    r"|429 [^<]*</h1>\s*You have sent too many requests in a given amount of time\."
    r"|500 [^<]*</h1>\s*An internal server error occur+ed\."
    r"|502 [^<]*</h1>\s*The server returned an invalid or incomplete response\."
    r"|503 [^<]*</h1>\s*No server is available to handle this request\."
    r"|504 [^<]*</h1>\s*The server didn't respond in time\."
)
PAGE = rf"<html><body><h1>(?:{_SENTENCES})"
_LENGTHS = {400: 90, 403: 93, 404: 83, 408: 110, 429: 117, 502: 107, 503: 107, 504: 92}
_OLD = (
    ("Cache-Control", "no-cache"),
    ("Connection", "close"),
    ("Content-Type", "text/html"),
)
_SHAPE = {"content-length", "cache-control", "content-type", "connection"}


def _bare_shape(response: Response) -> bool:
    """Whether headers and length are HAProxy's, for a response without its body."""
    expected = _LENGTHS.get(response.status_code)
    return (
        expected is not None
        and response.value("content-length") == str(expected)
        and response.value("cache-control") == "no-cache"
        and response.value("content-type") == "text/html"
        and set(response.by_name) <= _SHAPE
    )


def _old_shape(response: Response) -> bool:
    """Whether headers are those of older versions, which sent no length (HTTP/1.0)."""
    return response.status_code in _LENGTHS and response.headers == _OLD


def _after_another(response: Response) -> bool:
    """Whether there is a header that HAProxy never writes."""
    return bool(response.value("date") or response.value("via"))


def _lower_case(response: Response) -> bool:
    """Whether nginx's own headers are in lower case on HTTP/1.1."""
    names = [n for n, _ in response.headers if n.lower() in ("date", "content-type")]
    return bool(names and response.reason) and all(n == n.lower() for n in names)


FAMILY = Family(
    name="haproxy",
    hop="load-balancer",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="the sentence of HAProxy's built-in error page, without Date and Via",
            body=PAGE,
            without=(("date", ""), ("via", "")),
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            text="the sentence of HAProxy's built-in error page, with a Date or Via, "
            "which HAProxy never writes: a CDN or cache was in front of it",
            body=PAGE,
            test=lambda r: _after_another(r) and r.edge_seen,
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            text="the sentence of HAProxy's built-in error page, with a Date, which "
            "HAProxy never writes, and no trace of a CDN: a load balancer behind an "
            "unknown proxy, or an HAProxy or a pod behind the ingress; the response "
            "does not show which",
            body=PAGE,
            test=lambda r: _after_another(r) and not r.edge_seen,
            hop="unknown",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="exactly the headers and length of HAProxy's built-in error page",
            empty_body=True,
            test=_bare_shape,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.SOURCE,
            text="exactly the headers of older HAProxy's built-in error page",
            empty_body=True,
            test=_old_shape,
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text="nginx's header names in lower case on HTTP/1.1: the response passed "
            "through HAProxy in HTTP mode (Envoy does the same)",
            body=r"<hr ?/?><center>nginx",
            test=_lower_case,
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            text="the HCLBSTICKY cookie: the response passed through a Hetzner load "
            "balancer",
            headers=(("set-cookie", "HCLBSTICKY="),),
        ),
    ),
)
