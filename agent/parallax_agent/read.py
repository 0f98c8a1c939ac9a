"""Read: what the Kubernetes API says about one target's path.

In: a target and the cycle's lists. Out: the `ClusterReading` that is sent, and
beside it what the agent itself needs to walk that path.
It does not: probe, judge, or list anything twice. What could not be read is
None and a line in `problems`; what was read and is not there is empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from parallax.model.cluster import ClusterReading, Endpoint, ServicePort
from parallax.model.target import Target
from parallax.model.wire import Json
from parallax_agent import controllers, gateway, objects
from parallax_agent.api import Lists
from parallax_agent.behind import Behind, Reader
from parallax_agent.controllers import proxy_argument
from parallax_agent.entry import entry_port
from parallax_agent.ingress import Route, canaries, hosts
from parallax_agent.limits import annotations
from parallax_agent.route import Found, find

LOGGING_CONTAINERS = ("access-logs", "controller", "envoy", "istio-proxy", "traefik")
"""Where ingresses write their access log, if beside others (haproxy-ingress has a
sidecar for it, Contour's first container is `shutdown-manager`); else the first."""
HTTPS = 443
BEHIND = ("services", "endpointslices", "pods", "daemonsets", "deployments")
"""What is listed in the app's namespace and in the ingress controller's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngressPod:
    """An ingress pod of the agent's own node, with the container that logs."""

    namespace: str
    name: str
    container: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPath:
    """One target's path: the reading, and how to ask each of its hops.

    `port` is the Service's port that the Ingress asks; `ingress_pods` are
    those of the own node, None when the pods could not be read. `beside` and
    `second_ip` are of the Service's second address family, where the own node has it.
    """

    reading: ClusterReading
    port: ServicePort | None = None
    route: Route | None = None
    found: Found | None = None
    beside: tuple[Endpoint, ...] = ()
    second_ip: str | None = None
    ingress_pods: tuple[IngressPod, ...] | None = None


def wanted(target: Target) -> Iterator[tuple[str, str | None]]:
    """Name the lists that reading a target needs, as far as known beforehand."""
    reached = target.reached
    yield "nodes", None
    yield "ingresses", None
    yield "ingressclasses", None
    if not (reached.ingress_namespace and reached.ingress_service):
        yield "services", None
    for namespace in {reached.ingress_namespace, reached.namespace} - {None}:
        yield from _behind(namespace)


def read(target: Target, lists: Lists, *, node: str, now: datetime) -> TargetPath:
    """Read one target's path; `now` is the node's clock, `node` the own node."""
    reader = Reader(lists)
    found = find(reader, target, urlsplit(target.url).path or "/")
    place = _place(target, found.route)
    # Side by side: namespaces that were just found were not read beforehand.
    spaces = {found.entry.namespace, place[0] if place else None} - {None}
    lists.prefetch(pair for space in spaces for pair in _behind(space))
    nodes = reader.items("nodes", None)
    reading = ClusterReading(
        read_at=now, nodes=None if nodes is None else tuple(map(objects.node, nodes))
    )
    reading = _with_rules(reading, reader, found, target.host)
    ingress, app = _ingress(reader, found), _app(reader, target, place)
    if ingress is not None:
        reading = _with_ingress(reading, reader, ingress, found)
    port = _port(reader, app, found.route)
    path = TargetPath(
        reading=reading,
        port=port,
        route=_spoken(found, port),
        found=found,
        ingress_pods=tuple(_own(ingress, node)) if ingress and ingress.known else None,
    )
    own = objects.named(nodes or (), node)
    if app is not None:
        path = _with_app(path, reader, app, objects.node_families(own))
    unknown = _unknown_node(node, own) if node and nodes is not None else None
    said = (*reader.problems, *filter(None, [unknown]), *found.notes)
    problems = tuple(dict.fromkeys(said))
    return replace(path, reading=replace(path.reading, problems=problems))


def _unknown_node(name: str, item: Json) -> str | None:
    """Say why no NodePort is asked: where the own node is, nobody tells."""
    if item is None:
        return f"no Node {name}, as this agent's is named: no NodePort is asked"
    if objects.node(item).internal_ip is None:
        return f"Node {name} has no InternalIP: no NodePort is asked"
    return None


def _behind(namespace: str | None) -> Iterator[tuple[str, str | None]]:
    return ((resource, namespace) for resource in BEHIND)


def _place(target: Target, route: Route | None) -> tuple[str, str] | None:
    """Return namespace and name of the target's Service; None: nobody names it."""
    reached = target.reached
    namespace = route and (route.service_namespace or route.namespace)
    namespace, name = reached.namespace or namespace, reached.service
    if name is None and route is not None:
        namespace, name = route.service_namespace or route.namespace, route.service
    return (namespace, name) if namespace and name else None


def _ingress(reader: Reader, found: Found) -> Behind | None:
    namespace, name = found.entry.namespace, found.entry.service
    return reader.behind(namespace, name) if namespace and name else None


def _with_rules(
    reading: ClusterReading, reader: Reader, found: Found, host: str
) -> ClusterReading:
    """Add what Ingresses and HTTPRoutes say: the target's, its canaries, all hosts."""
    route, rules = found.route, found.rules
    if rules is not None:
        named = gateway.hosts(found.http_routes or (), host, hosts(rules, host))
        # Whoever cannot see all rules does not know which hosts are missing.
        unseen = route is None and found.http_routes is None
        partial = () if reader.sees_all_rules and not unseen else ("ingress_hosts",)
        reading = replace(reading, ingress_hosts=named, partial=partial)
    if route is None:
        return reading
    reading = replace(reading, ingress_name=route.ingress)
    beside = [r for r in rules or () if r["metadata"]["namespace"] == route.namespace]
    item = objects.named(beside, route.ingress) if route.kind == "Ingress" else None
    if item is None:
        return reading
    told = annotations(item, canaries(beside, host))
    return replace(reading, ingress_annotations=told)


def _with_ingress(
    reading: ClusterReading, reader: Reader, ingress: Behind, found: Found
) -> ClusterReading:
    """Add the ingress controller: its Service, endpoints, pods and workloads."""
    service = objects.service(ingress.item) if ingress.item else None
    route = found.route
    tls, listener = (route.tls, route.listener) if route else (False, None)
    return replace(
        reading,
        ingress_service=service,
        ingress_endpoints=ingress.endpoints(
            entry_port(service, tls=tls, listener=listener)
        ),
        ingress_pods=ingress.told_pods(),
        ingress_workloads=reader.workloads(ingress) if ingress.selector else None,
        ingress_config=_config(reader, ingress, found),
    )


def _config(
    reader: Reader, ingress: Behind, found: Found
) -> tuple[tuple[str, str], ...] | None:
    """Return how the controller is set, as far as it tells; None: not known."""
    family = controllers.of_service(ingress.item) if ingress.item else None
    family = family or (found.cls.family if found.cls else None)
    if family is not None and not family.config_map:
        asks = proxy_argument(reader.items("pods", ingress.namespace))
        return None if asks is None else (("use-proxy-protocol", asks),)
    name = ingress.config_map() or found.entry.service
    return reader.config(ingress.namespace, str(name))


def _with_app(
    path: TargetPath, reader: Reader, app: Behind, families: frozenset[str]
) -> TargetPath:
    """Add the target's Service and what stands behind it, in both families."""
    two = app.families[1:2] if families >= set(app.families) else []
    addresses = objects.many(app.item, "spec", "clusterIPs") if two else []
    return replace(
        path,
        beside=(app.endpoints(path.port, second=True) or ()) if two else (),
        second_ip=next(iter(addresses[1:]), None),
        reading=replace(
            path.reading,
            service=objects.service(app.item) if app.item else None,
            endpoints=app.endpoints(path.port),
            endpoints_changed_at=objects.changed_at(app.slices or []),
            pods=app.told_pods(),
            workloads=reader.workloads(app) if app.selector else None,
        ),
    )


def _app(
    reader: Reader, target: Target, place: tuple[str, str] | None
) -> Behind | None:
    if place is not None:
        return reader.behind(*place)
    reader.problems.append(
        f"no Service known for {target.host}: the target names none and no Ingress does"
    )
    return None


def _port(
    reader: Reader, app: Behind | None, route: Route | None
) -> ServicePort | None:
    """Return the port that the Ingress asks; without an Ingress the first one."""
    if app is None or app.item is None:
        return None
    ports = objects.service(app.item).ports
    if route is None or route.service != objects.name_of(app.item):
        return next(iter(ports), None)
    found = next((p for p in ports if route.port in (p.port, p.name)), None)
    if found is None and ports:
        has = ", ".join(f"{p.port} {p.name or ''}".strip() for p in ports)
        reader.problems.append(
            f"{route.title} asks port {route.port} of Service {route.backend}, "
            f"which has only {has}: correct the Ingress"
        )
    return found


def _spoken(found: Found, port: ServicePort | None) -> Route | None:
    """Return the route; Traefik speaks TLS to a port that is https by its name."""
    route, family = found.route, found.cls.family if found.cls else None
    if route is None or port is None or family is None or family.name != "Traefik":
        return route
    if port.port == HTTPS or (port.name or "").startswith("https"):
        return replace(route, backend_protocol="HTTPS")
    return route


def _own(ingress: Behind, node: str) -> Iterator[IngressPod]:
    for item in ingress.pods or []:
        spec = objects.part(item, "spec")
        running = objects.part(item, "status").get("phase") == "Running"
        if spec.get("nodeName") == node and running:
            names = [
                c["name"] for c in objects.many(spec, "containers", having=("name",))
            ]
            logs = (name for name in LOGGING_CONTAINERS if name in names)
            yield IngressPod(
                namespace=ingress.namespace,
                name=objects.name_of(item),
                container=next(logs, next(iter(names), None)),
            )
