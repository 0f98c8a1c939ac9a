"""Nodes cannot reach pods on other nodes.

Meaning: the network between nodes that carries pod traffic is broken: the overlay
(VXLAN, WireGuard), its MTU, or a firewall that drops pod ports between nodes. The
ingress on one node cannot connect to pods on another.

Impact: the ingress responds 504 or 502, after a delay, for each pod on another node. It
responds successfully for a pod on its own node. The failing share depends on the number
of pods that it tries. Under policy Cluster a NodePort that forwards to an ingress pod
on another node fails too: users get the load balancer's slow 503, and targets become
unhealthy.

Diagnosis: probes of pods on the same node succeed, and most pairs of different nodes
cannot connect (timeout, no route, rejected). Users get the ingress's own 502 or 504. Or
its log shows a pod on another node that did not respond. Or it shows a pod on its own
node that responded after slow attempts at others. A pod on the ingress's own node that
did not respond contradicts this. Or the ingress's NodePort fails in the same way for
internal probes, and the load balancer responds that it has no target.

Neighbors: `pod-too-slow` and `pod-refuses-connection` fail from the pod's own node too.
`ingress-replica-out-of-step` uses no pod, or removed pods. With
`node-firewall-blocks-load-balancer` nodes can connect, and only the load balancer
cannot.

Mitigation: allow the CNI's port between all nodes (flannel's and Cilium's VXLAN: UDP
8472; Calico: UDP 4789); with hostNetwork also the app's own port. Compare the MTUs.

Source: flannel, Cilium and Calico documentation (ports); ingress-nginx log-format;
nginx `proxy_next_upstream`.
"""

from collections import Counter
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.packet_steps import ELSEWHERE, Client, allow, capture
from parallax.evidence import (
    answers,
    balancer,
    impact,
    ingress,
    inside,
    logs,
    overlay,
    pods,
    shares,
    users,
)
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import FOR_THE_TARGET, ErrorType, Probe

ID = "overlay-between-nodes-broken"
GATEWAY = (504, 502)
TRIED = 1.0
"""Seconds; our clients never need this long to send a request."""
TWICE = 2
_DROPS = "If packets arrive and get no reply, the node's firewall drops them."


def assess(scene: Scene) -> Assessment:
    """Check whether other nodes cannot reach pods, and requests fail because of it."""
    users.failed(scene)
    local, remote = pods.from_own_node(scene), pods.from_other_nodes(scene)
    if not remote:
        raise Missing(
            f"a probe of a pod on another node ({pods.why_not_probed(scene)})"
        )
    cut = [p for p in remote if not inside.accepted(p)]
    if not cut:
        return refuted(ID, f"all {len(remote)} probes of pods on other nodes connected")
    share = f"{of(len(cut), len(remote))} probes of pods on other nodes"
    state = f"{share} could not connect ({_errors(cut)}): {_between(cut)}"
    if not local:
        raise Missing("a probe of a pod from its own node", evidence=(state,))
    succeeded = sum(p.healthy for p in local)
    own = f"{of(succeeded, len(local))} probes of pods from their own nodes succeeded"
    with evidence_so_far(own, state):
        if succeeded < len(local) or len(_pairs(cut)) < overlay.PAIRS:
            raise Missing(_undecided(succeeded, len(local), len(_pairs(cut))))
        return supported(ID, state, own, *_ends_there(scene))


def _undecided(succeeded: int, count: int, pairs: int) -> str:
    """Return why failing probes between nodes do not prove a broken network."""
    what = "whether the network between nodes fails too, because"
    if succeeded < count:
        return (
            "whether the network between nodes fails too; pods fail even for their own"
            " nodes, so these probes do not show it"
        )
    return f"{what} only {pairs} pair of nodes fails, as while a pod moves"


def _ends_there(scene: Scene) -> tuple[str, ...]:
    """Return the proof that requests fail between nodes, at or before the ingress."""
    lines = _unanswered(scene)
    if near := [line for line in lines if not _is_remote(scene, line)]:
        what = f"the reason why {near[0].upstream_address} failed on the same node too"
        raise Missing(what)
    try:
        status, shown, logged = _page(scene, lines)
        impact.end_at_ingress(scene, status, logged=logged)
    except Missing:
        if before := _before_the_ingress(scene):
            return before
        raise
    return (shown,)


def _before_the_ingress(scene: Scene) -> tuple[str, str] | None:
    """Return that the balancer's connections fail on the way to an ingress pod.

    A NodePort forwards them to pods on other nodes. Every target is unhealthy because
    of it, or the load balancer's connection attempts fail.
    """
    cut = overlay.nodeports_cut_off(scene)
    own = answers.own_response.maybe(scene)
    if cut is None or own is None or balancer.service.maybe(scene) is None:
        return None
    lost = balancer.all_unhealthy(scene) or shares.tried_to_connect(scene)
    return (cut, own) if lost else None


def _errors(cut: list[Probe]) -> str:
    errors = Counter(str(p.error_type or ErrorType.OTHER) for p in cut).most_common()
    return ", ".join(error.replace("_", " ") for error, _ in errors)


def _pairs(cut: list[Probe]) -> list[tuple[str, str]]:
    return sorted({(str(p.node), str(p.peer_node)) for p in cut})


