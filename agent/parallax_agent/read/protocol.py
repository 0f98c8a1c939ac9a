"""Protocol: what the target's pods speak, if it is not plain HTTP.

In: the Ingress, the Service, its port, the ingress controller's family. Out: the name
of the protocol as one of them has it, else `HTTP`.
It does not: connect to the pods, or read other kinds (BackendTLSPolicy, Istio's
DestinationRule).
One setting that names another protocol is enough: pods probed with the wrong protocol
look broken, while pods that are not probed are only unknown.
Source: Kubernetes, ServicePort.appProtocol (KEP-3726); ingress-nginx, annotations
(backend-protocol, ssl-passthrough); F5 NGINX, annotations (ssl-services,
grpc-services); Traefik, Kubernetes Ingress (serversscheme; `getProtocol`: port 443 and
ports named https…); HAProxy, HAProxy Ingress, Kong, Contour: their annotations.
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
"""Protocols that begin with a plain GET, or say nothing (tcp)."""
TRAEFIK_SCHEME = "traefik.ingress.kubernetes.io/service.serversscheme"
_PROTOCOLS = (
    NGINX + "backend-protocol",
    TRAEFIK_SCHEME,
    "haproxy-ingress.github.io/backend-protocol",
    "haproxy.org/server-proto",
    "konghq.com/protocol",
)
"""Annotations whose value is the protocol."""
_ENCRYPTED = (
    "haproxy.org/server-ssl",
    "haproxy-ingress.github.io/secure-backends",
)
_SERVICES = {"nginx.org/ssl-services": HTTPS, "nginx.org/grpc-services": "GRPC"}
"""Annotations that list the Services whose pods speak the protocol."""
_PORTS = {
    f"projectcontour.io/upstream-protocol.{name}": protocol
    for name, protocol in (("tls", HTTPS), ("h2", "h2"), ("h2c", "h2c"))
}
"""Annotations of a Service that list its ports with the protocol, by number or name."""
_HTTPS_PORT, _HTTPS_NAME = 443, "https"


def backend_protocol(
    ingress: Json, service: Json, port: ServicePort | None, family: Family | None
) -> str:
    """Return what the pods speak; `ingress` is None if no Ingress leads to them.

    A Service or port that is None adds nothing.
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
        if any(annotations.is_true(item, name) for name in _ENCRYPTED):
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
    """Yield the port's protocol: by `appProtocol`, by number and name.

    Number and name count for Traefik, unless it has another setting, and if no Ingress
    leads to the Service: ingress-nginx sends plain HTTP to a port 443.
    """
    if port is None:
        return
    app_protocol = ports.app_protocols(service).get(port.port)
    if app_protocol:
        yield app_protocol
    scheme = annotations.of(service, TRAEFIK_SCHEME)
    by_traefik = family is not None and family.name == "Traefik" and not scheme
    looks = port.port == _HTTPS_PORT or (port.name or "").startswith(_HTTPS_NAME)
    if looks and (by_traefik or not (ingress or app_protocol)):
        yield HTTPS
