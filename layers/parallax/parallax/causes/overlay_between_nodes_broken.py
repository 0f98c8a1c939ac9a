"""Pods answer their own node, and other nodes don't get to them.

Meaning: the network between nodes that carries pod traffic is broken: the overlay
(VXLAN, WireGuard), its MTU, or a firewall that drops pod ports between nodes. The
ingress on one node gets no connection to pods on another.

Impact: the ingress answers 504, or 502, for each pod on another node, after waiting;
well for a pod of its own node. Which share fails depends on how many pods it tries.
Under policy Cluster a NodePort that leads to an ingress pod elsewhere is cut off as
well: then users get the balancer's slow 503, and targets become unhealthy.

Diagnosis: asked directly on their own nodes, pods are well; asked from other nodes,
most of those pairs get no connection (time out, no route, rejected); and the ingress's
own 502 or 504 reaches users, or its log names a pod on another node that gave no
answer, or one at home that answered after others were tried for too long. A pod that
gave none on the ingress's own node as well contradicts. Or the ingress's NodePort,
asked inside, is cut off alike, and the balancer says that it has nobody.

Neighbors: `pod-too-slow` and `pod-refuses-connection` fail on the pod's own node
too; `ingress-replica-out-of-step` asks nobody, or pods that are gone;
`node-firewall-blocks-load-balancer` lets nodes through and stops the balancer.

Mitigation: let the CNI's port through between all nodes (flannel's VXLAN: UDP 8472;
Cilium the same; Calico: 4789), with hostNetwork the app's own port; compare MTUs.

Source: reference incident.md (why hostNetwork was chosen), signatures.md, section 2.
"""

from collections import Counter
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
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
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import ErrorType, Probe

ID = "overlay-between-nodes-broken"
GATEWAY = (504, 502)
TRIED = 1.0
"""Seconds: no client of ours takes so long to send a request."""
TWICE = 2


def assess(scene: Scene) -> Assessment:
    """Ask whether pods are cut off from other nodes, and requests end there."""
    users.failed(scene)
    home, afar = pods.from_own_node(scene), pods.from_other_nodes(scene)
    if not afar:
        raise Missing(f"a pod asked from another node: {pods.why_not_probed(scene)}")
    cut = [p for p in afar if not inside.accepted(p)]
    if not cut:
        return refuted(ID, f"from other nodes, all {len(afar)} pod probes connect")
    share = f"from other nodes, {of(len(cut), len(afar))} pod probes"
    state = f"{share} got no connection ({_errors(cut)}): {_between(cut)}"
    if not home:
        raise Missing("a pod asked on its own node", evidence=(state,))
    well = sum(p.healthy for p in home)
    own = f"on their own nodes, {of(well, len(home))} pod probes are well"
    with evidence_so_far(own, state):
        if well < len(home) or len(_pairs(cut)) < overlay.PAIRS:
            raise Missing("pods that are well at home and cut off for several nodes")
        return supported(ID, state, own, *_ends_there(scene))


def _ends_there(scene: Scene) -> tuple[str, ...]:
    """Say what shows that requests end between nodes, at the ingress or before it."""
    lines = _unanswered(scene)
    if near := [line for line in lines if not _afar(scene, line)]:
        what = f"why {near[0].upstream_address} gave no answer: not on another node"
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
    """Say that the balancer's connections are lost on the way to an ingress pod.

    A NodePort passes them to pods on other nodes. The balancer took every target out
    for it, or tries in vain.
    """
    cut = overlay.nodeports_cut_off(scene)
    word = answers.own_response.maybe(scene)
    if cut is None or word is None or balancer.service.maybe(scene) is None:
        return None
    lost = balancer.all_unhealthy(scene) or shares.tried_to_connect(scene)
    return (cut, word) if lost else None


def _errors(cut: list[Probe]) -> str:
    told = Counter(str(p.error_type or ErrorType.OTHER) for p in cut).most_common()
    return ", ".join(error.replace("_", " ") for error, _ in told)


