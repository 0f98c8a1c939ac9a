"""Overlay: what nodes get from each other, at pods and at the ingress's NodePort.

In: a scene, the port that the balancer sends to. Out: whether a way is cut or whether
nodes are answered, in words. It does not: conclude.
A NodePort under policy Cluster leads to any ingress pod, by the overlay if that runs on
another node: then a broken overlay is met at the NodePort. NodePorts that policy Local
shuts by design count on neither side (`ingress.probes`).
"""

from parallax.evidence import balancer, check_content, ingress, inside, nodes, pods
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.probe import Role

PAIRS = 2
"""Pairs of nodes that must fail: one may be a pod that moves."""
NEARLY_ALL = 0.9
"""Share of the pairs: one node that is down cuts off fewer."""


def nodeports_cut_off(scene: Scene) -> str | None:
    """Say that pods and the ingress's NodePort are cut off alike; None: not shown.

    Pods that accept at home are cut off from other nodes, nearly all pairs; and some
    NodePorts give no connection, which kube-proxy passes on to pods elsewhere.
    """
    if nodes.is_local(scene):
        return None
    home = {p.peer_node for p in pods.from_own_node(scene) if inside.accepted(p)}
    afar = [p for p in pods.from_other_nodes(scene) if p.peer_node in home]
    met = {(p.node, p.peer_node) for p in afar if inside.accepted(p)}
    pairs = {(p.node, p.peer_node) for p in afar}
    cut = len(pairs - met)
    asked = scene.inside(*inside.INGRESS_ROLES)
    mute = sum(not inside.accepted(p) for p in asked)
    if not mute or cut < PAIRS or cut < NEARLY_ALL * len(pairs):
        return None
    share = of(mute, len(asked))
    return f"inside, {share} probes of the ingress's NodePort got no connection"


def one_node(scene: Scene) -> bool:
    """Say whether the cluster has no other node that could ask."""
    nodes = scene.cluster.nodes if scene.cluster else None
    return nodes is not None and len(nodes) == 1


def asking_across(scene: Scene) -> Role:
    """Return which probes of the ingress came from another node, if there is one."""
    across = ingress.probes(scene, Role.INGRESS_OTHER) or not one_node(scene)
    return Role.INGRESS_OTHER if across else Role.INGRESS


def across_text(scene: Scene, to: int) -> str:
    """Return e.g. `inside, 5 of 5 probes from node to node at :31695 were answered`."""
    role = asking_across(scene)
    share = of(len(ingress.answered(scene, to, role)), len(ingress.probes(scene, role)))
    return f"inside, {share} probes from node to node at :{to} were answered"


@reading
def answered_across(scene: Scene, to: int) -> str:
    """Say that nodes all answer each other at the port."""
    role = asking_across(scene)
    asked, well = ingress.probes(scene, role), ingress.answered(scene, to, role)
    if not asked or len(asked) > len(well):
        told = of(len(well), len(asked)) if asked else inside.why_no_reports(scene)
        raise Missing(f"that nodes answer each other at :{to} ({told})")
    return across_text(scene, to)


def closed_to_other_nodes(scene: Scene, to: int) -> str | None:
    """Say that each node answers itself at the port, and nobody else gets in; None.

    Neither balancer nor other nodes, which get to each other's pods all the same.
    """
    others = ingress.probes(scene, Role.INGRESS_OTHER)
    afar = pods.from_other_nodes(scene)
    if len(others) < PAIRS or any(map(inside.accepted, others)):
        return None
    if not afar or not all(map(inside.accepted, afar)):
        return None
    own = scene.inside(Role.INGRESS)
    if len(ingress.answered(scene, to, Role.INGRESS)) < max(1, len(own)):
        return None
    out = balancer.all_unhealthy(scene)
    if not out or check_content.failure_reasons(scene) - check_content.NO_CONNECTION:
        return None
    share = f"{of(len(others), len(others))} probes from other nodes"
    return f"each node answers itself at :{to}, and {share} get no connection there"
