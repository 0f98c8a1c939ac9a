"""Way: at which port of the ingress users arrive, and whether with TLS.

In: the target, the discovery, the ingress's Service and pods. Out: a `Way`, with the
arguments of the controller that decide it. It does not: choose the ingress.
Source: Traefik, reference/install-configuration/entrypoints: an entry point with
`http.tls` terminates TLS for every router, and one with `proxyProtocol.trustedIPs`
accepts a PROXY header from these addresses, but needs none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from parallax.model.cluster import Endpoint
from parallax.model.target import Target
from parallax.model.wire import Json
from parallax_agent.route import service_lb
from parallax_agent.route.arguments import (
    EntryPoint,
    entry_points,
    for_port,
    node_ports,
)
from parallax_agent.route.controllers import of_service
from parallax_agent.route.discovery import Discovery
from parallax_agent.route.entry import entry_port
from parallax_agent.route.ingress import Route
from parallax_agent.route.kinds.reading import KINDS
from parallax_agent.route.service_state import Reader, ServiceState
from parallax_agent.watch import objects

HTTP, HTTPS = 80, 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the ingress is probed; `why` has the controller's arguments about it."""

    tls: bool = False
    listener: int | None = None
    why: tuple[str, ...] = ()


def way_of(target: Target, discovery: Discovery, ingress: ServiceState | None) -> Way:
    """Return how users arrive at the ingress.

    TLS reaches it if the route says so, or the entry point behind its https port. For a
    host without a route it is open; a controller with route kinds of its own is probed
    as the target's URL says, because the route may be of such a kind.
    """
    route, wants_tls = discovery.route, target.url.startswith("https:")
    points = entry_points(ingress.pods or ()) if ingress else ()
    facts = tuple(_facts(points))
    if route is None:
        return Way(tls=wants_tls and _may_know_more(ingress), why=facts)
    if route.kind == "HTTPRoute" and route.gateway is None:
        return Way(tls=wants_tls, why=facts)  # its listener is unknown
    if route.tls or not wants_tls:
        return Way(tls=route.tls, listener=route.listener, why=facts)
    secure = _secure_point(points, ingress)
    ends = secure is not None and secure.tls and _uses(route, secure)
    return Way(tls=ends, listener=route.listener, why=facts)


def _may_know_more(ingress: ServiceState | None) -> bool:
    """Tell whether the controller has route kinds of its own, and an https port."""
    item = ingress.item if ingress else None
    if item is None:
        return False
    family = of_service(item)
    has_https = entry_port(objects.service(item), tls=True) is not None
    return has_https and family is not None and family.name in KINDS


def _secure_point(
    points: Iterable[EntryPoint], ingress: ServiceState | None
) -> EntryPoint | None:
    if ingress is None or ingress.item is None:
        return next((p for p in points if p.tls), None)
    return for_port(points, entry_port(objects.service(ingress.item), tls=True))


def _uses(route: Route, point: EntryPoint) -> bool:
    names = [name.lower() for name in route.entry_points]
    return not names or point.name in names


def _facts(points: Iterable[EntryPoint]) -> Iterable[str]:
    for point in points:
        if point.tls:
            yield f"entry point {point.name} terminates TLS for every route (http.tls)"
        if point.redirects_to:
            yield f"entry point {point.name} redirects to {point.redirects_to}"
        if point.trusted:
            yield (
                f"entry point {point.name} accepts a PROXY protocol header from "
                f"{', '.join(point.trusted)}, and needs none"
            )


def traefik_config(points: Iterable[EntryPoint]) -> tuple[tuple[str, str], ...] | None:
    """Return what entry points say about PROXY headers and redirects; None: nothing.

    `accepted`: a header is accepted from trusted addresses, and none is needed.
    """
    found = list(points)
    if not found:
        return None
    trusted = sorted({network for point in found for network in point.trusted})
    redirects = [f"{p.name} to {p.redirects_to}" for p in found if p.redirects_to]
    config = [("use-proxy-protocol", "accepted" if trusted else "false")]
    config += [("proxy-protocol-trusted-ips", ",".join(trusted))] if trusted else []
    config += [("entry-point-redirects", "; ".join(redirects))] if redirects else []
    ends = [point.name for point in found if point.tls]
    config += [("entry-point-tls", ",".join(ends))] if ends else []
    return tuple(sorted(config))


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheNodes:
    """The port of the nodes themselves, and the pods on whose nodes it is open."""

    port: int
    pods: list[Json]


def on_the_nodes(
    reader: Reader, ingress: ServiceState | None, way: Way
) -> OnTheNodes | None:
    """Return where the nodes listen for the ingress; None: only at a NodePort.

    k3s's ServiceLB listens on the Service's own ports. Else the ingress's pods do, if
    their Service has no NodePort, or if there is no Service.
    """
    if ingress is None:
        return None
    service = objects.service(ingress.item) if ingress.item else None
    port = entry_port(service, tls=way.tls, listener=way.listener)
    if port is not None:
        balancing = service_lb.pods(reader, ingress.item)
        if service_lb.listens(balancing, port.port):
            return OnTheNodes(port=port.port, pods=balancing)
    ports = _own_ports(ingress, way)
    return OnTheNodes(port=ports[0], pods=ingress.pods or []) if ports else None


def _own_ports(ingress: ServiceState, way: Way) -> tuple[int, int] | None:
    """Return the node's port and the pods' port of an ingress without a NodePort."""
    service = objects.service(ingress.item) if ingress.item else None
    if ingress.pods is None or (service is not None and service.node_ports):
        return None
    return node_ports(ingress.pods).get(HTTPS if way.tls else HTTP)


def pod_endpoints(ingress: ServiceState, way: Way) -> tuple[Endpoint, ...] | None:
    """Return the pods of a controller without a Service, as endpoints."""
    ports = _own_ports(ingress, way)
    if ports is None or ingress.pods is None:
        return None
    found = [objects.pod(item) for item in ingress.pods]
    return tuple(
        Endpoint(address=p.ip, ready=p.ready, port=ports[1], node=p.node, pod=p.name)
        for p in found
        if p.ip is not None
    )
