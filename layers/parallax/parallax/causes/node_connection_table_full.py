"""A node cannot track more connections.

Meaning: Linux tracks each connection in a table (conntrack), also those that kube-proxy
forwards. The table of a node is full. The kernel drops the first packet of each new
connection and logs "nf_conntrack: table full, dropping packet". Open connections work.

Impact: a share of new connections to the node, from it and through it times out. The
load balancer responds with its slow 503, or the ingress with 504. With many nodes only
a share of the requests fails.

Diagnosis: the node's agent reports a table that is at least 95 % full. Internal probes
to or from this node time out before a connection, and probes between other nodes do
not. The load balancer sends requests to this node and fails to connect, or the ingress
log shows that a pod on it did not respond.

Neighbors: with `node-down` nothing on the node responds. With
`node-firewall-blocks-load-balancer` other nodes connect each time. With
`kube-proxy-dead-on-node` pods on the node accept connections. An agent of an earlier
version reports no table; then this cause stays undetermined.

Mitigation: raise the limit on the node. Then find what opens so many connections:
a scanner, an app without a connection pool, or DNS queries.

Source: Linux, nf_conntrack-sysctl; kube-proxy's option `--conntrack-max-per-core`;
kubernetes issues 32551 and 56903.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import (
    answers,
    balancer,
    between_nodes,
    connection_tables,
    logs,
    nodes,
    shares,
    upstream,
    users,
)
from parallax.evidence.reading import Missing, evidence_so_far, proven
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import HealthStatus
from parallax.model.cluster import NodeReport
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "node-connection-table-full"
ENOUGH = 2
"""Probes that must time out: one may be lost for any reason."""
RAISED = 2
"""By what the suggested command multiplies the limit."""


def assess(scene: Scene) -> Assessment:
    """Check whether a node's table is full, and new connections time out there."""
    users.failed(scene)
    full = connection_tables.full(scene)
    if not full:
        return refuted(ID, connection_tables.not_full(scene))
    states = tuple(map(connection_tables.text, full))
    with evidence_so_far(*states):
        effect = _effect(scene, full)
    with proven(*states, effect):
        ends = _ends_there(scene, full)
    return supported(ID, *states, effect, ends)


def _names(full: tuple[NodeReport, ...]) -> frozenset[str]:
    return frozenset(r.node for r in full)


def _effect(scene: Scene, full: tuple[NodeReport, ...]) -> str:
    """Return that new connections time out at these nodes, and to no other pod.

    A NodePort of another node may lead to a pod on these.
    """
    names, lost = _names(full), connection_tables.lost(scene)
    there = [p for p in lost if connection_tables.involves(p, names)]
    if len(there) < ENOUGH:
        raise Missing("internal probes that time out at this node")
    pods = scene.inside(*between_nodes.POD_ADDRESSES)
    others = [p for p in pods if not connection_tables.involves(p, names)]
    if bad := [p for p in others if p in lost]:
        share = of(len(bad), len(others))
        raise Missing(f"the reason why {share} probes of pods elsewhere time out too")
    return (
        f"{len(there)} internal probes to or from it timed out, and none of"
        f" {len(others)} probes of pods elsewhere"
    )


def _ends_there(scene: Scene, full: tuple[NodeReport, ...]) -> str:
    """Return that users' requests end at these nodes."""
    names = _names(full)
    for line in upstream.unanswered(scene):
        node = logs.node_of(scene, line.upstream_address)
        if not {node, line.node} & names:
            raise Missing(f"the reason why {line.upstream_address} did not respond")
    if logged := upstream.ends_without_a_response.maybe(scene):
        return logged
    used = [
        (target, status)
        for target, status in balancer.health(scene)
        if (node := nodes.target_node(scene, target)) and node.name in names
    ]
    if not used:
        raise Missing("proof that the load balancer sends requests to this node")
    bad = [status for _, status in used if status is HealthStatus.UNHEALTHY]
    if balancer.all_unhealthy(scene):
        if len(bad) < len(balancer.health(scene)):
            raise Missing("the reason why targets on other nodes are unhealthy too")
    elif len(bad) == len(used) or not shares.tried_to_connect(scene):
        raise Missing("failed connection attempts of the load balancer")
    return answers.own_response(scene)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see it on the node, how to raise the limit, and what fills it."""
    one = connection_tables.full(scene)[0]
    node, limit = one.node, RAISED * (one.tracked_limit or 0)
    check = NextStep(
        text=f"On {node}, compare the two numbers, and look for the kernel's message.",
        command="sysctl net.netfilter.nf_conntrack_count"
        " net.netfilter.nf_conntrack_max; sudo dmesg -T | grep -i conntrack | tail -5",
    )
    more = NextStep(
        text=f"On {node}, raise the limit until the next start; each connection takes"
        " some 320 bytes. To keep it, set kube-proxy's `conntrack.maxPerCore` and"
        " `conntrack.min`, which overwrite the value at its start.",
        command=f"sudo sysctl -w net.netfilter.nf_conntrack_max={limit}",
        undo=f"sudo sysctl -w net.netfilter.nf_conntrack_max={one.tracked_limit}",
    )
    who = NextStep(
        text=f"On {node}, count the connections by client, to find what fills the"
        " table.",
        command="sudo conntrack -L 2>/dev/null | grep -o 'src=[^ ]*' | sort | uniq -c |"
        " sort -rn | head",
    )
    aside = NextStep(
        text="Until then, keep the load balancer away from the node. The cloud"
        " controller removes a node with this label from the targets.",
        command=f"kubectl label node {quote(node)}"
        " node.kubernetes.io/exclude-from-external-load-balancers=true",
        undo=f"kubectl label node {quote(node)}"
        " node.kubernetes.io/exclude-from-external-load-balancers-",
    )
    return check, more, who, aside


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.NODE,
    title="A node cannot track more connections",
    assess=assess,
    next_steps=next_steps,
    explains=(
        "lb-some-targets-unhealthy",
        "lb-no-healthy-target",
        "kube-proxy-dead-on-node",
        "pod-too-slow",
    ),
)
