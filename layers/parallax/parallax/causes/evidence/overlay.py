"""Overlay: whether nodes get to each other's pods, and to the ingress that way.

In: a snapshot. Out: the words for a way that is cut; None: not shown.
It does not: conclude. A NodePort under policy Cluster leads to any ingress pod, by the
overlay if that runs on another node: then a broken overlay is met at the NodePort.
"""

from parallax.causes.evidence.inside import (
    AT_THE_INGRESS,
    accepted,
    pods_at_home,
    pods_from_afar,
)
from parallax.causes.evidence.nodes import is_local
from parallax.causes.evidence.outside import of
from parallax.evidence.scene import Scene

PAIRS = 2
"""Pairs of nodes that must fail: one may be a pod that moves."""
NEARLY_ALL = 0.9
"""Share of the pairs: one node that is down cuts off fewer."""


def nodeports_cut(scene: Scene) -> str | None:
    """Say that pods and the ingress's NodePort are cut off alike; None: not shown.

    Pods that accept at home are cut off from other nodes, nearly all pairs; and some
    NodePorts give no connection, which kube-proxy passes on to pods elsewhere.
    """
    if is_local(scene):
        return None
    home = {p.peer_node for p in pods_at_home(scene) if accepted(p)}
    afar = [p for p in pods_from_afar(scene) if p.peer_node in home]
    met = {(p.node, p.peer_node) for p in afar if accepted(p)}
    pairs = {(p.node, p.peer_node) for p in afar}
    cut = len(pairs - met)
    asked = scene.inside(*AT_THE_INGRESS)
    mute = sum(not accepted(p) for p in asked)
    if not mute or cut < PAIRS or cut < NEARLY_ALL * len(pairs):
        return None
    share = of(mute, len(asked))
    return f"inside, {share} probes of the ingress's NodePort got no connection"
