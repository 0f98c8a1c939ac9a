"""Read: what the Kubernetes API says about one target's path.

In: a target and the cycle's lists. Out: the `ClusterReading` that is sent, and
beside it what the agent itself needs to walk that path.
It does not: probe, judge, or list anything twice. What could not be read is
None and a line in `problems`; what was read and is not there is empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from parallax.model.cluster import ClusterReading, Service, ServicePort
from parallax.model.target import Target
from parallax_agent import objects
from parallax_agent.api import Lists
from parallax_agent.behind import Behind, Reader
from parallax_agent.ingress import Route, route

INGRESS_NAMESPACE = "ingress-nginx"
INGRESS_SERVICE = "ingress-nginx-controller"
"""Names of ingress-nginx's own manifests, for targets that name no other."""


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
    yield "ingresses", reached.namespace
    spaces = {reached.ingress_namespace or INGRESS_NAMESPACE, reached.namespace}
    for namespace in filter(None, spaces):
        for resource in ("services", "endpointslices", "pods"):
            yield resource, namespace
    if reached.namespace:
        yield "daemonsets", reached.namespace
        yield "deployments", reached.namespace


def read(target: Target, lists: Lists, *, node: str, now: datetime) -> TargetPath:
    """Read one target's path; `now` is the node's clock, `node` the own node."""
    reader = Reader(lists)
    reached = target.reached
    rules = reader.items("ingresses", reached.namespace)
    asked = urlsplit(target.url).path or "/"
    found = route(rules, target.host, asked) if rules is not None else None
    nodes = reader.items("nodes", None)
    ingress = reader.behind(
        reached.ingress_namespace or INGRESS_NAMESPACE,
        reached.ingress_service or INGRESS_SERVICE,
    )
    app = _app(reader, target, found)
    port = _port(app, found)
    ingress_service = objects.service(ingress.item) if ingress.item else None
    entry = entry_port(ingress_service, tls=found is not None and found.tls)
    service = objects.service(app.item) if app and app.item else None
    config_name = _config_map(ingress) or reached.ingress_service or INGRESS_SERVICE
    reading = ClusterReading(
        read_at=now,
        nodes=None if nodes is None else tuple(objects.node(n) for n in nodes),
        ingress_service=ingress_service,
        ingress_endpoints=None
        if ingress.slices is None
        else objects.endpoints(
            ingress.slices,
            port_name=entry.name if entry else None,
            family=ingress.family,
        ),
        ingress_name=found.ingress if found else None,
        ingress_config=reader.config(ingress.namespace, config_name),
        service=service,
        endpoints=None
        if app is None or app.slices is None
        else objects.endpoints(
            app.slices, port_name=port.name if port else None, family=app.family
        ),
        endpoints_changed_at=objects.changed_at(app.slices or []) if app else None,
        pods=None
        if app is None or app.pods is None
        else tuple(objects.pod(p) for p in app.pods),
        workloads=reader.workloads(app) if app and app.item else None,
        problems=tuple(dict.fromkeys(reader.problems)),
    )
    return TargetPath(
        reading=reading,
        port=port,
        route=found,
        ingress_pods=None if ingress.pods is None else tuple(_own(ingress, node)),
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
            container = "controller" if "controller" in names else None
            yield IngressPod(
                namespace=ingress.namespace,
                name=objects.name_of(item),
                container=container or next(iter(names), None),
            )


def _config_map(ingress: Behind) -> str | None:
    """Return the ConfigMap's name as the controller's own arguments give it."""
    for item in ingress.pods or []:
        for container in objects.many(item, "spec", "containers"):
            for argument in objects.many(container, "args"):
                if argument.startswith("--configmap="):
                    return argument.rpartition("/")[2]
    return None
