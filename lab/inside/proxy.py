"""Proxy: kube-proxy's rules from the endpoints, and the rules of the overlay.

In: the case, the store, the ingress Service's policy. Out: an nft ruleset.
It does not: apply it, or do SNAT. With `externalTrafficPolicy: Cluster` the ingress
sees the balancer's address here; in a real cluster it sees the node's.
"""

from dataclasses import dataclass

from lab.case import Case, Node
from lab.inside.kubernetes.object_names import slice_name
from lab.inside.kubernetes.store import Store
from lab.programs.program import render

type Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready endpoint of one Service port."""

    node: str
    place: Place


@dataclass(frozen=True, slots=True)
class Rule:
    """The endpoints of one port of some addresses; `without` them: reject or drop.

    `only_from` limits the rule to these sources; a drop does not apply to them.
    """

    addresses: tuple[str, ...]
    port: int
    endpoints: tuple[Place, ...]
    without: str = "reject"
    only_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """Packets that a broken overlay or a policy drops on their way to pods."""

    sources: tuple[str, ...]
    goals: tuple[str, ...]
    ports: tuple[int, ...] = ()
    """Empty: all ports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What is broken between Services and pods.

    `overlay`: the network between nodes; `isolated`: apps that a policy isolates;
    `unproxied`: nodes on which kube-proxy wrote no rules.
    """

    overlay: bool = False
    isolated: frozenset[str] = frozenset()
    unproxied: frozenset[str] = frozenset()


def ready_endpoints(
    store: Store, namespace: str, service: str, port: str
) -> list[Ready]:
    """Return the ready endpoints of a Service's port, by its name.

    None where the EndpointSlice has no such port: kube-proxy rejects then, and an
    ingress has no endpoint to send to.
    """
    item = store.get("endpointslices", (namespace, slice_name(service))) or {}
    numbers = {p["name"]: p["port"] for p in item.get("ports") or []}
    return [
        Ready(endpoint["nodeName"], (endpoint["addresses"][0], numbers[port]))
        for endpoint in item.get("endpoints") or []
        if port in numbers and endpoint["conditions"]["ready"]
    ]


def services_rules(case: Case, store: Store, policy: str, broken: Broken) -> str:
    """Return the ruleset of kube-proxy, the broken overlay and policies, for nft."""
    rules: list[Rule] = []
    nodes = tuple(str(n.address) for n in case.nodes)
    for app in case.apps:
        endpoints = ready_endpoints(store, case.namespace, app.name, "http")
        places = tuple(r.place for r in endpoints)
        rules.append(Rule((str(app.cluster_ip),), 80, places))
        rules.append(Rule(nodes, app.node_port, places))
    ingress = case.ingress
    for (name, port, _), node_port in zip(
        ingress.pod_ports, ingress.node_ports, strict=True
    ):
        endpoints = ready_endpoints(store, ingress.namespace, ingress.service, name)
        places = tuple(r.place for r in endpoints)
        rules.append(Rule((str(ingress.cluster_ip),), port, places))
        if not ingress.host_ports:
            rules += _node_port(case, node_port, endpoints, policy)
    rules += _host_ports(case, store) if ingress.host_ports else []
    cuts = _cuts(case) if broken.overlay else []
    cuts += _policies(case, broken.isolated)
    at_home = [(str(n.address), _overlay(n)) for n in case.nodes]
    silent = [n for n in case.nodes if n.name in broken.unproxied]
    dead = [(str(n.address), _overlay(n)) for n in silent]
    return render("services.nft", rules=rules, cuts=cuts, at_home=at_home, dead=dead)


def _node_port(
    case: Case, port: int, endpoints: list[Ready], policy: str
) -> list[Rule]:
    """Return a NodePort's rules under the ingress's externalTrafficPolicy.

    With Local, a node and its own pods still reach all endpoints (the KUBE-EXT chain's
    short-circuit). Other sources reach the node's own endpoints, or are dropped.
    """
    nodes = tuple(str(n.address) for n in case.nodes)
    places = tuple(r.place for r in endpoints)
    if policy == "Cluster" or not endpoints:
        return [Rule(nodes, port, places)]
    rules: list[Rule] = []
    for node in case.nodes:
        own, at = (str(node.address), f"{node.pod_address}/24"), (str(node.address),)
        local = tuple(r.place for r in endpoints if r.node == node.name)
        rules.append(Rule(at, port, places, only_from=own))
        rules.append(Rule(at, port, local, "drop", () if local else own))
    return rules


def _host_ports(case: Case, store: Store) -> list[Rule]:
    """Return the rules of the pods' host ports: to the node's own pod, ready or not.

    They are the CNI's (portmap), so they exist as long as the pod does.
    """
    ingress = case.ingress
    running = {item["status"]["podIP"] for item in store.items("pods")}
    rules: list[Rule] = []
    for on_node, own in zip(ingress.node_ports, ingress.container_ports, strict=True):
        for node in case.nodes:
            place = (str(node.pod_address), own.target)
            places = (place,) if place[0] in running else ()
            rules.append(Rule((str(node.address),), on_node, places))
    return rules


def _cuts(case: Case) -> list[Cut]:
    """Return the drops between nodes: each node's pods, for all other nodes.

    An app with hostNetwork listens on its node's address, so its port is dropped there.
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


def _policies(case: Case, isolated: frozenset[str]) -> list[Cut]:
    """Return the drops of a NetworkPolicy: a pod is open to its own node only.

    The ingress's pods on the pod's node are not the node itself, so they are dropped.
    """
    apps = [app for app in case.apps if app.name in isolated and not app.host_network]
    cuts: list[Cut] = []
    for node in case.nodes:
        others = tuple(str(n.address) for n in case.nodes if n is not node)
        pods = tuple(_overlay(n) for n in case.nodes)
        goals = tuple(case.pod_address(app, node) for app in apps)
        if goals:
            cuts.append(Cut((*others, *pods), goals))
    return cuts


def _overlay(node: Node) -> str:
    return f"{node.pod_address}/24"
