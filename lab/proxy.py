"""Proxy: how endpoints become routes: kube-proxy's rules, and the overlay's.

In: the case, the store, the ingress Service's policy. Out: an nft ruleset.
It does not: apply it. There is no SNAT, so with `externalTrafficPolicy: Cluster`
the ingress sees the balancer's own address, where a cluster shows the node's.
"""

from dataclasses import dataclass

from lab.case import Case, Node
from lab.kubernetes.objects import suffix
from lab.kubernetes.store import Store
from lab.programs import render

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


@dataclass(frozen=True, slots=True)
class Cut:
    """What the broken overlay loses: from one node's side to the others' pods."""

    sources: tuple[str, ...]
    goals: tuple[str, ...]
    ports: tuple[int, ...] = ()
    """Empty: all ports."""


def ready_endpoints(
    store: Store, namespace: str, service: str, port: str
) -> list[Ready]:
    """Return the ready endpoints of a Service's port, by its name.

    None where the EndpointSlice has no such port: kube-proxy rejects then, and an
    ingress has no endpoint to send to.
    """
    name = f"{service}-{suffix(service)}"
    item = store.get("endpointslices", (namespace, name)) or {}
    numbers = {p["name"]: p["port"] for p in item.get("ports") or []}
    return [
        Ready(endpoint["nodeName"], (endpoint["addresses"][0], numbers[port]))
        for endpoint in item.get("endpoints") or []
        if port in numbers and endpoint["conditions"]["ready"]
    ]


def services_rules(
    case: Case, store: Store, policy: str, *, overlay_broken: bool
) -> str:
    """Return kube-proxy's ruleset as nft reads it, and the broken overlay's."""
    rules: list[Rule] = []
    nodes = tuple(str(n.address) for n in case.nodes)
    for app in case.apps:
        found = ready_endpoints(store, case.namespace, app.name, "http")
        places = tuple(r.place for r in found)
        rules.append(Rule((str(app.cluster_ip),), 80, places))
        rules.append(Rule(nodes, app.node_port, places))
    ingress = case.ingress
    node_ports = (ingress.http_node_port, ingress.https_node_port)
    for (name, port, _), node_port in zip(ingress.pod_ports, node_ports, strict=True):
        found = ready_endpoints(store, ingress.namespace, ingress.service, name)
        places = tuple(r.place for r in found)
        rules.append(Rule((str(ingress.cluster_ip),), port, places))
        rules += _node_port(case, node_port, found, policy)
    cuts = _cuts(case) if overlay_broken else []
    at_home = [(str(n.address), _overlay(n)) for n in case.nodes]
    return render("services.nft", rules=rules, cuts=cuts, at_home=at_home)


def _node_port(case: Case, port: int, found: list[Ready], policy: str) -> list[Rule]:
    """Return a NodePort's rules under the ingress's externalTrafficPolicy.

    With Local, a node and its own pods are still served cluster-wide (the KUBE-EXT
    chain's short-circuit); all others reach its own endpoints or are dropped.
    """
    nodes = tuple(str(n.address) for n in case.nodes)
    places = tuple(r.place for r in found)
    if policy == "Cluster" or not found:
        return [Rule(nodes, port, places)]
    rules: list[Rule] = []
    for node in case.nodes:
        own, at = (str(node.address), f"{node.pod_address}/24"), (str(node.address),)
        local = tuple(r.place for r in found if r.node == node.name)
        rules.append(Rule(at, port, places, only_from=own))
        rules.append(Rule(at, port, local, "drop", () if local else own))
    return rules


def _cuts(case: Case) -> list[Cut]:
    """Return what is lost between nodes: the pods of each for all the others.

    An app with hostNetwork listens at its node's address, so its port is lost there.
    """
    hosted = tuple(app.port for app in case.apps if app.host_network)
    cuts: list[Cut] = []
    for node in case.nodes:
        others = [n for n in case.nodes if n is not node]
        own = (str(node.address), f"{node.pod_address}/24")
        if hosted:
            cuts.append(Cut(own, tuple(str(n.address) for n in others), hosted))
        if len(hosted) < len(case.apps):
            cuts.append(Cut(own, tuple(_overlay(n) for n in others)))
    return cuts


def _overlay(node: Node) -> str:
    return f"{node.pod_address}/24"
