"""Target path: one target's path through the cluster, from the Kubernetes API.

In: a target and the cycle's lists. Out: the `ClusterReading` that is sent, and with it
what the agent itself needs to probe the path.
It does not: probe, judge, or list anything twice. What could not be read is None and
has a line in `problems`; what was read and does not exist is empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from parallax.model.cluster import ClusterReading, Endpoint, Node, ServicePort
from parallax.model.reporters import reporters
from parallax.model.target import Target
from parallax.model.wire import Json
from parallax_agent.read import ingress_reading, nodes, ports
from parallax_agent.read.protocol import HTTP, backend_protocol
from parallax_agent.read.reasons import with_reasons
from parallax_agent.read.size_limit import limit_reading
from parallax_agent.read.way import Way, on_the_nodes, way_of
from parallax_agent.route.discovery import Discovery, discover
from parallax_agent.route.ingress import Route
from parallax_agent.route.own_service import doubtful_annotations
from parallax_agent.route.service_state import WORKLOADS, Reader, ServiceState
from parallax_agent.watch import objects
from parallax_agent.watch.api import Lists

LOGGING_CONTAINERS = ("access-logs", "controller", "envoy", "istio-proxy", "traefik")
"""Containers in which ingresses write their access log (HAProxy Ingress has a sidecar
for it, Contour's first container is `shutdown-manager`); else the first container."""
SERVICE_RESOURCES = (
    "services",
    "endpointslices",
    "pods",
    *(resource for _, resource in WORKLOADS),
)
"""What is listed in the app's namespace and in the ingress controller's namespace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngressPod:
    """An ingress pod of this node, with the container that logs."""

    namespace: str
    name: str
    container: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPath:
    """One target's path: the reading, and how to probe each of its hops.

    `port` is the Service's port that the Ingress names, `protocol` what its pods speak;
    `ingress_pods` are those of this node, None if the pods could not be read.
    `second_endpoints` and `second_ip` are of the Service's second address family, if
    this node has it. `local`: the Service routes only to pods of the same node. On
    `app_nodes` and `ingress_nodes` the NodePorts of the two Services are open. `way`:
    at which of its ports the ingress is probed; `host_port`: its port on the nodes
    themselves, if its pods have one and its Service has no NodePort.
    """

    reading: ClusterReading
    port: ServicePort | None = None
    protocol: str = HTTP
    route: Route | None = None
    discovery: Discovery | None = None
    second_endpoints: tuple[Endpoint, ...] = ()
    second_ip: str | None = None
    local: bool = False
    app_nodes: tuple[Node, ...] = ()
    ingress_nodes: tuple[Node, ...] = ()
    ingress_pods: tuple[IngressPod, ...] | None = None
    way: Way | None = None
    host_port: int | None = None

    @property
    def probed_way(self) -> Way:
        """How the ingress is probed; without a reading of it, as the route says."""
        route = self.route
        if self.way is not None:
            return self.way
        return Way(tls=route.tls, listener=route.listener) if route else Way()


def needed_lists(target: Target) -> Iterator[tuple[str, str | None]]:
    """Name the lists that reading a target needs, as far as known beforehand."""
    reached = target.reached
    yield "nodes", None
    yield "ingresses", None
    yield "ingressclasses", None
    if not (reached.ingress_namespace and reached.ingress_service):
        yield "services", None
    for namespace in {reached.ingress_namespace, reached.namespace} - {None}:
        yield from _service_lists(namespace)


def read_path(target: Target, lists: Lists, *, node: str, now: datetime) -> TargetPath:
    """Read one target's path; `now` is the node's clock, `node` this node."""
    reader = Reader(lists)
    discovery = discover(reader, target, urlsplit(target.url).path or "/")
    place = _place(target, discovery.route)
    # Open the watches of newly discovered namespaces together.
    spaces = {discovery.entry.namespace, place[0] if place else None} - {None}
    lists.prefetch(pair for space in spaces for pair in _service_lists(space))
    items = reader.items("nodes", None)
    read_nodes = None if items is None else tuple(map(objects.node, items))
    reading = ClusterReading(read_at=now, nodes=read_nodes)
    reading = ingress_reading.with_rules(reading, reader, discovery, target.host)
    ingress, app = _ingress(reader, discovery), _app(reader, target, place)
    way = way_of(target, discovery, ingress)
    on_nodes = on_the_nodes(reader, ingress, way)
    if ingress is not None:
        reading = ingress_reading.with_controller(
            reading, reader, ingress, discovery, way
        )
    reading = ingress_reading.with_paths(reading, ingress, discovery, target.host)
    path = TargetPath(
        reading=reading,
        route=discovery.route,
        discovery=discovery,
        ingress_pods=tuple(_own(ingress, node)) if ingress and ingress.known else None,
        way=way,
        host_port=on_nodes.port if on_nodes else None,
        ingress_nodes=_with_node_port(read_nodes, items, ingress)
        if on_nodes is None
        else nodes.of_pods(read_nodes or (), on_nodes.pods),
        app_nodes=_with_node_port(read_nodes, items, app),
    )
    if app is not None:
        path = _with_port(path, reader, app, ingress)
        own = nodes.families(objects.named(items or (), node))
        path = _with_app(path, reader, app, own)
    reader.is_reporter = partial(_is_reporter, target.name, path.reading, node)
    reading = with_reasons(path.reading, reader, app, ingress)
    path = replace(path, reading=reading)
    every_problem = [*reader.problems, *discovery.notes]
    services = [state.item if state else None for state in (ingress, app)]
    every_problem += (
        x for item in services if item for x in doubtful_annotations(item)
    )
    if node and items is not None:
        every_problem += filter(
            None, (nodes.node_port_problem(items, node, s) for s in services)
        )
    problems = tuple(dict.fromkeys(every_problem))
    return replace(path, reading=replace(path.reading, problems=problems))


def _is_reporter(target: str, reading: ClusterReading, node: str) -> bool:
    """Tell whether a node reports a target; of a small cluster every node does."""
    chosen = reporters(target, limit_reading(reading))
    return chosen is None or node in chosen


def _with_node_port(
    read_nodes: tuple[Node, ...] | None,
    items: list[Json] | None,
    state: ServiceState | None,
) -> tuple[Node, ...]:
    if read_nodes is None or items is None or state is None or state.item is None:
        return ()
    return tuple(nodes.with_node_port(read_nodes, items, state.item))


def _service_lists(namespace: str | None) -> Iterator[tuple[str, str | None]]:
    return ((resource, namespace) for resource in SERVICE_RESOURCES)


def _place(target: Target, route: Route | None) -> tuple[str, str] | None:
    """Return namespace and name of the target's Service; None: it is not named."""
    reached = target.reached
    namespace = route and (route.service_namespace or route.namespace)
    namespace, name = reached.namespace or namespace, reached.service
    if name is None and route is not None:
        namespace, name = route.service_namespace or route.namespace, route.service
    return (namespace, name) if namespace and name else None


def _ingress(reader: Reader, discovery: Discovery) -> ServiceState | None:
    entry = discovery.entry
    if entry.namespace and entry.service:
        return reader.read_service(entry.namespace, entry.service)
    if entry.namespace and entry.labels:
        return reader.read_pods(entry.namespace, dict(entry.labels))
    return None


def _with_app(
    path: TargetPath, reader: Reader, app: ServiceState, families: frozenset[str]
) -> TargetPath:
    """Add the target's Service and what is behind it, in both families."""
    two = app.families[1:2] if families >= set(app.families) else []
    addresses = objects.many(app.item, "spec", "clusterIPs") if two else []
    return replace(
        path,
        second_endpoints=(app.endpoints(path.port, second=True) or ()) if two else (),
        second_ip=next(iter(addresses[1:]), None),
        local=app.is_local,
        reading=replace(
            path.reading,
            service=objects.service(app.item) if app.item else None,
            service_port=path.port.port if path.port else None,
            endpoints=app.endpoints(path.port),
            endpoints_changed_at=objects.changed_at(app.slices or []),
            pods=app.model_pods(),
            workloads=reader.workloads(app) if app.selector else None,
        ),
    )


def _app(
    reader: Reader, target: Target, place: tuple[str, str] | None
) -> ServiceState | None:
    if place is not None:
        return reader.read_service(*place)
    reader.problems.append(
        f"no Service is known for {target.host}: neither the target nor an Ingress or "
        "HTTPRoute names one"
    )
    return None


def _with_port(
    path: TargetPath, reader: Reader, app: ServiceState, ingress: ServiceState | None
) -> TargetPath:
    """Add the Service's port that is probed, and the protocol of its pods."""
    discovery, route = path.discovery, path.route
    family = ingress_reading.family(discovery, ingress)
    port = problem = None
    if app.item is not None and app.external_name is None:
        port, problem = ports.requested_port(app.item, route, family)
    reader.problems += filter(None, [problem])
    named = objects.name_of(app.item) if app.item else None
    leads = route is not None and named in {None, route.service}
    rule = ingress_reading.rule(discovery) if leads else None
    return replace(
        path, port=port, protocol=backend_protocol(rule, app.item, port, family)
    )


def _own(ingress: ServiceState, node: str) -> Iterator[IngressPod]:
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
