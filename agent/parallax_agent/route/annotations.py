"""Annotations: settings of objects that only their controller understands.

In: objects. Out: an annotation's text, true or false, the names in a list.
It does not: decide which annotations leave the cluster (`limits`).
Source: ingress-nginx, user-guide/nginx-configuration/annotations (canary, server-alias,
ssl-passthrough); Go, strconv.ParseBool; HAProxy and HAProxy Ingress.
"""

from parallax.model.wire import Json
from parallax_agent.route.limits import NGINX
from parallax_agent.watch.objects import part

CLASS = "kubernetes.io/ingress.class"
"""The annotation that named an Ingress's class before IngressClasses existed."""
_YES = frozenset({"1", "t", "T", "TRUE", "true", "True"})
"""The values that ingress-nginx reads as true."""
_PASSED = (
    NGINX + "ssl-passthrough",
    "haproxy.org/ssl-passthrough",
    "haproxy-ingress.github.io/ssl-passthrough",
)
"""Annotations that pass TLS through to the pods."""


def of(item: Json, name: str) -> str | None:
    """Return an annotation's text; None: the object lacks it."""
    return part(item, "metadata", "annotations").get(name)


def is_true(item: Json, name: str) -> bool:
    """Tell whether an annotation is true."""
    return of(item, name) in _YES


def listed(item: Json, name: str) -> list[str]:
    """Return the names in a comma-separated annotation."""
    return [word.strip() for word in (of(item, name) or "").split(",") if word.strip()]


def class_name(item: Json) -> str | None:
    """Return the class that an Ingress names, in its spec or its old annotation."""
    return part(item, "spec").get("ingressClassName") or of(item, CLASS)


def is_canary(item: Json) -> bool:
    """Tell whether an Ingress only gets a share of another Ingress's requests."""
    return is_true(item, NGINX + "canary")


def aliases(item: Json) -> list[str]:
    """Return the additional hosts of an Ingress."""
    return listed(item, NGINX + "server-alias")


def passes_tls(item: Json) -> bool:
    """Tell whether an Ingress passes TLS through to its pods."""
    return any(is_true(item, name) for name in _PASSED)
