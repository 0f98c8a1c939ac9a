"""Shapes: the topologies in which a platform may stand.

In: a healthy platform. Out: the same in another topology, still healthy.
It does not: break it. What the agent reads in each follows from `Conditions`.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

from bench.accuracy.platform.conditions import Entry
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from bench.accuracy.platform.traefik import (
    entry_point_tls,
    entry_point_tls_unread,
    ingress_route,
    ingress_route_unread,
)

ANY = Requirements()
type Change = Callable[[PlatformSpec], None]

HTTP, HTTPS = 80, 443
SECOND = "203.0.113.252"
"""The address of a second load balancer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One topology: what it requires of a drawn platform, and how it changes it."""

    id: str
    title: str
    change: Change
    requires: Requirements = ANY
    read: bool = True
    """False: the agent may not read what leads to the target."""


def plain(_: PlatformSpec) -> None:
    """Change nothing: Ingress objects, a Service with NodePorts."""


def own_service(spec: PlatformSpec) -> None:
    """Make the target's own Service the way in; a controller stands beside."""
    _own(spec)
    spec.conditions.beside = True


def own_service_alone(spec: PlatformSpec) -> None:
    """Make the target's own Service the way in; the cluster has no controller."""
    _own(spec)


def _own(spec: PlatformSpec) -> None:
    ingress = spec.ingress
    shown = ingress.http_port, ingress.https_port
    port = spec.app_node_port or _free(spec)
    _move(spec, port, port)
    spec.app_node_port = port
    spec.conditions.entry, spec.conditions.second_ports = Entry.OWN, shown
    ingress.hosts, ingress.policy, ingress.health_port = (), "Cluster", None


def host_port(spec: PlatformSpec) -> None:
    """Let the ingress listen on the nodes' ports; it has no Service."""
    spec.conditions.entry = Entry.HOST_PORT
    _move(spec, HTTP, HTTPS)
    spec.ingress.policy, spec.ingress.health_port = "Cluster", None


def cluster_ip(spec: PlatformSpec) -> None:
    """Let the ingress listen on the nodes' ports; its Service is a ClusterIP."""
    host_port(spec)
    spec.conditions.entry = Entry.CLUSTER_IP


def service_lb(spec: PlatformSpec) -> None:
    """Let k3s's servicelb listen on the nodes' ports, for the Service."""
    spec.conditions.entry = Entry.SERVICE_LB
    spec.conditions.second_ports = spec.ingress.http_port, spec.ingress.https_port
    _move(spec, HTTP, HTTPS)
    spec.ingress.policy, spec.ingress.health_port = "Cluster", None


def cilium(spec: PlatformSpec) -> None:
    """Let Cilium be the ingress: its Service has one endpoint, a dummy."""
    spec.conditions.entry = Entry.DUMMY
    spec.ingress.policy, spec.ingress.health_port = "Cluster", None
    spec.ingress.namespace, spec.ingress.service = spec.namespace, "cilium-ingress"
    spec.hidden = replace(spec.hidden, log=True)


def cilium_with_proxy(spec: PlatformSpec) -> None:
    """Let Cilium expect PROXY lines, as its ConfigMap says."""
    cilium(spec)
    spec.ingress.proxy_protocol = True
    for listen in spec.balancer.listens:
        listen.proxy = True


def cilium_unread(spec: PlatformSpec) -> None:
    """Let Cilium expect PROXY lines, and the agent may not read its ConfigMap."""
    cilium_with_proxy(spec)
    spec.conditions.proxy_read = False


def private_only(spec: PlatformSpec) -> None:
    """Let the load balancer have no public interface."""
    spec.conditions.public = False
    balancer = spec.balancer
    balancer.ipv4, balancer.ipv6 = balancer.private, None
    spec.names.zone = (balancer.private,)
    spec.names.caches = dict.fromkeys(spec.names.caches, spec.names.zone)


def two_balancers(spec: PlatformSpec) -> None:
    """Let the name have the address of a second, equal load balancer too."""
    first = spec.balancer
    spec.second = replace(
        deepcopy(first),
        name=f"{first.name}-2",
        number=first.number + 1,
        ipv4=SECOND,
        ipv6=None,
        private="10.0.0.6",
    )
    spec.names.zone = (*spec.names.zone, SECOND)
    spec.names.caches = dict.fromkeys(spec.names.caches, spec.names.zone)


