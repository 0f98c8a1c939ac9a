"""Nodes: which of the load balancer's targets are nodes, and where ingress pods run.

In: a scene. Out: the load balancer's targets, matched with the cluster's nodes by
address, provider id (`hcloud://10001`) or name. It does not: conclude. A target that
can be neither matched nor excluded is left open.
"""

from ipaddress import ip_address, ip_network

from parallax.evidence import balancer, inside
from parallax.evidence.machines import (
    MACHINE,
    fully_read,
    ingress_nodes,
    known_nodes,
    target_node,
)
from parallax.evidence.reading import Hidden, Missing, need, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerTarget
from parallax.model.cluster import Node
from parallax.model.freshness import is_not_before
from parallax.model.probe import Role

PRIVATE = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "fc00::/7",
        ),
    )
)
"""RFC 1918, RFC 6598 and RFC 4193."""
LOCAL = "Local"
"""The traffic policy under which only nodes with an ingress pod respond."""


@reading
def all_nodes(scene: Scene) -> tuple[Node, ...]:
    """Return the cluster's nodes."""
    if scene.cluster is None:
        raise Missing(f"the cluster's nodes ({inside.why_no_reports(scene)})")
    return need(known_nodes(scene), "the cluster's nodes (no agent reported them)")


@reading
def targets(scene: Scene) -> tuple[BalancerTarget, ...]:
    """Return the load balancer's targets, with label selectors resolved."""
    balancer = scene.load_balancer
    return tuple(balancer.leaves()) if balancer else ()


def some_targets(scene: Scene) -> None:
    """Raise `Hidden` if there is no target: what it could reach is not visible."""
    if scene.load_balancer is not None and not targets(scene):
        raise Hidden("a target", evidence=(f"{balancer.name(scene)} has no targets",))


@reading
def foreign_targets(scene: Scene) -> tuple[BalancerTarget, ...]:
    """Return the targets that are certainly not nodes of the cluster."""
    return tuple(t for t in targets(scene) if _is_foreign(scene, t))


def _is_foreign(scene: Scene, target: BalancerTarget) -> bool:
    """Return whether every node differs in a field that both sides have."""
    nodes = known_nodes(scene) if fully_read(scene, "nodes") else ()
    if not nodes or target_node(scene, target) is not None:
        return False
    if target.server_id is not None and all(_machine(n) for n in nodes):
        return True
    return target.ip is not None and _no_nodes_address(nodes, target, target.ip)


def _no_nodes_address(
    nodes: tuple[Node, ...], target: BalancerTarget, address: str
) -> bool:
    """Return whether the address proves that the target is not a node.

    A server may have another address in another private network. There the address
    proves something only in the nodes' own /24, or if no node has the server's name
    either. A target by address is comparable only if both are private or both public.
    """
    if not target.use_private_ip and target.type != "ip":
        return all(n.external_ip for n in nodes)
    inner = [n.internal_ip for n in nodes if n.internal_ip]
    if len(inner) < len(nodes):
        return False
    if target.type == "ip":
        return all(_is_private(own) is _is_private(address) for own in inner)
    near = {own.rpartition(".")[0] for own in inner}
    return target.server_name is not None or address.rpartition(".")[0] in near


def _is_private(address: str) -> bool:
    """Return whether an address is private; documentation addresses are not.

    A text that is not an address is not private: an agent may report any.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in PRIVATE)


def _machine(node: Node) -> bool:
    return (node.provider_id or "").startswith(MACHINE)


def is_local(scene: Scene) -> bool:
    """Return whether nodes without an ingress pod drop external connections."""
    ingress = scene.cluster.ingress_service if scene.cluster else None
    return ingress is not None and ingress.external_traffic_policy == LOCAL


@reading
def by_ingress_pod(
    scene: Scene,
) -> tuple[tuple[BalancerTarget, ...], tuple[BalancerTarget, ...]]:
    """Return the targets with a ready ingress pod, and those without."""
    at, found = ingress_nodes(scene), targets(scene)
    matched = [(t, target_node(scene, t)) for t in found]
    if at is None or not found or any(node is None for _, node in matched):
        balancer.service(scene)  # raises its own reason if it is missing
        raise Missing("the targets that run an ingress pod (policy Local)")
    having = tuple(t for t, node in matched if node and node.name in at)
    return having, tuple(t for t, node in matched if not node or node.name not in at)


@reading
def no_target_serves(scene: Scene) -> str | None:
    """Return that no target can reach the ingress, by configuration; else None."""
    found, foreign = targets(scene), foreign_targets(scene)
    if found and len(foreign) == len(found):
        names = ", ".join(t.label for t in foreign[:3])
        share = of(len(foreign), len(found))
        return f"{share} targets are not nodes of the cluster ({names})"
    split_targets = by_ingress_pod.maybe(scene) if is_local(scene) else None
    at = ingress_nodes(scene)
    if split_targets is None or split_targets[0] or not at:
        return None
    where, listed = ", ".join(sorted(at)[:3]), ", ".join(t.label for t in found[:3])
    return (
        f"the traffic policy is Local, and none of {len(found)} targets ({listed})"
        f" runs an ingress pod; the pods run on {where}"
    )


@reading
def _reporting(scene: Scene) -> frozenset[str]:
    """Return the nodes whose agents measured or reported since the failure began.

    In a large cluster most agents only send heartbeats.
    """
    since = scene.failing_since
    live = (r.node for r in scene.live_reports if is_not_before(r.arrived_at, since))
    return frozenset(live).union(p.node for p in scene.inside(*Role) if p.node)


def is_silent(scene: Scene, name: str) -> bool:
    """Return whether a node's agent has reported nothing since the failure began."""
    return name not in _reporting(scene)
