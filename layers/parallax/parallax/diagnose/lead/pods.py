"""Pods: what the probes of pods between nodes show.

In: a scene. Out: an observation, or None. It does not: name a cause. Unreachable pods
are more telling than the page that users get: the page is a consequence.
"""

from shlex import quote

from parallax.diagnose.lead.observation import Observation
from parallax.evidence import between_nodes, inside, overlay, pods
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Hop, NextStep
from parallax.model.probe import Probe


def unreachable(scene: Scene) -> Observation | None:
    """Observe that other nodes cannot connect to pods."""
    lost = _lost(scene)
    found = between_nodes.ways(lost)
    if len(found) < overlay.PAIRS:
        return None
    count = of(len(lost), len(pods.from_other_nodes(scene)))
    text = f"{count} probes of pods on other nodes could not connect"
    text = f"{text} ({between_nodes.errors(lost)}): {between_nodes.text(found)}"
    cut = between_nodes.cut(scene)
    if len(cut) < len(lost):
        text = f"{text}; missing: {between_nodes.not_probed_at_home(scene)}"
        hops = frozenset({Hop.NODE, Hop.OVERLAY})
        return Observation(text=text, hops=hops, step=_nodes(lost))
    return Observation(
        text=text,
        excludes="These pods respond to their own nodes, so the app is not at fault.",
        hops=frozenset({Hop.OVERLAY}),
        step=_policies(scene),
    )


def _lost(scene: Scene) -> tuple[Probe, ...]:
    """Return the probes between nodes that got no connection.

    A pod that its own node cannot connect to either says nothing about the network.
    """
    local = pods.from_own_node(scene)
    bad = {p.peer_address for p in local if not inside.accepted(p)}
    found = between_nodes.not_connected(scene)
    return tuple(p for p in found if p.peer_address not in bad)


def _policies(scene: Scene) -> NextStep:
    """Return how to tell a NetworkPolicy from a broken network."""
    one = between_nodes.cut(scene)[0]
    if not between_nodes.has_own_address(scene, one):
        return _nodes(between_nodes.cut(scene))
    namespace = pods.service_name(scene).partition("/")[0]
    return NextStep(
        text="Check whether a NetworkPolicy selects the app's pods and does not allow"
        " the ingress. If one does, it is the cause. If none does, the network between"
        " nodes is the cause. To confirm that, send a request from"
        f" {one.node} to a pod of another app on {one.peer_node}.",
        command=f"kubectl -n {quote(namespace)} describe networkpolicy",
    )


def _nodes(lost: tuple[Probe, ...]) -> NextStep:
    """Return how to see whether a node is down."""
    node = lost[0].peer_node
    return NextStep(
        text=f"Check whether {node} is Ready, and since when. If it is, connect from"
        " another node to a port of the node itself, then to the pod.",
        command=f"kubectl describe node {quote(str(node))}",
    )
