"""Ingress reading: the part of a reading that is about the ingress.

In: the discovery of a target, the cycle's lists. Out: the reading with the Ingress, all
hosts, the ingress controller, its pods and its configuration.
It does not: choose the Ingress or the controller (`route`), or read the app
(`target_path`).
"""

from dataclasses import replace

from parallax.model.cluster import (
    CILIUM_PLACEHOLDER,
    ClusterReading,
    Endpoint,
    RulePath,
    ServicePort,
)
from parallax.model.wire import Json
from parallax_agent.read.way import Way, pod_endpoints, traefik_config
from parallax_agent.route import controllers, gateway, hosts
from parallax_agent.route.arguments import entry_points
from parallax_agent.route.controllers import Family, proxy_argument
from parallax_agent.route.discovery import Discovery
from parallax_agent.route.entry import entry_port
from parallax_agent.route.ingress import canaries
from parallax_agent.route.limits import exported_annotations
from parallax_agent.route.matching import OTHER, host_rank
from parallax_agent.route.service_state import Reader, ServiceState
from parallax_agent.watch import objects

MOST_PATHS = 50
ONLY_INGRESSES = frozenset({"ingress-nginx"})
"""Families that no other kind of object configures."""
CILIUM_CONFIG = ("kube-system", "cilium-config")
CILIUM_PROXY = ("enable-ingress-proxy-protocol", "enable-gateway-api-proxy-protocol")
"""The ConfigMap of Cilium, and its entries about the PROXY protocol."""


def with_rules(
    reading: ClusterReading, reader: Reader, discovery: Discovery, host: str
) -> ClusterReading:
    """Add the route's Ingress or HTTPRoute, its canaries, and all hosts."""
    route, rules = discovery.route, discovery.rules
    if rules is not None:
        named = gateway.http_route_hosts(
            discovery.http_routes or (), host, hosts.ingress_hosts(rules, host)
        )
        # Without all rules, the list of hosts is incomplete.
        unread = route is None and discovery.http_routes is None
        partial = () if reader.sees_all_rules and not unread else ("ingress_hosts",)
        own = discovery.own
        if route is None and discovery.lost:
            named = tuple(name for name in named if name != host)
        if own is not None:
            named = hosts.closest_hosts({*named, *own.hosts}, host)
        reading = replace(
            reading,
            ingress_hosts=named,
            partial=partial,
            unread_kinds=None if own is None else tuple(t for t, _ in own.unread),
        )
    if route is None:
        return reading
    reading = replace(reading, ingress_name=route.ingress)
    item = rule(discovery)
    if item is None:
        return reading
    neighbors = [
        r for r in rules or () if r["metadata"]["namespace"] == route.namespace
    ]
    exported = exported_annotations(item, canaries(neighbors, host))
    return replace(reading, ingress_annotations=exported)


def with_paths(
    reading: ClusterReading,
    ingress: ServiceState | None,
    discovery: Discovery,
    host: str,
) -> ClusterReading:
    """Add the paths of the host, if no rule routes the target's own.

    Only of a controller without kinds of its own: another may route it by those.
    """
    item = ingress.item if ingress else None
    controller = controllers.of_service(item) if item else None
    if discovery.route or controller is None or controller.name not in ONLY_INGRESSES:
        return reading
    return replace(reading, ingress_paths=_paths(discovery.rules, host))


def _paths(rules: list[Json] | None, host: str) -> tuple[RulePath, ...] | None:
    """Return the paths that Ingresses have for a host; None: no Ingress has it."""
    found = {
        (
            f"{item['metadata']['namespace']}/{item['metadata']['name']}",
            str(entry.get("path") or "/"),
            entry.get("pathType"),
        )
        for item in rules or ()
        for one in objects.many(item, "spec", "rules")
        if host_rank(one.get("host") or "", host) != OTHER
        for entry in objects.many(one, "http", "paths")
    }
    every = sorted(found, key=lambda each: (each[0], each[1], each[2] or ""))
    return (
        tuple(
            RulePath(ingress=name, path=path, path_type=kind)
            for name, path, kind in every[:MOST_PATHS]
        )
        or None
    )


