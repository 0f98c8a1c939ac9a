"""Proxy: how endpoints become routes: kube-proxy's rules, the ingress's servers.

In: the case and the store. Out: an nft ruleset and an nginx configuration.
It does not: apply them. There is no SNAT, so with `externalTrafficPolicy: Cluster`
the ingress sees the balancer's own address, where a cluster shows the node's.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.case import Case
from lab.kubernetes.objects import suffix
from lab.kubernetes.store import Store
from lab.programs import render

MODULES = Path("/usr/lib/nginx/modules")

type Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready endpoint of one Service port."""

    node: str
    place: Place


@dataclass(frozen=True, slots=True)
class Rule:
    """Where one port of some addresses leads; `without` endpoints: reject or drop.

    `only_from` limits the rule to these sources; a drop spares them.
    """

    addresses: tuple[str, ...]
    port: int
    endpoints: tuple[Place, ...]
    without: str = "reject"
    only_from: tuple[str, ...] = ()


def ready_endpoints(
    store: Store, namespace: str, service: str, port: str
) -> list[Ready]:
    """Return the ready endpoints of a Service's port, by its name."""
    name = f"{service}-{suffix(service)}"
    item = store.get("endpointslices", (namespace, name)) or {}
    numbers = {p["name"]: p["port"] for p in item.get("ports") or []}
    return [
        Ready(endpoint["nodeName"], (endpoint["addresses"][0], numbers[port]))
        for endpoint in item.get("endpoints") or []
        if endpoint["conditions"]["ready"]
    ]


def services_rules(case: Case, store: Store) -> str:
    """Return kube-proxy's ruleset as nft reads it."""
    rules: list[Rule] = []
    nodes = tuple(str(n.address) for n in case.nodes)
    for app in case.apps:
        found = ready_endpoints(store, case.namespace, app.name, "http")
        places = tuple(r.place for r in found)
        rules.append(Rule((str(app.cluster_ip),), 80, places))
        rules.append(Rule(nodes, app.node_port, places))
    ingress = case.ingress
    ports = (
        ("http", 80, ingress.http_node_port),
        ("https", 443, ingress.https_node_port),
    )
    for name, port, node_port in ports:
        found = ready_endpoints(store, ingress.namespace, ingress.service, name)
        places = tuple(r.place for r in found)
        rules.append(Rule((str(ingress.cluster_ip),), port, places))
        rules += _node_port(case, node_port, found)
    return render("services.nft", rules=rules)


def _node_port(case: Case, port: int, found: list[Ready]) -> list[Rule]:
    """Return a NodePort's rules under the ingress's externalTrafficPolicy.

    With Local, nodes and pods are still served cluster-wide (the KUBE-EXT chain's
    short-circuit); others reach the node's own endpoints or are dropped.
    """
    nodes = tuple(str(n.address) for n in case.nodes)
    places = tuple(r.place for r in found)
    if case.ingress.external_traffic_policy == "Cluster" or not found:
        return [Rule(nodes, port, places)]
    inside = nodes + tuple(f"{n.pod_address}/24" for n in case.nodes)
    rules = [Rule(nodes, port, places, only_from=inside)]
    for node in case.nodes:
        local = tuple(r.place for r in found if r.node == node.name)
        spared = () if local else inside
        rules.append(Rule((str(node.address),), port, local, "drop", spared))
    return rules


def ingress_config(case: Case, store: Store, folder: Path, generation: int) -> str:
    """Return the nginx configuration of all ingress pods; it tells its generation."""
    return render(
        "nginx.conf",
        folder=folder,
        modules=MODULES,
        certificate=folder / "ingress.pem",
        generation=generation,
        proxy_protocol=case.ingress.proxy_protocol,
        nodes=[
            {
                "name": node.name,
                "address": node.pod_address,
                "log": folder / f"ingress-{node.name}.log",
                "apps": [_served(case, store, app, node) for app in case.apps],
            }
            for node in case.nodes
            if node.ingress
        ],
    )


def _served(case: Case, store: Store, app: Any, node: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return one app as an ingress pod serves it.

    Traffic from a pod to a node's address leaves as the pod's node (flannel's
    masquerade), traffic to the overlay as the pod.
    """
    found = ready_endpoints(store, case.namespace, app.name, "http")
    return {
        "host": app.host,
        "upstream": f"{case.namespace}-{app.name}-80",
        "source": node.address if app.host_network else node.pod_address,
        "endpoints": [
            f"{address}:{port}" for address, port in (r.place for r in found)
        ],
    }
