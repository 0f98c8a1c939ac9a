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

from parallax.model.cluster import ClusterReading, Endpoint, Node, ServicePort
from parallax.model.target import Target
from parallax.model.wire import Json
from parallax_agent.read import ingress_reading, nodes, ports
from parallax_agent.read.speaks import HTTP, spoken
from parallax_agent.route.behind import Behind, Reader
from parallax_agent.route.ingress import Route
from parallax_agent.route.route import Found, find
from parallax_agent.watch import objects
from parallax_agent.watch.api import Lists

LOGGING_CONTAINERS = ("access-logs", "controller", "envoy", "istio-proxy", "traefik")
"""Where ingresses write their access log, if beside others (haproxy-ingress has a
sidecar for it, Contour's first container is `shutdown-manager`); else the first."""
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

    `port` is the Service's port that the Ingress asks, `speaks` what is spoken there;
    `ingress_pods` are those of the own node, None when the pods could not be read.
    `beside` and `second_ip` are of the Service's second address family, where the own
    node has it. `local`: on each node the Service leads to that node's pods only.
    `app_nodes` and `ingress_nodes` are where NodePorts of the two Services are open.
    """

    reading: ClusterReading
    port: ServicePort | None = None
    speaks: str = HTTP
    route: Route | None = None
    found: Found | None = None
    beside: tuple[Endpoint, ...] = ()
    second_ip: str | None = None
    local: bool = False
    app_nodes: tuple[Node, ...] = ()
    ingress_nodes: tuple[Node, ...] = ()
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
    items = reader.items("nodes", None)
    told = None if items is None else tuple(map(objects.node, items))
    reading = ClusterReading(read_at=now, nodes=told)
    reading = ingress_reading.with_rules(reading, reader, found, target.host)
    ingress, app = _ingress(reader, found), _app(reader, target, place)
    if ingress is not None:
        reading = ingress_reading.with_controller(reading, reader, ingress, found)
    path = TargetPath(
        reading=reading,
        route=found.route,
        found=found,
        ingress_pods=tuple(_own(ingress, node)) if ingress and ingress.known else None,
        ingress_nodes=_listening(told, items, ingress),
        app_nodes=_listening(told, items, app),
    )
    if app is not None:
        path = _with_port(path, reader, app, ingress)
        own = nodes.families(objects.named(items or (), node))
        path = _with_app(path, reader, app, own)
    said = [*reader.problems, *found.notes]
    if node and items is not None:
        asked = [side.item if side else None for side in (ingress, app)]
        said += filter(None, (nodes.unasked(items, node, s) for s in asked))
    problems = tuple(dict.fromkeys(said))
    return replace(path, reading=replace(path.reading, problems=problems))


def _listening(
    told: tuple[Node, ...] | None, items: list[Json] | None, side: Behind | None
) -> tuple[Node, ...]:
    if told is None or items is None or side is None:
        return ()
    return tuple(nodes.listening(told, items, side.item))


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
        local=app.is_local,
        reading=replace(
            path.reading,
            service=objects.service(app.item) if app.item else None,
            service_port=path.port.port if path.port else None,
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


def _with_port(
    path: TargetPath, reader: Reader, app: Behind, ingress: Behind | None
) -> TargetPath:
    """Add the Service's port that is asked, and what the pods behind it speak."""
    found, route = path.found, path.route
    family = ingress_reading.family(found, ingress)
    port = problem = None
    if app.item is not None and app.external_name is None:
        port, problem = ports.asked(app.item, route, family)
    reader.problems += filter(None, [problem])
    named = objects.name_of(app.item) if app.item else None
    leads = route is not None and named in {None, route.service}
    rule = ingress_reading.rule(found) if leads else None
    return replace(path, port=port, speaks=spoken(rule, app.item, port, family))


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