def rule(discovery: Discovery | None) -> Json:
    """Return the Ingress that leads to the target; None: no Ingress does."""
    route = discovery.route if discovery else None
    if discovery is None or route is None or route.kind != "Ingress":
        return None
    space = route.namespace
    neighbors = [
        i for i in discovery.rules or () if i["metadata"]["namespace"] == space
    ]
    return objects.named(neighbors, route.ingress)


def with_controller(
    reading: ClusterReading,
    reader: Reader,
    ingress: ServiceState,
    discovery: Discovery,
    way: Way,
) -> ClusterReading:
    """Add the ingress controller: its Service, endpoints, pods and workloads."""
    service = objects.service(ingress.item) if ingress.item else None
    port = entry_port(service, tls=way.tls, listener=way.listener)
    without_service = pod_endpoints(ingress, way) if discovery.entry.workload else None
    config = _config(reader, ingress, discovery)
    return replace(
        reading,
        ingress_service=service,
        ingress_endpoints=without_service or _endpoints(ingress, port),
        ingress_node_ports=_node_ports(reader, ingress),
        ingress_pods=ingress.model_pods(),
        ingress_workloads=reader.workloads(ingress) if ingress.selector else None,
        ingress_config=config,
        ingress_config_map=None if config is None else _config_map(ingress, discovery),
    )


def _node_ports(reader: Reader, ingress: ServiceState) -> tuple[int, ...] | None:
    """Return the NodePorts of all Services that select the ingress's pods.

    A Service selects pods of its own namespace only. None: not read.
    """
    services, pods = reader.items("services", ingress.namespace), ingress.pods
    if services is None or pods is None:
        return None
    same = (ServiceState(ingress.namespace, item) for item in services)
    ports = {
        port
        for state in same
        if state.selector == ingress.selector or any(map(state.selects, pods))
        for port in objects.service(state.item).node_ports
    }
    return tuple(sorted(ports))


def _endpoints(
    ingress: ServiceState, port: ServicePort | None
) -> tuple[Endpoint, ...] | None:
    """Return the endpoints; None: they are Cilium's placeholder, which no pod has."""
    found = ingress.endpoints(port)
    return None if any(e.address == CILIUM_PLACEHOLDER for e in found or ()) else found


def _config(
    reader: Reader, ingress: ServiceState, discovery: Discovery
) -> tuple[tuple[str, str], ...] | None:
    """Return the controller's configuration, if readable; None: unknown."""
    controller = family(discovery, ingress)
    if controller is not None and controller.name == "Traefik":
        return traefik_config(entry_points(ingress.pods or ()))
    if controller is not None and controller.name == "Cilium":
        return _cilium_config(reader)
    if controller is not None and not controller.config_map:
        enabled = proxy_argument(reader.items("pods", ingress.namespace))
        return None if enabled is None else (("use-proxy-protocol", enabled),)
    named = _config_map(ingress, discovery)
    return reader.config(*named.split("/")) if named else None


def _config_map(ingress: ServiceState, discovery: Discovery) -> str | None:
    """Return namespace and name of the controller's ConfigMap; None: it uses none.

    Without an argument that names it, it has the name of the Service.
    """
    controller = family(discovery, ingress)
    if controller is not None and not controller.config_map:
        return None
    name = ingress.config_map() or discovery.entry.service
    return f"{ingress.namespace}/{name}" if name else None


def _cilium_config(reader: Reader) -> tuple[tuple[str, str], ...] | None:
    """Return whether Cilium's Envoy expects a PROXY header; None: not readable.

    Only a role for its ConfigMap allows that, so its absence is not a problem.
    """
    entries = reader.lists.config_map(*CILIUM_CONFIG)
    flags = [entries.get(name) for name in CILIUM_PROXY] if entries else []
    known = [flag for flag in flags if flag is not None]
    if not known:
        return None
    return (("use-proxy-protocol", "true" if "true" in known else "false"),)


def family(discovery: Discovery | None, ingress: ServiceState | None) -> Family | None:
    """Return the ingress's family: by the route's class, else by its Service."""
    item = ingress.item if ingress else None
    own = controllers.of_service(item) if item else None
    named = discovery.cls.family if discovery and discovery.cls else None
    return named or own