def _between(cut: list[Probe]) -> str:
    """Return e.g. `worker-01 to worker-02 and 4 more pairs`."""
    pairs = _pairs(cut)
    rest = len(pairs) - 1
    more = f" and {rest} more pair{'s' if rest > 1 else ''}" if rest else ""
    return f"{pairs[0][0]} to {pairs[0][1]}{more}"


def _unanswered(scene: Scene) -> tuple[Sighting, ...]:
    """Return the log lines of failing requests to which no pod responded."""
    failing = users.failing(scene, *FOR_THE_TARGET)
    lines = scene.sightings_of(*failing)
    return tuple(
        line for line in lines if logs.got_no_response(line) or logs.gave_up(line)
    )


def _is_remote(scene: Scene, line: Sighting) -> bool:
    node = logs.node_of(scene, line.upstream_address)
    return node is not None and node != line.node


def _page(scene: Scene, lines: tuple[Sighting, ...]) -> tuple[int, str, bool]:
    """Return the ingress's own status, the proof, and whether the log is the proof."""
    for line in lines:
        node = logs.node_of(scene, line.upstream_address)
        what = f"got no response from {line.upstream_address} on {node}"
        status = line.status_code or GATEWAY[0]
        text = f"ingress log: the ingress on {line.node} {what} ({status})"
        return status, text, True
    for status in GATEWAY:
        if text := ingress.own_response(scene, status):
            return status, text, False
    late = _late(scene)
    if len(late) < TWICE:
        raise Missing("a 502 or 504 written by the ingress itself")
    waited = min(map(_seconds_before, late))
    text = f"ingress log: {len(late)} failing requests waited at least {waited:.1f} s"
    return GATEWAY[0], f"{text} before a pod on the ingress's own node responded", True


def _late(scene: Scene) -> list[Sighting]:
    """Return lines of failing requests to which a pod on the same node responded late.

    The ingress tried others before; its log line does not show them.
    """
    failing = users.failing(scene, *FOR_THE_TARGET)
    return [
        line
        for line in scene.sightings_of(*failing)
        if _seconds_before(line) >= TRIED
        and logs.node_of(scene, line.upstream_address) == line.node
    ]


def _seconds_before(line: Sighting) -> float:
    """Return the seconds before the request was sent to the last pod."""
    if line.request_time is None or line.upstream_response_time is None:
        return 0.0
    return line.request_time - line.upstream_response_time


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find what blocks pod traffic between two nodes."""
    remote = pods.from_other_nodes(scene)
    cut = [p for p in remote if not inside.accepted(p)]
    if not cut:
        return ()
    one = cut[0]
    port, address = one.peer_port, one.peer_address
    host = f"[{address}]" if address and ":" in address else address
    nodes = (scene.cluster.nodes if scene.cluster else None) or ()
    source = next((n.internal_ip for n in nodes if n.name == one.node), None)
    uses_node_address = address in {n.internal_ip for n in nodes}
    direct = (
        f" (The cause's id is {ID}, but this pod uses the node's network, hostNetwork:"
        " no overlay is involved.)"
    )
    send = NextStep(
        text=f"On {one.node}, send a request to the pod on {one.peer_node}. No response"
        " (000) confirms the fault; any other status means that this pair works now."
        f"{direct if uses_node_address else ''}",
        command=f"curl -sS -m 5 -o /dev/null -w '%{{http_code}}\\n' {host}:{port}",
    )
    through = _to_the_node if uses_node_address else _through_the_overlay
    return send, *through(one, quote(source or "NODE"))


def _to_the_node(cut: Probe, source: str) -> tuple[NextStep, NextStep]:
    """Return the steps for a pod with hostNetwork, which has its node's address."""
    port = cut.peer_port
    arrive = capture(
        f"On {cut.peer_node}",
        Client(str(cut.node), source),
        port or 0,
        before="the network between the nodes drops them",
        accepted="the fault is on the reply's way back",
    )
    opened = allow(
        source,
        (port or 0,),
        when=_DROPS,
        where=f"on {cut.peer_node}. {_every_pair(source)}",
    )
    return arrive, opened


def _every_pair(source: str) -> str:
    """Return how to admit the other nodes: the command contains one node's address."""
    return (
        "Then, on every node, run it once for each other node, with that node's address"
        f" instead of {source}"
    )


def _through_the_overlay(cut: Probe, source: str) -> tuple[NextStep, NextStep]:
    """Return the steps for a pod with an address of its own."""
    watch = NextStep(
        text=f"On {cut.peer_node}, check whether the packets from {cut.node} arrive,"
        " and on which port. VXLAN uses 8472 or 4789, WireGuard 51871 or 51820.",
        command=f"sudo tcpdump -ni any 'host {source} and (udp port 8472 or udp port"
        " 4789 or udp port 51871 or udp port 51820)'",
    )
    opened = NextStep(
        text=f"If they arrive and the pod does not respond, {cut.peer_node} drops them,"
        " mostly by its firewall. If it is ufw (`sudo ufw status` shows active), the"
        " command puts a rule in front of all others. Replace 8472 by the port that you"
        f" saw. Run it on {cut.peer_node}. {_every_pair(source)}. {ELSEWHERE} rule.",
        command=f"sudo ufw prepend allow proto udp from {source} to any port 8472",
    )
    return watch, opened


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.OVERLAY,
    title="Nodes cannot reach pods on other nodes",
    assess=assess,
    next_steps=next_steps,
)
