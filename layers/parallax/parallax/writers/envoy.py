"""Envoy, also inside Istio: short plain-text errors, and what came through it.

Sources: captures of 1.40.0; `istio-envoy` from answers quoted in Istio issues;
sentences of filters from Envoy's source (rbac, fault, local_ratelimit, jwt_authn).
Google's newer balancers are Envoys too and hide `server` (signature sheet): under
`Via: 1.1 google` a sentence is theirs, or that of an Envoy in the cluster.
What came from an upstream bears `x-envoy-upstream-service-time`; Envoy's own
answers never do, so the sentence beside that header is an inner Envoy's.
"""

from parallax.writers.mark import Family, Level, Mark, Shows
from parallax.writers.response import Response

_SENTENCE = (
    r"\A(?:no healthy upstream|upstream request timeout|no_healthy_upstream"
    r"|RBAC: access denied|fault filter abort|local_rate_limited"
    r"|upstream max stream duration reached|Jwt (?:is missing|is expired"
    r"|verification fails|issuer is not configured)"
    r"|upstream connect error or disconnect/reset before headers\b.*)\s*\Z"
)
_TIME = ("x-envoy-upstream-service-time", "")
_GOOGLE = ("via", r"\b1\.1 google\b")
_SERVER = ("server", r"^(istio-)?envoy$")


def _envoy_in_front(response: Response) -> bool:
    """Whether no header shows another proxy that put its name over Envoy's."""
    return response.value("server").lower() in ("envoy", "istio-envoy")


FAMILY = Family(
    name="envoy",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="Envoy's own sentence under `server: envoy`, and no upstream time",
            body=_SENTENCE,
            headers=(_SERVER,),
            without=(_TIME,),
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.CAPTURED,
            says="Envoy's own sentence, and another proxy stood in front of it",
            body=_SENTENCE,
            without=(_GOOGLE,),
            test=lambda r: not _envoy_in_front(r) or bool(r.value(_TIME[0])),
        ),
        Mark(
            shows=Shows.INNER,
            level=Level.DOCUMENTED,
            says="Envoy's own sentence under `Via: 1.1 google`: Google's load balancer "
            "or an Envoy in the cluster, bytes don't tell",
            body=_SENTENCE,
            headers=(_GOOGLE,),
            hop="unknown",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="`server: envoy` over an empty page without upstream time: Envoy "
            "knew no route or no cluster",
            status_codes=(404, 503),
            headers=(_SERVER,),
            without=(_TIME, ("content-type", "")),
            test=lambda r: r.says_empty,
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            says="x-envoy-upstream-service-time: an upstream answered Envoy",
            headers=(_TIME,),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            says="`server` names Envoy: it came through one",
            headers=(_SERVER,),
        ),
    ),
)
