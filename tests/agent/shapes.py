"""Kubernetes objects made by hand, in the shapes of the real APIs, and a shelf of them.

The shelf answers as `Lists` does: what is on it, what is forbidden, what is absent.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast

from parallax.model.target import Reached, Target
from parallax.model.wire import Json
from parallax_agent.explain.explanation import Explanation, build_explanation
from parallax_agent.read.target_path import TargetPath, read_path
from parallax_agent.watch.api import Lists, describe_call

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
EXTENSIONS = {
    "gateways",
    "httproutes",
    "listenersets",
    "ingressroutes",
    "middlewares",
    "httpproxies",
    "virtualservices",
    "istiogateways",
    "virtualservers",
}
"""Resources that the API has only if the shelf has objects of them."""
NAME, INSTANCE = "app.kubernetes.io/name", "app.kubernetes.io/instance"
type Object = dict[str, Any]


class Shelf:
    """The objects of a cluster, by resource; some may not be readable."""

    def __init__(self, **objects: list[Object]) -> None:
        self.objects = objects
        self.config_maps: dict[tuple[str, str], dict[str, str]] = {}
        self.problems: dict[str, str] = {}
        self.forbidden: set[str] = set()
        self.absent: set[str] = set()
        self.lacking: set[str] = set()
        self.asked: list[tuple[str, str | None]] = []

    def forbid(self, resource: str, namespace: str | None = None) -> None:
        """Reject a list, as a role without the permission does."""
        call = describe_call("list", resource, namespace)
        self.forbidden.add(call)
        self.problems[call] = f"cannot {call}: 403 Forbidden"

    def prefetch(self, wanted: Iterable[tuple[str, str | None]]) -> None:
        """Record what was requested."""
        self.asked += wanted

    def items(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return the objects; an extension is absent unless it has objects."""
        call = describe_call("list", resource, namespace)
        self.asked.append((resource, namespace))
        if call in self.problems:
            return None
        if resource in EXTENSIONS and resource not in self.objects:
            self.absent.add(call)
            return None
        found = self.objects.get(resource, [])
        return [i for i in found if namespace in {None, i["metadata"].get("namespace")}]

    def on_demand(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return what is listed when it is needed; of events the Warnings."""
        found = self.items(resource, namespace)
        return found and [e for e in found if e.get("type", "Warning") == "Warning"]

    def lacks_group(self, group: str) -> bool:
        """Tell whether the API does not have a group; set it in `lacking`."""
        return group in self.lacking

    def config_map(self, namespace: str, name: str) -> dict[str, str] | None:
        """Return a ConfigMap's entries; empty if it does not exist."""
        return self.config_maps.get((namespace, name), {})


def seen(
    shelf: Shelf, url: str = "https://shop.example/", node: str = "one", **reached: Any
) -> TargetPath:
    """Read a URL's path from a shelf, with these names in the target."""
    target = Target(name="shop", url=url, reached=Reached(**reached))
    return read_path(target, cast("Lists", shelf), node=node, now=NOW)


def explained(shelf: Shelf, url: str = "https://shop.example/cart") -> Explanation:
    """Explain a URL from a shelf, for the agent on node one."""
    target = Target(name="shop", url=url)
    return build_explanation(target, seen(shelf, url), url_path="/cart", node="one")


def meta(place: str, **more: Any) -> Object:
    """Return metadata; the place is `namespace/name`."""
    namespace, _, name = place.rpartition("/")
    return {"name": name, "namespace": namespace, **more}


def ingress(  # noqa: PLR0913 - what Ingresses differ in
    host: str | None = "shop.example",
    service: str = "web",
    *,
    place: str = "shop/web",
    path: str = "/",
    kind: str = "Prefix",
    port: int | str = "http",
    cls: str | None = None,
    annotations: dict[str, str] | None = None,
    created: str = "2026-01-01T00:00:00Z",
    **spec: Any,
) -> Object:
    """Return an Ingress with one rule."""
    number = {"number": port} if isinstance(port, int) else {"name": port}
    backend = {"service": {"name": service, "port": number}}
    rule: Object = {
        "http": {"paths": [{"path": path, "pathType": kind, "backend": backend}]}
    }
    rule |= {"host": host} if host else {}
    named = {"ingressClassName": cls} if cls else {}
    about = meta(place, annotations=annotations, creationTimestamp=created)
    return {"metadata": about, "spec": {"rules": [rule], **named, **spec}}


def ingress_class(
    name: str, controller: str, *, default: bool = False, **more: Any
) -> Object:
    """Return an IngressClass."""
    mark = {"ingressclass.kubernetes.io/is-default-class": "true"} if default else {}
    about = {"name": name, "annotations": mark, **more}
    return {"metadata": about, "spec": {"controller": controller}}


def service(
    place: str,
    *ports: tuple[str, int, int | None],
    labels: dict[str, str] | None = None,
    kind: str = "ClusterIP",
    **spec: Any,
) -> Object:
    """Return a Service; a port is name, number, NodePort."""
    address = spec.pop("address", None)
    status = {"loadBalancer": {"ingress": [{"ip": address}] if address else []}}
    return {
        "metadata": meta(place, labels=labels),
        "spec": {
            "type": kind,
            "clusterIP": "10.43.0.7",
            "selector": {"app": place.rpartition("/")[2]},
            "ports": [
                {"name": name, "port": port, "targetPort": name, "nodePort": node_port}
                for name, port, node_port in ports
            ],
            **spec,
        },
        "status": status,
    }


def slices(place: str, *addresses: str, port: int = 8080, name: str = "http") -> Object:
    """Return a Service's EndpointSlice, one pod on each of the nodes one, two, …."""
    namespace, _, owner = place.rpartition("/")
    family = "IPv6" if any(":" in a for a in addresses) else "IPv4"
    nodes = ("one", "two", "three")
    return {
        "metadata": {
            "name": f"{owner}-{family.lower()}",
            "namespace": namespace,
            "labels": {"kubernetes.io/service-name": owner},
        },
        "addressType": family,
        "ports": [{"name": name, "port": port}],
        "endpoints": [
            {
                "addresses": [address],
                "conditions": {"ready": True},
                "nodeName": node,
                "targetRef": {"kind": "Pod", "name": f"{owner}-{node}"},
            }
            for address, node in zip(addresses, nodes, strict=False)
        ],
    }


def node(name: str, *addresses: str) -> Object:
    """Return a Node that is ready."""
    entries = [{"type": "InternalIP", "address": a} for a in addresses]
    ready = {"type": "Ready", "status": "True"}
    return {
        "metadata": {"name": name},
        "status": {"addresses": entries, "conditions": [ready]},
    }


def http_route(
    *backends: tuple[str, int],
    hosts: tuple[str, ...] = ("shop.example",),
    parent: Object | None = None,
    place: str = "shop/web",
    controller: str | None = "gateway.envoyproxy.io/gatewayclass-controller",
    accepted: str = "True",
    **rule: Any,
) -> Object:
    """Return an HTTPRoute on Gateway infra/eg; a backend is a name and a weight."""
    reference = parent or {"name": "eg", "namespace": "infra"}
    status = {
        "parentRef": reference,
        "controllerName": controller,
        "conditions": [{"type": "Accepted", "status": accepted, "reason": "Why"}],
    }
    references = [{"name": n, "port": 80, "weight": weight} for n, weight in backends]
    return {
        "metadata": meta(place, creationTimestamp="2026-01-01T00:00:00Z"),
        "spec": {
            "hostnames": list(hosts),
            "parentRefs": [reference],
            "rules": [{"backendRefs": references, **rule}],
        },
        "status": {"parents": [status] if controller else []},
    }


def gateway(*listeners: tuple[str, str, int, str | None], **more: Any) -> Object:
    """Return Gateway infra/eg; a listener is name, protocol, port, hostname."""
    everywhere = {"allowedRoutes": {"namespaces": {"from": "All"}}}
    entries = [
        {"name": name, "protocol": protocol, "port": port, **everywhere}
        | ({"hostname": host} if host else {})
        for name, protocol, port, host in listeners
    ]
    return {
        "metadata": meta("infra/eg"),
        "spec": {"gatewayClassName": "eg", "listeners": entries},
        **more,
    }
