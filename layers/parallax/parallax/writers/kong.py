"""Kong, also as ingress controller: JSON errors, and two headers that identify them.

Sources: whole responses quoted in Kong's documentation (rate limiting, key-auth, no
route) of versions 2.3 to 3.11; its error texts as Kong's guide on gRPC lists them.
`X-Kong-Response-Latency` is on Kong's own responses, `X-Kong-Upstream-Latency` on
responses of an upstream. Not captured here.
"""

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.response import Response

_OWN_TIME = ("x-kong-response-latency", "")
_UPSTREAM_TIME = ("x-kong-upstream-latency", "")
_SERVER = ("server", r"^kong/\d")
_FAILED = (500, 502, 503, 504)
"""Statuses that Kong writes itself after it asked an upstream."""
_SENTENCES = (
    "no Route matched with those values"
    "|An invalid response was received from the upstream server"
    "|The upstream server is currently unavailable"
    "|The upstream server is timing out"
    "|failure to get a peer from the ring-balancer"
    "|name resolution failed"
)
_PAGE = rf"\A\s*\{{\s*\"message\":\s*\"(?:{_SENTENCES})\""


def _passed_on(response: Response) -> bool:
    """Whether an upstream's response has the latency, not a failed request to it."""
    failed = response.status_code in _FAILED
    return not failed and _UPSTREAM_TIME[0] in response.by_name


def _behind_kong(response: Response) -> bool:
    """Whether an upstream sent this: Kong asks none without a route.

    For other sentences Kong asked the upstream and got no usable response, so its own
    page has the latency of the upstream too.
    """
    latencies = {_OWN_TIME[0], _UPSTREAM_TIME[0]} <= response.by_name.keys()
    no_route = "no Route matched" in response.body
    return latencies or (no_route and _UPSTREAM_TIME[0] in response.by_name)


FAMILY = Family(
    name="kong",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="X-Kong-Response-Latency: Kong wrote this response itself",
            headers=(_OWN_TIME,),
            without=(_UPSTREAM_TIME,),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="one of Kong's own error messages in its JSON",
            status_codes=(404, 502, 503, 504),
            test=lambda r: not _behind_kong(r),
            body=_PAGE,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="`Server` has Kong's version, which Kong writes only on its own "
            "responses",
            headers=(_SERVER,),
            test=lambda r: not _passed_on(r),
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.DOCUMENTED,
            text="`Server` has Kong's version, with the latency of an upstream: a Kong "
            "behind another one",
            headers=(_SERVER,),
            test=_passed_on,
            hop="unknown",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.DOCUMENTED,
            text="one of Kong's own error messages, with the latency of an upstream: a "
            "Kong behind another one",
            status_codes=(404, 502, 503, 504),
            body=_PAGE,
            test=_behind_kong,
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            text="X-Kong-Upstream-Latency: an upstream responded to Kong",
            headers=(_UPSTREAM_TIME,),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            text="Via names Kong: the response passed through Kong",
            headers=(("via", r"\bkong/"),),
        ),
    ),
)
