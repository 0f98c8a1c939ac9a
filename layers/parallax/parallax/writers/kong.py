"""Kong, also as ingress controller: JSON errors, and two headers that identify them.

Sources: whole responses quoted in Kong's documentation (rate limiting, key-auth, no
route) of versions 2.3 to 3.11; its error texts as Kong's guide on gRPC lists them.
`X-Kong-Response-Latency` is on Kong's own responses, `X-Kong-Upstream-Latency` on
responses of an upstream. Not captured here.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

_OWN_TIME = ("x-kong-response-latency", "")
_UPSTREAM_TIME = ("x-kong-upstream-latency", "")
_SENTENCES = (
    "no Route matched with those values"
    "|An invalid response was received from the upstream server"
    "|The upstream server is currently unavailable"
    "|The upstream server is timing out"
    "|failure to get a peer from the ring-balancer"
    "|name resolution failed"
)

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
            without=(_UPSTREAM_TIME,),
            body=rf"\A\s*\{{\s*\"message\":\s*\"(?:{_SENTENCES})\"",
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
