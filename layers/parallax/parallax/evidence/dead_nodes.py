"""Dead nodes: nodes that report nothing, and that no other node reaches.

In: a scene. Out: such nodes, and the probes that they did not accept.
It does not: conclude. One source is not enough: an agent can stop by itself, a node
with a broken network of pods still responds at its own address, and an API server that
was cut off reports nodes as not ready that work.
"""

from parallax.evidence import between_nodes, inside, nodes
from parallax.evidence.balancer import health
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthStatus
from parallax.model.cluster import Node
from parallax.model.probe import Probe, Role

SOURCES = 2
"""Nodes that must fail to reach it, if the cluster still reports it as ready."""
_AT_THE_NODE = (Role.INGRESS_OTHER, Role.NODEPORT_OTHER)
"""Probes of a node's own address: no network of pods is involved."""


@reading
def dead(scene: Scene) -> tuple[Node, ...]:
    """Return the nodes that report nothing and that no other node reaches."""
    return tuple(n for n in nodes.all_nodes(scene) if _is_dead(scene, n))


@reading
def doubtful(scene: Scene) -> tuple[Node, ...]:
    """Return the nodes that neither report nor are shown to respond."""
    return tuple(n for n in nodes.all_nodes(scene) if not _responds(scene, n))


@reading
def probes_of(scene: Scene, name: str) -> tuple[Probe, ...]:
    """Return the probes that other nodes sent to a node or to pods on it."""
    return tuple(p for p in scene.inside(*Role) if p.peer_node == name != p.node)


def _responds(scene: Scene, node: Node) -> bool:
    if not nodes.is_silent(scene, node.name):
        return True
    return any(map(inside.accepted, probes_of(scene, node.name)))


def _is_dead(scene: Scene, node: Node) -> bool:
    """Return whether silence, probes, and a third witness agree."""
    sent = probes_of(scene, node.name)
    if _responds(scene, node) or not sent:
        return False
    if not node.ready:
        return True
    sources = {str(p.node) for p in sent}
    apart = all(_reaches_others(scene, source, node.name) for source in sources)
    return len(sources) >= SOURCES and apart and _witnessed(scene, node, sent)


def _reaches_others(scene: Scene, source: str, dead_node: str) -> bool:
    """Return whether a node that cannot reach one node reaches another."""
    return any(
        p.node == source and p.peer_node not in {None, source, dead_node}
        for p in scene.inside(*Role)
        if inside.accepted(p)
    )


def _witnessed(scene: Scene, node: Node, sent: tuple[Probe, ...]) -> bool:
    """Return whether the node fails at its own address too."""
    if any(
        p.role in _AT_THE_NODE or not between_nodes.has_own_address(scene, p)
        for p in sent
    ):
        return True
    found = ((nodes.target_node(scene, t), status) for t, status in health(scene))
    return any(
        status is HealthStatus.UNHEALTHY and at is not None and at.name == node.name
        for at, status in found
    )
