"""Overlay: whether nodes reach each other's pods and the ingress's NodePort.

In: a scene, the port that the load balancer sends to. Out: whether connections between
nodes fail or succeed, in words. It does not: conclude.
A NodePort under policy Cluster forwards to any ingress pod, over the overlay if it runs
on another node. A broken overlay therefore also breaks the NodePort. Probes that policy
Local drops by design are not counted (`ingress.probes`).
"""

from parallax.evidence import (
    answers,
    balancer,
    check_content,
    ingress,
    inside,
    nodes,
    pods,
    shares,
)
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.probe import AT_THE_INGRESS, Role

PAIRS = 2
"""Pairs of nodes that must fail; a single pair may be a pod being moved."""
NEARLY_ALL = 0.9
"""Minimum share of failing pairs; a single node that is down affects fewer."""


def nodeports_cut_off(scene: Scene) -> str | None:
    """Return that NodePorts fail together with pods on other nodes; None: not shown.

    Pods accept connections from their own node and from almost no other node. Some
    NodePorts give no connection, as kube-proxy forwards them to pods on other nodes.
    """
    if nodes.is_local(scene):
        return None
    local = {p.peer_address for p in pods.from_own_node(scene) if inside.accepted(p)}
    remote = [p for p in pods.from_other_nodes(scene) if p.peer_address in local]
    reached = {(p.node, p.peer_node) for p in remote if inside.accepted(p)}
    pairs = {(p.node, p.peer_node) for p in remote}
    cut = len(pairs - reached)
    sent_probes = scene.inside(*AT_THE_INGRESS)
    failed = sum(not inside.accepted(p) for p in sent_probes)
    if not failed or cut < PAIRS or cut < NEARLY_ALL * len(pairs):
        return None
    share = of(failed, len(sent_probes))
    return f"{share} internal probes could not connect to the ingress's NodePort"


def users_cut_off(scene: Scene) -> tuple[str, str] | None:
    """Return that the balancer's connections fail on the way to a pod; None: not shown.

    A NodePort forwards them to pods on other nodes. Every target is unhealthy because
    of it, or the load balancer's connection attempts fail.
    """
    cut = nodeports_cut_off(scene)
    own = answers.own_response.maybe(scene)
    if cut is None or own is None or balancer.service.maybe(scene) is None:
        return None
    lost = balancer.all_unhealthy(scene) or shares.tried_to_connect(scene)
    return (cut, own) if lost else None


def one_node(scene: Scene) -> bool:
    """Return whether the cluster has a single node, so no other node can probe it."""
    nodes = scene.cluster.nodes if scene.cluster else None
    return nodes is not None and len(nodes) == 1


def cross_node_role(scene: Scene) -> Role:
    """Return the role of ingress probes between nodes; on one node, its own."""
    across = ingress.probes(scene, Role.INGRESS_OTHER) or not one_node(scene)
    return Role.INGRESS_OTHER if across else Role.INGRESS


def across_text(scene: Scene, to: int) -> str:
    """Return e.g. `the ingress responded to 5 of 5 probes between nodes on port 80`."""
    role = cross_node_role(scene)
    count, answered_probes = (
        len(ingress.probes(scene, role)),
        ingress.answered(scene, to, role),
    )
    waiting = [p for p in ingress.probes(scene, role, port=to) if inside.waited(p)]
    if waiting and not answered_probes:
        share = of(len(waiting), count)
        return f"{share} probes between nodes connected to port {to} and then waited"
    share = of(len(answered_probes), count)
    return f"the ingress responded to {share} probes between nodes on port {to}"


@reading
def connected_across(scene: Scene, to: int) -> str:
    """Return that all probes between nodes could connect to the ingress on the port.

    A request that waits for a pod shows that as well as a response.
    """
    role = cross_node_role(scene)
    sent_probes, on_port = (
        ingress.probes(scene, role),
        ingress.probes(scene, role, port=to),
    )
    answered_probes = [p for p in on_port if p.status_code or inside.waited(p)]
    if sibling := _sibling(scene, to, role):
        return sibling
    if not sent_probes or len(sent_probes) > len(answered_probes):
        got = (
            f"{of(len(answered_probes), len(sent_probes))} probes between nodes on port"
            f" {to} got a response"
            if sent_probes
            else f"no probe between nodes ({inside.why_not_probed(scene)})"
        )
        raise Missing(f"whether something blocks only the load balancer, because {got}")
    return across_text(scene, to)


def _sibling(scene: Scene, to: int, role: Role) -> str | None:
    """Return that the ingress responds to all probes on its other NodePort; else None.

    Agents probe one NodePort of the ingress: the one for http if its Ingress ends no
    TLS, while a load balancer that passes TLS on uses the other. kube-proxy opens both
    on every node. A port without an endpoint would be refused, so each health check of
    `to` must time out.
    """
    sent_probes = ingress.probes(scene, role)
    if any(p.peer_port == to for p in sent_probes) or not sent_probes:
        return None
    service = balancer.service.maybe(scene)
    timed_out = check_content.failure_reasons(scene) == {"layer4_timeout"}
    every = check_content.every_target_has_a_reason(scene)
    if service is None or service.health_check.port != to or not (timed_out and every):
        return None
    own = inside.ingress_node_ports.maybe(scene) or ()
    if to not in own or not all(
        p.peer_port in own and p.status_code is not None for p in sent_probes
    ):
        return None
    share = of(len(sent_probes), len(sent_probes))
    ports = ", ".join(sorted({str(p.peer_port) for p in sent_probes}))
    return (
        f"the ingress responded to {share} probes between nodes on its other NodePort"
        f" {ports}"
    )


def closed_to_other_nodes(scene: Scene, to: int) -> str | None:
    """Return that only a node itself can connect to its port; None: not shown.

    Neither the load balancer nor other nodes can, although nodes reach each other's
    pods.
    """
    others = ingress.probes(scene, Role.INGRESS_OTHER)
    remote = pods.from_other_nodes(scene)
    if len(others) < PAIRS or any(map(inside.accepted, others)):
        return None
    if not remote or not all(map(inside.accepted, remote)):
        return None
    own = scene.inside(Role.INGRESS)
    if len(ingress.answered(scene, to, Role.INGRESS)) < max(1, len(own)):
        return None
    out = balancer.all_unhealthy(scene)
    if not out or check_content.failure_reasons(scene) - check_content.NO_CONNECTION:
        return None
    share = f"{of(len(others), len(others))} probes from other nodes"
    return f"each node responds to itself on port {to}, but {share} cannot connect"
