"""Annotations: what objects say in words that only their controller knows.

In: objects. Out: an annotation's text, yes and no, the names in a list.
It does not: know which annotations leave the cluster (`limits`).
Source: ingress-nginx, user-guide/nginx-configuration/annotations (canary,
server-alias, ssl-passthrough); Go, strconv.ParseBool; HAProxy and HAProxy Ingress.
"""

from parallax.model.wire import Json
from parallax_agent.route.limits import NGINX
from parallax_agent.watch.objects import part

CLASS = "kubernetes.io/ingress.class"
"""How an Ingress named its class before there were IngressClasses."""
_YES = frozenset({"1", "t", "T", "TRUE", "true", "True"})
"""How ingress-nginx may be told yes."""
_PASSED = (
    NGINX + "ssl-passthrough",
    "haproxy.org/ssl-passthrough",
    "haproxy-ingress.github.io/ssl-passthrough",
)
"""What leaves TLS to the pods."""


def of(item: Json, name: str) -> str | None:
    """Return an annotation's text; None: the object lacks it."""
    return part(item, "metadata", "annotations").get(name)


def says_yes(item: Json, name: str) -> bool:
    """Tell whether an annotation says yes."""
    return of(item, name) in _YES


def listed(item: Json, name: str) -> list[str]:
    """Return the names in an annotation that separates them by commas."""
    return [word.strip() for word in (of(item, name) or "").split(",") if word.strip()]


def class_name(item: Json) -> str | None:
    """Return the class that an Ingress names, in its spec or as of old."""
    return part(item, "spec").get("ingressClassName") or of(item, CLASS)


def is_canary(item: Json) -> bool:
    """Tell whether an Ingress only takes a share of another one's requests."""
    return says_yes(item, NGINX + "canary")


def aliases(item: Json) -> list[str]:
    """Return the further hosts that an Ingress is to be served by."""
    return listed(item, NGINX + "server-alias")


def passes_tls(item: Json) -> bool:
    """Tell whether an Ingress leaves TLS to its pods."""
    return any(says_yes(item, name) for name in _PASSED)