def _free(spec: PlatformSpec) -> int:
    ingress = spec.ingress
    used = {ingress.http_port, ingress.https_port, ingress.health_port}
    return next(p for p in range(30100, 32768, 7) if p not in used)


def _move(spec: PlatformSpec, http: int, https: int) -> None:
    """Give the ingress other ports, and the load balancer's services with them."""
    ingress = spec.ingress
    new = {ingress.http_port: http, ingress.https_port: https}
    for listen in spec.balancer.listens:
        listen.destination = new.get(listen.destination, listen.destination)
        listen.check.port = new.get(listen.check.port, listen.check.port)
    ingress.http_port, ingress.https_port = http, https


_TRAEFIK = Requirements(kind="traefik", proxy=False)
SHAPES = (
    Shape(
        id="ingress",
        title="Ingress objects, entry Service with NodePorts",
        change=plain,
    ),
    Shape(
        id="own-service",
        title="the app's own Service of type LoadBalancer, a controller beside it",
        change=own_service,
        requires=replace(_TRAEFIK, protocol="https", policy="Cluster"),
    ),
    Shape(
        id="own-service-alone",
        title="the app's own Service of type LoadBalancer, no controller",
        change=own_service_alone,
        requires=replace(_TRAEFIK, protocol="https", policy="Cluster"),
    ),
    Shape(
        id="ingress-route",
        title="Traefik IngressRoute",
        change=ingress_route,
        requires=_TRAEFIK,
    ),
    Shape(
        id="entry-point-tls",
        title="Traefik, TLS at the entry point, Ingress without `tls`",
        change=entry_point_tls,
        requires=replace(_TRAEFIK, protocol="tcp"),
    ),
    Shape(
        id="ingress-route-unread",
        title="Traefik IngressRoute, which the agent may not read",
        change=ingress_route_unread,
        read=False,
        requires=_TRAEFIK,
    ),
    Shape(
        id="entry-point-tls-unread",
        title="Traefik, TLS at the entry point, configured in a file",
        change=entry_point_tls_unread,
        read=False,
        requires=replace(_TRAEFIK, protocol="tcp"),
    ),
    Shape(
        id="host-port",
        title="ingress by `hostPort` only, no Service",
        change=host_port,
        requires=Requirements(few_ingress=False, policy="Cluster"),
    ),
    Shape(
        id="cluster-ip",
        title="ClusterIP Service plus `hostPort`",
        change=cluster_ip,
        requires=Requirements(few_ingress=False, policy="Cluster"),
    ),
    Shape(
        id="host-port-some",
        title="ingress by `hostPort` on some of the nodes",
        change=host_port,
        requires=Requirements(few_ingress=True, policy="Cluster", nodes=4),
    ),
    Shape(
        id="service-lb",
        title="k3s servicelb",
        change=service_lb,
        requires=replace(_TRAEFIK, policy="Cluster"),
    ),
    Shape(
        id="cilium",
        title="Cilium Ingress or Gateway, with its dummy endpoint",
        change=cilium,
        requires=Requirements(
            kind="envoy", few_ingress=False, policy="Cluster", proxy=False
        ),
    ),
    Shape(
        id="cilium-proxy",
        title="Cilium with PROXY protocol",
        change=cilium_with_proxy,
        requires=Requirements(
            kind="envoy", few_ingress=False, policy="Cluster", proxy=False
        ),
    ),
    Shape(
        id="cilium-proxy-unread",
        title="the same, its ConfigMap not readable (no cause is owed)",
        change=cilium_unread,
        requires=Requirements(
            kind="envoy", few_ingress=False, policy="Cluster", proxy=False
        ),
    ),
    Shape(
        id="private-only",
        title="private-only load balancer",
        change=private_only,
        requires=Requirements(cdn=False, private=True),
    ),
    Shape(
        id="two-balancers",
        title="two load balancers, both in the name's record",
        change=two_balancers,
        requires=Requirements(cdn=False),
    ),
)
