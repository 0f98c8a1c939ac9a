"""Speaks: what a target's pods speak, where that is not plain HTTP.

In: the Ingress, the Service, its port, the ingress controller's family. Out: a
protocol as somebody there names it, `HTTP` where nobody names another.
It does not: ask the pods, or know what other kinds say (BackendTLSPolicy, Istio's
DestinationRule).
One that says something else than plain HTTP is enough: pods that are asked in the
wrong language look broken, and those that are not asked are unknown.
Source: Kubernetes, ServicePort.appProtocol (KEP-3726); ingress-nginx, annotations
(backend-protocol, ssl-passthrough); F5 NGINX, annotations (ssl-services,
grpc-services); Traefik, Kubernetes Ingress (serversscheme; `getProtocol`: port 443
and ports named https…); HAProxy, HAProxy Ingress, Kong, Contour: their annotations.
"""

from collections.abc import Iterator

from parallax.model.cluster import ServicePort
from parallax.model.wire import Json
from parallax_agent.read import ports
from parallax_agent.route import annotations
from parallax_agent.route.controllers import Family
from parallax_agent.route.limits import NGINX
from parallax_agent.watch.objects import name_of

HTTP, HTTPS = "HTTP", "HTTPS"
PLAIN = frozenset({"http", "http/1.1", "h1", "ws", "kubernetes.io/ws", "tcp"})
"""What a plain GET is understood in; WebSockets begin with one, tcp says nothing."""
TRAEFIK_SCHEME = "traefik.ingress.kubernetes.io/service.serversscheme"
_PROTOCOLS = (
    NGINX + "backend-protocol",
    TRAEFIK_SCHEME,
    "haproxy-ingress.github.io/backend-protocol",
    "haproxy.org/server-proto",
    "konghq.com/protocol",
)
"""Annotations whose text is the protocol."""
_ENCRYPTED = (
    "haproxy.org/server-ssl",
    "haproxy-ingress.github.io/secure-backends",
)
_SERVICES = {"nginx.org/ssl-services": HTTPS, "nginx.org/grpc-services": "GRPC"}
"""Annotations that list the Services whose pods speak it."""
_PORTS = {
    f"projectcontour.io/upstream-protocol.{name}": protocol
    for name, protocol in (("tls", HTTPS), ("h2", "h2"), ("h2c", "h2c"))
}
"""Annotations of a Service that list those of its ports, by number or name."""
_HTTPS_PORT, _HTTPS_NAME = 443, "https"


def backend_protocol(
    ingress: Json, service: Json, port: ServicePort | None, family: Family | None
) -> str:
    """Return what the pods speak; `ingress` is None where no Ingress leads to them.

    What a Service or its port is not known to say (None) is not guessed.
    """
    claims = (
        *_by_annotation(ingress, service),
        *_by_list(ingress, service, port),
        *_by_port(ingress, service, port, family),
    )
    return next((c for c in claims if c.lower() not in PLAIN), HTTP)


def _by_annotation(ingress: Json, service: Json) -> Iterator[str]:
    if annotations.passes_tls(ingress):
        yield "TLS (ssl-passthrough)"
    for item in (ingress, service):
        yield from filter(None, (annotations.of(item, name) for name in _PROTOCOLS))
        if any(annotations.says_yes(item, name) for name in _ENCRYPTED):
            yield HTTPS


def _by_list(ingress: Json, service: Json, port: ServicePort | None) -> Iterator[str]:
    name = name_of(service) if service else None
    for annotation, protocol in _SERVICES.items():
        if name in annotations.listed(ingress, annotation):
            yield protocol
    words = {str(port.port), port.name} if port else set[str | None]()
    for annotation, protocol in _PORTS.items():
        if words.intersection(annotations.listed(service, annotation)):
            yield protocol


def _by_port(
    ingress: Json, service: Json, port: ServicePort | None, family: Family | None
) -> Iterator[str]:
    """Yield what the port says: by `appProtocol`, by number and name.

    The last two count for Traefik, unless it is told otherwise, and where no Ingress
    tells who asks the Service: ingress-nginx asks a port 443 in plain HTTP.
    """
    if port is None:
        return
    told = ports.app_protocols(service).get(port.port)
    if told:
        yield told
    scheme = annotations.of(service, TRAEFIK_SCHEME)
    by_traefik = family is not None and family.name == "Traefik" and not scheme
    looks = port.port == _HTTPS_PORT or (port.name or "").startswith(_HTTPS_NAME)
    if looks and (by_traefik or not (ingress or told)):
        yield HTTPS
