"""Between nodes: on which ways pods do not respond, and what else shows of those ways.

In: a scene. Out: ways, each from a probing node to the node of a pod.
It does not: conclude.
A pod counts as cut off only if its own node gets a response from the same pod. Other
pods prove nothing about it: nobody may have probed it on its own node.
"""

from collections import Counter
from typing import NamedTuple

from parallax.evidence import inside, nodes, pods
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.probe import ErrorType, Probe, Role

POD_ADDRESSES = (Role.POD, Role.INGRESS_POD)
"""Probes of a pod's own address; every other probe goes to an address of a node."""


DNS_PORT = 53
"""The port of cluster DNS."""


class Way(NamedTuple):
    """From one node to another."""

    source: str
    to: str


def way(probe: Probe) -> Way:
    """Return from where to where a probe went."""
    return Way(str(probe.node), str(probe.peer_node))


@reading
def not_connected(scene: Scene) -> tuple[Probe, ...]:
    """Return the probes of pods on other nodes that got no connection."""
    return tuple(p for p in pods.from_other_nodes(scene) if not inside.accepted(p))


@reading
def cut(scene: Scene) -> tuple[Probe, ...]:
    """Return those of them whose pod responds successfully to its own node."""
    well = _well_at_home(scene)
    return tuple(p for p in not_connected(scene) if _place(p) in well)


@reading
def stalled(scene: Scene) -> tuple[Probe, ...]:
    """Return the probes that connected to a pod on another node and got no response.

    At most a part of one arrived. The pod responds successfully to its own node.
    """
    well = _well_at_home(scene)
    return tuple(
        p
        for p in pods.from_other_nodes(scene)
        if inside.accepted(p) and p.error_type is not None and _place(p) in well
    )


@reading
def _well_at_home(scene: Scene) -> frozenset[tuple[str | None, int | None]]:
    return frozenset(_place(p) for p in pods.from_own_node(scene) if p.healthy)


def _place(probe: Probe) -> tuple[str | None, int | None]:
    return probe.peer_address, probe.peer_port


def ways(probes: tuple[Probe, ...]) -> list[Way]:
    """Return the ways of probes, sorted, each once."""
    return sorted({way(p) for p in probes})


def text(found: list[Way]) -> str:
    """Return e.g. `worker-01 to worker-02 and 4 more pairs`."""
    rest = len(found) - 1
    more = f" and {rest} more pair{'s' if rest > 1 else ''}" if rest else ""
    return f"{found[0].source} to {found[0].to}{more}"


def errors(probes: tuple[Probe, ...]) -> str:
    """Return why probes got no connection, the most frequent reason first."""
    found = Counter(str(p.error_type or ErrorType.OTHER) for p in probes).most_common()
    return ", ".join(error.replace("_", " ") for error, _ in found)


@reading
def node_addresses(scene: Scene) -> frozenset[str]:
    """Return the addresses of the cluster's nodes; empty where not read."""
    found = (scene.cluster.nodes if scene.cluster else None) or ()
    every = (address for n in found for address in (n.internal_ip, n.external_ip))
    return frozenset(a for a in every if a)


def has_own_address(scene: Scene, probe: Probe) -> bool:
    """Return whether a pod has an address of its own, not its node's (hostNetwork).

    False if it is not known, because the nodes were not read.
    """
    known = node_addresses(scene)
    return bool(known) and probe.peer_address not in known


@reading
def of_other_pods(scene: Scene) -> tuple[Probe, ...]:
    """Return the probes of other apps' pods over the network of pods, across nodes.

    A pod with hostNetwork has its node's address, so that network is not used. An
    ingress that users do not pass shows the network as well, and so do pods of the
    cluster's own. Only cluster DNS is open to every node: another pod that does not
    respond may have a policy of its own.
    """
    ingress = scene.inside(Role.INGRESS_POD) or scene.unrelated_pods
    own = scene.inside(Role.OTHER_POD)
    shown = (p for p in own if inside.accepted(p) or p.peer_port == DNS_PORT)
    found = (*ingress, *shown)
    across = (p for p in found if p.peer_node and p.node != p.peer_node)
    return tuple(p for p in across if has_own_address(scene, p))


@reading
def carrying(scene: Scene) -> frozenset[Way]:
    """Return the ways on which any pod with an address of its own accepts connections.

    The network of pods works there, whatever a single pod does.
    """
    own = (p for p in pods.from_other_nodes(scene) if has_own_address(scene, p))
    every = (*own, *of_other_pods(scene))
    return frozenset(way(p) for p in every if inside.accepted(p))


def common_node(scene: Scene, found: list[Way]) -> str | None:
    """Return the one node at an end of every way; None: no single node is.

    If two nodes reach no pod of each other, neither is distinguished, unless ways to
    other nodes work.
    """
    shared = set[str](found[0] if found else ()).intersection(*found)
    mutual = len(shared) > 1 and len(found) > 1
    others = (p for p in pods.from_other_nodes(scene) if inside.accepted(p))
    if not shared or (mutual and not any(others)):
        return None
    return found[0].to if found[0].to in shared else min(shared)


def of_one_app(scene: Scene) -> bool:
    """Return whether only pods of one app were probed over the network of pods."""
    own = any(has_own_address(scene, p) for p in cut(scene))
    return own and not of_other_pods(scene)


def not_probed_at_home(scene: Scene) -> str:
    """Return the words for unreachable pods that nobody probed on their own nodes."""
    to = sorted({str(p.peer_node) for p in not_connected(scene)})
    silent = [name for name in to if nodes.is_silent(scene, name)]
    why = f" (the agent on {', '.join(silent[:3])} does not report)" if silent else ""
    return f"a probe of the unreachable pods from their own nodes{why}"
