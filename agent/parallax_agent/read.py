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

from parallax.model.cluster import ClusterReading, Service, ServicePort
from parallax.model.target import Target
from parallax.model.wire import Json
from parallax_agent import objects
from parallax_agent.api import Lists
from parallax_agent.behind import Behind, Reader
from parallax_agent.ingress import Route, canaries, hosts, route
from parallax_agent.limits import annotations

INGRESS_NAMESPACE = "ingress-nginx"
INGRESS_SERVICE = "ingress-nginx-controller"
"""Names of ingress-nginx's own manifests, for targets that name no other."""
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

    `port` is the Service's port that the Ingress asks; `ingress_pods` are
    those of the own node, None when the pods could not be read.
    """

    reading: ClusterReading
    port: ServicePort | None = None
    route: Route | None = None
    ingress_pods: tuple[IngressPod, ...] | None = None


def wanted(target: Target) -> Iterator[tuple[str, str | None]]:
    """Name the lists that reading a target needs, as far as known beforehand."""
    reached = target.reached
    yield "nodes", None
    yield "ingresses", None
    spaces = {reached.ingress_namespace or INGRESS_NAMESPACE, reached.namespace}
    for namespace in filter(None, spaces):
        for resource in BEHIND:
            yield resource, namespace


def read(target: Target, lists: Lists, *, node: str, now: datetime) -> TargetPath:
    """Read one target's path; `now` is the node's clock, `node` the own node."""
    reader = Reader(lists)
    reached = target.reached
    rules = reader.rules(reached.namespace)
    asked = urlsplit(target.url).path or "/"
    found = route(_within(rules, reached.namespace), target.host, asked)
    nodes = reader.items("nodes", None)
    ingress = reader.behind(
        reached.ingress_namespace or INGRESS_NAMESPACE,
        reached.ingress_service or INGRESS_SERVICE,
    )
    app = _app(reader, target, found)
    port = _port(app, found)
    reading = ClusterReading(
        read_at=now, nodes=None if nodes is None else tuple(map(objects.node, nodes))
    )
    if rules is not None:
        partial = () if reader.sees_all_rules else ("ingress_hosts",)
        reading = _with_rules(reading, rules, target.host, found, partial)
    name = ingress.config_map() or reached.ingress_service or INGRESS_SERVICE
    reading = _with_ingress(reading, reader, ingress, tls=_ends_tls(found))
    reading = replace(reading, ingress_config=reader.config(ingress.namespace, name))
    if app is not None:
        reading = _with_app(reading, reader, app, port)
    return TargetPath(
        reading=replace(reading, problems=tuple(dict.fromkeys(reader.problems))),
        port=port,
        route=found,
        ingress_pods=None if ingress.pods is None else tuple(_own(ingress, node)),
    )


def _ends_tls(found: Route | None) -> bool:
    return found is not None and found.tls


def _within(rules: list[Json] | None, namespace: str | None) -> list[Json]:
    """Return the Ingresses that may lead to a target: its own namespace's."""
    return [
        item
        for item in rules or ()
        if namespace in {None, item["metadata"]["namespace"]}
    ]


def _with_rules(
    reading: ClusterReading,
    rules: list[Json],
    host: str,
    found: Route | None,
    partial: tuple[str, ...],
) -> ClusterReading:
    """Add what the Ingresses say: the target's, its canaries, and all hosts."""
    reading = replace(reading, ingress_hosts=hosts(rules, host), partial=partial)
    if found is None:
        return reading
    beside = _within(rules, found.namespace)
    item = objects.named(beside, found.ingress)
    return replace(
        reading,
        ingress_name=found.ingress,
        ingress_annotations=annotations(item, canaries(beside, host)),
    )


def _with_ingress(
    reading: ClusterReading, reader: Reader, ingress: Behind, *, tls: bool
) -> ClusterReading:
    """Add the ingress controller: its Service, endpoints, pods and workloads."""
    service = objects.service(ingress.item) if ingress.item else None
    return replace(
        reading,
        ingress_service=service,
        ingress_endpoints=ingress.endpoints(entry_port(service, tls=tls)),
        ingress_pods=ingress.told_pods(),
        ingress_workloads=reader.workloads(ingress) if ingress.item else None,
    )


def _with_app(
    reading: ClusterReading, reader: Reader, app: Behind, port: ServicePort | None
) -> ClusterReading:
    """Add the target's Service and what stands behind it."""
    return replace(
        reading,
        service=objects.service(app.item) if app.item else None,
        endpoints=app.endpoints(port),
        endpoints_changed_at=objects.changed_at(app.slices or []),
        pods=app.told_pods(),
        workloads=reader.workloads(app) if app.item else None,
    )


def entry_port(service: Service | None, *, tls: bool) -> ServicePort | None:
    """Return the ingress Service's http or https port; None: it has none."""
    name, number = ("https", 443) if tls else ("http", 80)
    ports = service.ports if service else ()
    return next((p for p in ports if p.name == name or p.port == number), None)


def _app(reader: Reader, target: Target, found: Route | None) -> Behind | None:
    namespace = target.reached.namespace or (found.namespace if found else None)
    name = target.reached.service or (found.service if found else None)
    if namespace and name:
        return reader.behind(namespace, name)
    reader.problems.append(
        f"no Service known for {target.host}: the target names none and no Ingress does"
    )
    return None


def _port(app: Behind | None, found: Route | None) -> ServicePort | None:
    """Return the port that the Ingress asks; without an Ingress the first one."""
    if app is None or app.item is None:
        return None
    ports = objects.service(app.item).ports
    if found is None or found.service != objects.name_of(app.item):
        return next(iter(ports), None)
    return next((p for p in ports if found.port in (p.port, p.name)), None)


def _own(ingress: Behind, node: str) -> Iterator[IngressPod]:
    for item in ingress.pods or []:
        spec = objects.part(item, "spec")
        running = objects.part(item, "status").get("phase") == "Running"
        if spec.get("nodeName") == node and running:
            names = [c["name"] for c in objects.many(spec, "containers")]
            logs = (name for name in LOGGING_CONTAINERS if name in names)
            yield IngressPod(
                namespace=ingress.namespace,
                name=objects.name_of(item),
                container=next(logs, next(iter(names), None)),
            )
