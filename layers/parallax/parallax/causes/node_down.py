"""A node is down, and requests still go to its pods.

Meaning: a node has stopped, hangs, or is cut off from the network. Its pods stay
endpoints until Kubernetes marks the node NotReady (40 to 50 seconds after its last
sign of life) or longer. Until then the ingress and kube-proxy send requests to pods
that nobody reaches.

Impact: the share of requests that goes to the node's pods fails with the ingress's own
504 or 502, after a delay. If the node runs an ingress pod, NodePorts of other nodes
forward to it too, and users get the load balancer's slow 503.

Diagnosis: the node's agent reports nothing since the failure began, and no probe of
another node to it or to its pods gets a connection. In addition, the cluster reports
the node as not ready. Or the nodes that cannot reach it reach other nodes, and it fails
at its own address too: its NodePort, or the load balancer's health check. The ingress
log shows failing requests at pods on this node, and at no others.

Neighbors: with `overlay-between-nodes-broken` the nodes report, and a pod responds to
its own node. With `kube-proxy-dead-on-node` the node reports and its pods respond.
`lb-some-targets-unhealthy` names a target that the load balancer cannot use;
requests to it end there.

Mitigation: start or reset the server. If it stays down, take its pods out of the
Services: taint the node as out of service.

Source: Kubernetes documentation, node heartbeats, taint-based evictions and
non-graceful node shutdown; kubernetes issues 55713 and 98511; k3s issue 1264.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import (
    answers,
    balancer,
    between_nodes,
    dead_nodes,
    logs,
    nodes,
    pods,
    shares,
    upstream,
    users,
)
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of, since_text
from parallax.model.cluster import Node, Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "node-down"
NAMED = 3
"""Most nodes to name."""


def assess(scene: Scene) -> Assessment:
    """Check whether requests go to a node that nobody reaches."""
    users.failed(scene)
    every, found = nodes.all_nodes(scene), dead_nodes.dead(scene)
    if not found:
        return _none_is_dead(scene, every)
    if len(found) == len(every):
        raise Missing("a node that reports")
    states = tuple(_state(scene, node) for node in found)
    with evidence_so_far(*states):
        return supported(ID, *states, *_users_meet_it(scene, found))


def _none_is_dead(scene: Scene, nodes_read: tuple[Node, ...]) -> Assessment:
    """Return a refutation if every node is shown to respond."""
    if not nodes.fully_read(scene, "nodes"):
        raise Missing("the list of all nodes")
    left = dead_nodes.doubtful(scene)
    if not left:
        if len(nodes_read) == 1:
            return refuted(ID, "the only node reports")
        return refuted(
            ID, f"all {len(nodes_read)} nodes report or respond to other nodes"
        )
    raise Missing(f"whether {_listed(left)} respond{'s' if len(left) == 1 else ''}")


def _listed(found: tuple[Node, ...]) -> str:
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{', '.join(n.name for n in found[:NAMED])}{more}"


def _state(scene: Scene, node: Node) -> str:
    """Return what is seen of one dead node."""
    sent = dead_nodes.probes_of(scene, node.name)
    lost = f"{of(0, len(sent))} probes of other nodes to it or its pods connected"
    ready = (
        f"Kubernetes still shows node {node.name} as ready, but"
        if node.ready
        else f"node {node.name} is not ready,"
    )
    return (
        f"{ready} its agent has sent nothing {since_text(scene)}, and {lost}"
        f" ({between_nodes.errors(sent)})"
    )


def _users_meet_it(scene: Scene, found: tuple[Node, ...]) -> tuple[str, ...]:
    """Return the proof that failing requests went to a dead node."""
    names = {n.name for n in found}
    lines = [line for line in upstream.unanswered(scene) if line.upstream_address]
    if lines:
        return _by_the_log(scene, lines, names)
    return _by_the_balancer(scene, names) or (_by_endpoints(scene, names),)


def _by_the_balancer(scene: Scene, names: set[str]) -> tuple[str, str] | None:
    """Return that NodePorts forward to an ingress pod on a dead node; None: not shown.

    If every ingress pod is there, no target is healthy. Otherwise a share fails.
    """
    homes = nodes.ingress_nodes(scene) or frozenset[str]()
    there, own = sorted(names & homes), answers.own_response.maybe(scene)
    if not there or nodes.is_local(scene) or own is None:
        return None
    where = ", ".join(there[:NAMED])
    if homes <= names and balancer.all_unhealthy(scene):
        return f"every ready ingress pod is on {where}", own
    if not shares.tried_to_connect(scene):
        return None
    shares.failing_share(scene)
    return f"an ingress pod on {where} is still an endpoint", shares.text(scene)


def _by_the_log(
    scene: Scene, lines: list[Sighting], names: set[str]
) -> tuple[str, ...]:
    """Return the proof by log lines: all requests without a response went there."""
    elsewhere = [
        line
        for line in lines
        if logs.node_of(scene, line.upstream_address) not in names
    ]
    if elsewhere:
        who = elsewhere[0].upstream_address
        raise Missing(f"the reason why {who} did not respond either")
    count = of(len(lines), len(lines))
    last = upstream.line_text(scene, lines[0])
    where = "went to pods on that node"
    shown = f"ingress log: {count} requests without a response {where}; e.g. {last}"
    if also := _at_the_balancer_too(scene, lines, names):
        return shown, also
    upstream.ends_without_a_response(scene)
    return (shown,)


def _at_the_balancer_too(
    scene: Scene, lines: list[Sighting], names: set[str]
) -> str | None:
    """Return that all other failing requests were forwarded to an ingress pod there."""
    homes = nodes.ingress_nodes(scene) or frozenset[str]()
    if not names & homes or nodes.is_local(scene) or not shares.tried_to_connect(scene):
        return None
    failed = {p.request_id for p in users.failed(scene)}
    ended = {p.request_id for p in shares.ended_at_balancer(scene)}
    if failed - ended - {line.request_id for line in lines}:
        return None
    where = ", ".join(sorted(names & homes)[:NAMED])
    return f"an ingress pod on {where} is still an endpoint; {shares.text(scene)}"


def _by_endpoints(scene: Scene, names: set[str]) -> str:
    """Return the proof without a log: only pods of dead nodes do not connect."""
    there = [e for e in pods.known_endpoints(scene) if e.ready and e.node in names]
    if not there:
        raise Missing(
            "proof that requests go to the node (no ready pod of it is known)"
        )
    lost = {str(p.peer_node) for p in between_nodes.not_connected(scene)}
    if others := sorted(lost - names):
        raise Missing(f"the reason why pods on {others[0]} are not reached either")
    if not all(p.healthy for p in pods.from_own_node(scene)):
        raise Missing("the reason why a pod on another node fails too")
    own = upstream.ends_without_a_response(scene)
    share = of(len(there), pods.ready(pods.known_endpoints(scene)))
    return f"{share} ready endpoints of the Service are on it; {own}"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see the node's state, restart it, and move its pods."""
    name = quote(dead_nodes.dead(scene)[0].name)
    state = NextStep(
        text=f"Read the conditions of {name}, the time of their last change, and its"
        " events.",
        command=f"kubectl describe node {name}",
    )
    server = NextStep(
        text="Check whether the server runs (status), and open its console in Hetzner's"
        " Cloud Console. If it hangs, reset it: `hcloud server reset"
        f" {name}`.",
        command=f"hcloud server describe {name}",
    )
    taint = f"kubectl taint nodes {name}"
    taint += " node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"
    move = NextStep(
        text="Only if the server is off and stays off: mark the node as out of service."
        " Kubernetes then removes its pods from the Services and starts them elsewhere."
        " Undo it after the repair.",
        command=taint,
        undo=f"{taint}-",
    )
    return state, server, move


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.NODE,
    title="A node is down, and requests still go to its pods",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-some-targets-unhealthy",),
)
