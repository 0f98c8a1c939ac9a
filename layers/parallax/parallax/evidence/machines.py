"""Machines: which node a load balancer's target is, and which targets can serve.

In: a scene. Out: nodes and targets. It does not: conclude. A target that matches no
node, by address, provider id (`hcloud://10001`) or name, is left open.
Where the ingress's pods listen on their own nodes (hostPort, hostNetwork), a node
without such a pod refuses each connection. So its failed health check is not a fault,
and says nothing about the nodes with one.
"""

from parallax.evidence import on_the_nodes
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerTarget, HealthStatus
from parallax.model.cluster import Node

MACHINE = "hcloud://"
"""Prefix of hcloud-cloud-controller-manager's provider ids (`spec.providerID`)."""

type WithHealth = tuple[tuple[BalancerTarget, HealthStatus], ...]


def target_node(scene: Scene, target: BalancerTarget) -> Node | None:
    """Return the node that a target is; None: no node of the reading matches."""
    machine = f"{MACHINE}{target.server_id}" if target.server_id is not None else None
    index = _by_sign(scene)
    signs = (("machine", machine), ("ip", target.ip), ("name", target.server_name))
    places = [index[sign] for sign in signs if sign[1] is not None and sign in index]
    return known_nodes(scene)[min(places)] if places else None


@reading
def _by_sign(scene: Scene) -> dict[tuple[str, str | None], int]:
    """Return the position of the first node with each id, address and name."""
    found: dict[tuple[str, str | None], int] = {}
    for place, node in enumerate(known_nodes(scene)):
        for sign in (
            ("machine", node.provider_id),
            ("ip", node.internal_ip),
            ("ip", node.external_ip),
            ("name", node.name),
        ):
            found.setdefault(sign, place)
    return found


def known_nodes(scene: Scene) -> tuple[Node, ...]:
    """Return the nodes that were read."""
    return (scene.cluster.nodes if scene.cluster else None) or ()


def fully_read(scene: Scene, *names: str) -> bool:
    """Return whether the cluster's reading has all entries of these fields."""
    cluster = scene.cluster
    return cluster is not None and not set(names) & set(cluster.partial)


@reading
def ingress_nodes(scene: Scene) -> frozenset[str] | None:
    """Return the nodes with a ready ingress pod; None: not determined."""
    cluster = scene.cluster
    if cluster is None or not fully_read(scene, "ingress_endpoints", "ingress_pods"):
        return None
    if cluster.ingress_endpoints is not None:
        found = [e.node for e in cluster.ingress_endpoints if e.ready]
    elif cluster.ingress_pods is not None:
        found = [p.node for p in cluster.ingress_pods if p.ready]
    else:
        return None
    named = [node for node in found if node is not None]
    return frozenset(named) if len(named) == len(found) else None


def able(scene: Scene, every: WithHealth) -> WithHealth:
    """Return those of the targets that can serve; all, if none is known to."""
    at = ingress_nodes(scene) if pods_listen(scene) else None
    if not at:
        return every
    found = ((pair, target_node(scene, pair[0])) for pair in every)
    kept = tuple(pair for pair, node in found if node is None or node.name in at)
    return kept or every


def pods_listen(scene: Scene) -> bool:
    """Return whether the ingress's own pods listen on ports of their nodes."""
    service = scene.cluster.ingress_service if scene.cluster else None
    if service is None or service.type == on_the_nodes.LOAD_BALANCER:
        return False  # k3s's ServiceLB forwards to pods of other nodes
    return on_the_nodes.has_some(service)
