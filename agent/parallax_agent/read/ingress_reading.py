"""Ingress reading: the part of a reading that is about the ingress.

In: the discovery of a target, the cycle's lists. Out: the reading with the Ingress, all
hosts, the ingress controller, its pods and its configuration.
It does not: choose the Ingress or the controller (`route`), or read the app
(`target_path`).
"""

from dataclasses import replace

from parallax.model.cluster import ClusterReading, RulePath
from parallax.model.wire import Json
from parallax_agent.route import controllers, gateway, hosts
from parallax_agent.route.controllers import Family, proxy_argument
from parallax_agent.route.discovery import Discovery
from parallax_agent.route.entry import entry_port
from parallax_agent.route.ingress import canaries
from parallax_agent.route.limits import exported_annotations
from parallax_agent.route.matching import OTHER, host_rank
from parallax_agent.route.service_state import Reader, ServiceState
from parallax_agent.watch import objects

MOST_PATHS = 50


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
        reading = replace(reading, ingress_hosts=named, partial=partial)
    if route is None:
        return replace(reading, ingress_paths=_paths(rules, host))
    reading = replace(reading, ingress_name=route.ingress)
    item = rule(discovery)
    if item is None:
        return reading
    neighbors = [
        r for r in rules or () if r["metadata"]["namespace"] == route.namespace
    ]
    exported = exported_annotations(item, canaries(neighbors, host))
    return replace(reading, ingress_annotations=exported)


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
    reading: ClusterReading, reader: Reader, ingress: ServiceState, discovery: Discovery
) -> ClusterReading:
    """Add the ingress controller: its Service, endpoints, pods and workloads."""
    service = objects.service(ingress.item) if ingress.item else None
    route = discovery.route
    tls, listener = (route.tls, route.listener) if route else (False, None)
    return replace(
        reading,
        ingress_service=service,
        ingress_endpoints=ingress.endpoints(
            entry_port(service, tls=tls, listener=listener)
        ),
        ingress_pods=ingress.model_pods(),
        ingress_workloads=reader.workloads(ingress) if ingress.selector else None,
        ingress_config=_config(reader, ingress, discovery),
    )


def _config(
    reader: Reader, ingress: ServiceState, discovery: Discovery
) -> tuple[tuple[str, str], ...] | None:
    """Return the controller's configuration, if readable; None: unknown."""
    controller = controllers.of_service(ingress.item) if ingress.item else None
    controller = controller or (discovery.cls.family if discovery.cls else None)
    if controller is not None and not controller.config_map:
        enabled = proxy_argument(reader.items("pods", ingress.namespace))
        return None if enabled is None else (("use-proxy-protocol", enabled),)
    name = ingress.config_map() or discovery.entry.service
    return reader.config(ingress.namespace, str(name))


def family(discovery: Discovery | None, ingress: ServiceState | None) -> Family | None:
    """Return the ingress's family: by the route's class, else by its Service."""
    named = discovery.cls.family if discovery and discovery.cls else None
    item = ingress.item if ingress else None
    return named or (controllers.of_service(item) if item else None)