def _pairs(cut: list[Probe]) -> list[tuple[str, str]]:
    return sorted({(str(p.node), str(p.peer_node)) for p in cut})


def _between(cut: list[Probe]) -> str:
    """Return e.g. `worker-01 to worker-02 and 4 more pairs`."""
    pairs = _pairs(cut)
    more = f" and {len(pairs) - 1} more pairs" if len(pairs) > 1 else ""
    return f"{pairs[0][0]} to {pairs[0][1]}{more}"


def _unanswered(scene: Scene) -> tuple[Sighting, ...]:
    """Return the log's lines of failing requests for which no pod answered."""
    failing = users.failing(scene, *users.FOR_THE_TARGET)
    lines = scene.sightings_of(*failing)
    return tuple(
        line for line in lines if logs.got_no_response(line) or logs.gave_up(line)
    )


def _afar(scene: Scene, line: Sighting) -> bool:
    node = logs.node_of(scene, line.upstream_address)
    return node is not None and node != line.node


def _page(scene: Scene, lines: tuple[Sighting, ...]) -> tuple[int, str, bool]:
    """Return the ingress's own status, what shows it, and whether its log does."""
    for line in lines:
        node = logs.node_of(scene, line.upstream_address)
        told = f"asked {line.upstream_address} on {node} and got no answer"
        status = line.status_code or GATEWAY[0]
        text = f"ingress log: the ingress on {line.node} {told} ({status})"
        return status, text, True
    for status in GATEWAY:
        if says := ingress.own_response(scene, status):
            return status, says, False
    late = _late(scene)
    if len(late) < TWICE:
        raise Missing("a 502 or 504 of the ingress itself")
    waited = min(map(_lost, late))
    text = f"ingress log: {len(late)} requests that failed outside lost {waited:.1f} s"
    return GATEWAY[0], f"{text} before a pod of the ingress's own node answered", True


def _late(scene: Scene) -> list[Sighting]:
    """Return lines of failing requests that a pod at home answered, too late.

    The ingress tried others before, which its line no longer shows.
    """
    failing = users.failing(scene, *users.FOR_THE_TARGET)
    return [
        line
        for line in scene.sightings_of(*failing)
        if _lost(line) >= TRIED
        and logs.node_of(scene, line.upstream_address) == line.node
    ]


def _lost(line: Sighting) -> float:
    """Return the seconds that went by before the last pod was asked."""
    if line.request_time is None or line.upstream_response_time is None:
        return 0.0
    return line.request_time - line.upstream_response_time


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to see what stops pod traffic between two nodes."""
    afar = pods.from_other_nodes(scene)
    cut = [p for p in afar if not inside.accepted(p)]
    if not cut:
        return ()
    one = cut[0]
    port, address = one.peer_port, one.peer_address
    host = f"[{address}]" if address and ":" in address else address
    nodes = (scene.cluster.nodes if scene.cluster else None) or ()
    source = next((n.internal_ip for n in nodes if n.name == one.node), None)
    ask = NextStep(
        text=f"On {one.node}, ask the pod on {one.peer_node} directly.",
        command=f"curl -sS -m 5 -o /dev/null -w '%{{http_code}}\\n' {host}:{port}",
    )
    capture = NextStep(
        text=f"On {one.peer_node}, see whether anything of it arrives: VXLAN"
        " (8472, 4789), WireGuard (51871, 51820), or the port itself.",
        command="sudo tcpdump -ni any 'udp port 8472 or udp port 4789 or udp port"
        f" 51871 or udp port 51820 or tcp port {port}'",
    )
    allow = NextStep(
        text=f"If UFW drops it on {one.peer_node}, let the other nodes in: the"
        " overlay, and with hostNetwork the pod's own port.",
        command=f"sudo ufw allow from {quote(source or 'NODE')} to any port 8472"
        f" proto udp && sudo ufw allow from {quote(source or 'NODE')} to any port"
        f" {port} proto tcp",
    )
    return ask, capture, allow


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.OVERLAY,
    title="Pods are cut off from other nodes",
    assess=assess,
    next_steps=next_steps,
)
