"""Envoy, also in Istio: short plain-text errors, and responses through it.

Sources: captures of 1.40.0; `istio-envoy` from responses quoted in Istio issues;
sentences of filters from Envoy's source (rbac, fault, local_ratelimit, jwt_authn,
basic_auth).
Google's newer load balancers are also Envoys and set no `server: envoy`: with
`Via: 1.1 google` the sentence is theirs, or that of an Envoy in the cluster.
A response of an upstream has `x-envoy-upstream-service-time`; Envoy's own response
never has it, so with that header the sentence is an inner Envoy's.
"""

from parallax.writers.mark import Family, Level, Mark, Shows, own
from parallax.writers.response import Response

_SENTENCE = (
    r"\A(?:no healthy upstream|upstream request timeout|no_healthy_upstream"
    r"|stream timeout|downstream duration timeout"
    r"|RBAC: access denied|fault filter abort|local_rate_limited"
    r"|User authentication failed\. (?:Missing|Invalid) (?:username and password"
    r"|username/password combination)\."
    r"|upstream max stream duration reached|Jwt (?:is missing|is expired"
    r"|verification fails|issuer is not configured)|Audiences in Jwt are not allowed"
    r"|Jwks (?:doesn't have key to match kid or alg from Jwt|remote fetch is failed)"
    r"|upstream connect error or disconnect/reset before headers\b.*)\s*\Z"
)
_TIME = ("x-envoy-upstream-service-time", "")
_GOOGLE = ("via", r"\b1\.1 google\b")
_SERVER = ("server", r"^(istio-)?envoy$")


def _envoy_in_front(response: Response) -> bool:
    """Whether `Server` is Envoy's, so that no other proxy replaced it."""
    return response.value("server").lower() in ("envoy", "istio-envoy")


FAMILY = Family(
    name="envoy",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="Envoy's own sentence with `server: envoy`, without an upstream time",
            body=_SENTENCE,
            headers=(_SERVER,),
            without=(_TIME,),
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            text="Envoy's own sentence, with the trace of another proxy in front of it",
            body=_SENTENCE,
            without=(_GOOGLE, _TIME),
            test=lambda r: not _envoy_in_front(r),
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.DOCUMENTED,
            text="Envoy's own sentence with an upstream time: a second Envoy passed it "
            "on, so a sidecar wrote it, or an Envoy further inside",
            body=_SENTENCE,
            headers=(_TIME,),
            without=(_GOOGLE,),
            hop="unknown",
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.DOCUMENTED,
            text="Envoy's own sentence with `Via: 1.1 google`: Google's load balancer "
            "or an Envoy in the cluster; the response does not show which",
            body=_SENTENCE,
            headers=(_GOOGLE,),
            hop="unknown",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="`server: envoy` with an empty page, without an upstream time: Envoy "
            "had no route or no cluster, or a filter rejected the request",
            status_codes=(401, 403, 404, 502, 503),
            headers=(_SERVER,),
            without=(_TIME, ("content-type", "")),
            test=lambda r: r.is_empty and not r.vendor_seen,
        ),
        own(
            text="`server: envoy` with only a status text, without an upstream time: "
            "Envoy rejected the request itself",
            status_codes=range(400, 500),
            headers=(_SERVER, ("content-type", r"^text/plain$")),
            without=(_TIME,),
            body=r"\A(?:Bad Request|Request Timeout|Payload Too Large|Upgrade Required"
            r"|Request Header Fields Too Large)\s*\Z",
        ),
        own(
            text="Envoy's own header for a request that it limited or dropped",
            status_codes=(429, 503),
            without=(_TIME,),
            empty_body=True,
            test=lambda r: (
                {"x-envoy-ratelimited", "x-envoy-overloaded"} & r.by_name.keys()
                != set()
            ),
        ),
        own(
            text="`server: envoy` with Envoy's type of text, without an upstream time "
            "and without the body (HEAD): nobody upstream responded",
            status_codes=range(400, 600),
            headers=(_SERVER, ("content-type", r"^text/plain$")),
            without=(_TIME,),
            empty_body=True,
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text="x-envoy-upstream-service-time: an upstream responded to Envoy",
            headers=(_TIME,),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text="`server` names Envoy: Envoy wrote the response or passed it on",
            headers=(_SERVER,),
        ),
    ),
)
