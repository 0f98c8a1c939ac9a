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

That the network fails, and not a policy of the app, is shown by ingress pods or DNS
pods, which other nodes cannot reach either.

Neighbors: `pod-too-slow` and `pod-refuses-connection` fail from the pod's own node too.
`ingress-replica-out-of-step` uses no pod, or removed pods. With
`node-firewall-blocks-load-balancer` nodes can connect, and only the load balancer
cannot.

Mitigation: allow the CNI's port between all nodes (flannel's and Cilium's VXLAN: UDP
8472; Calico: UDP 4789); with hostNetwork also the app's own port. Compare the MTUs.

Source: flannel, Cilium and Calico documentation (ports); ingress-nginx log-format;
nginx `proxy_next_upstream`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.curl import REFUSED, TIMED_OUT, on_node, status_of
from parallax.causes.packet_steps import (
    ELSEWHERE,
    NO_REPLY,
    WATCHED,
    Client,
    Traffic,
    allow,
    capture,
)
from parallax.evidence import (
    between_nodes,
    inside,
    overlay,
    pods,
    upstream,
    users,
)
from parallax.evidence.between_nodes import Way
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import ErrorType, Probe, Role

ID = "overlay-between-nodes-broken"
_REPEAT = Traffic("Meanwhile, repeat the request of step 1.")
_BEFORE = (
    "the network between the nodes drops them: check its subnets and routes, and the"
    " sending node's firewall"
)
_REPLY = "the reply gets lost: check routes and firewalls"


def assess(scene: Scene) -> Assessment:
    """Check whether other nodes cannot reach pods, and requests fail because of it."""
    users.failed(scene)
    local, remote = pods.from_own_node(scene), pods.from_other_nodes(scene)
    if not remote:
        raise Missing(
            f"a probe of a pod on another node ({pods.why_not_probed(scene)})"
        )
    lost = between_nodes.not_connected(scene)
    if not lost:
        return refuted(ID, f"all {len(remote)} probes of pods on other nodes connected")
    share = f"{of(len(lost), len(remote))} probes of pods on other nodes"
    found = between_nodes.text(between_nodes.ways(lost))
    state = f"{share} could not connect ({between_nodes.errors(lost)}): {found}"
    if not local:
        raise Missing("a probe of a pod from its own node", evidence=(state,))
    succeeded = sum(p.healthy for p in local)
    own = f"{of(succeeded, len(local))} probes of pods from their own nodes succeeded"
    if works := _works_between_nodes(scene):
        return refuted(ID, works, state, own)
    with evidence_so_far(own, state):
        if succeeded < len(local):
            raise Missing(
                "whether the network between nodes fails too; pods fail even for their"
                " own nodes, so these probes do not show it"
            )
        return supported(ID, state, own, *_network(scene), *_ends_there(scene))


def _works_between_nodes(scene: Scene) -> str | None:
    """Return that the network carries other traffic on each way that seems cut."""
    cut = between_nodes.cut(scene)
    found, carrying = between_nodes.ways(cut), between_nodes.carrying(scene)
    if not found or not carrying.issuperset(found):
        return None
    if not all(between_nodes.has_own_address(scene, p) for p in cut):
        return None
    each = (
        "the same pair" if len(found) == 1 else f"each of the same {len(found)} pairs"
    )
    return f"other pods accept connections over the pod network between {each} of nodes"


def _network(scene: Scene) -> tuple[str, ...]:
    """Return what shows that the network is at fault, not one node or one app.

    Raise what is missing. For a pod with its node's address the pair is enough: there
    it is a firewall of the node.
    """
    cut = between_nodes.cut(scene)
    own = any(between_nodes.has_own_address(scene, p) for p in cut)
    works = between_nodes.carrying(scene) if own else frozenset[Way]()
    found = [w for w in between_nodes.ways(cut) if w not in works]
    if not found:
        raise Missing(between_nodes.not_probed_at_home(scene))
    if len(found) < overlay.PAIRS:
        raise Missing(
            f"whether the network between nodes fails too, because only {len(found)}"
            " pair of nodes fails, as while a pod moves"
        )
    if node := between_nodes.common_node(scene, found):
        raise Missing(_one_node(scene, node, found))
    return (_of_the_network(scene),) if own else ()


def _one_node(scene: Scene, node: str, found: list[Way]) -> str:
    """Return that one node is at an end of every pair that fails."""
    to = sum(w.to == node for w in found)
    which = "leads to" if to == len(found) else "comes from" if not to else "involves"
    what = f"each of the {len(found)} failing pairs {which} {node}"
    if to == len(found) and between_nodes.of_one_app(scene):
        return (
            f"a probe of another app's pod on {node} ({what}). Such a probe shows"
            f" whether the network of {node} fails or a NetworkPolicy blocks these"
            " pods"
        )
    return f"whether it is not only {node} ({what})"


def _of_the_network(scene: Scene) -> str:
    """Return what else fails on the network of pods; raise `Missing` if nothing does.

    A NetworkPolicy lets in only a pod's own node, so the app's pods alone look alike.
    """
    others = between_nodes.of_other_pods(scene)
    lost = [p for p in others if not inside.accepted(p)]
    if len(between_nodes.ways(tuple(lost))) >= overlay.PAIRS:
        share = of(len(lost), len(others))
        at_ingress = all(p.role is Role.INGRESS_POD for p in others)
        whose = "ingress pods" if at_ingress else "other apps' pods"
        return f"{share} probes of {whose} on other nodes could not connect either"
    if (found := overlay.nodeports_cut_off(scene)) and not inside.no_ingress(scene):
        return found  # else the NodePort leads to the same pods
    cut = between_nodes.cut(scene)
    if all(p.error_type is ErrorType.HOST_UNREACHABLE for p in cut):
        return "nodes have no route to the pods"
    raise Missing(
        "whether the network between nodes fails, or a NetworkPolicy of the app keeps"
        " other nodes out (no probe went to another app's pods over this network)"
    )


def _ends_there(scene: Scene) -> tuple[str, ...]:
    """Return the proof that requests fail between nodes, at or before the ingress."""
    lines = upstream.unanswered(scene)
    if near := [line for line in lines if not upstream.is_remote(scene, line)]:
        what = f"the reason why {near[0].upstream_address} failed on the same node too"
        raise Missing(what)
    try:
        return (upstream.ends_without_a_response(scene),)
    except Missing:
        if before := overlay.users_cut_off(scene):
            return before
        raise


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find what blocks pod traffic between two nodes."""
    cut = between_nodes.cut(scene) or between_nodes.not_connected(scene)
    if not cut:
        return ()
    one = cut[0]
    port, address = one.peer_port, one.peer_address
    host = f"[{address}]" if address and ":" in address else address
    known = (scene.cluster.nodes if scene.cluster else None) or ()
    source = next((n.internal_ip for n in known if n.name == one.node), None)
    uses_node_address = not between_nodes.has_own_address(scene, one)
    direct = (
        " This pod uses its node's network (hostNetwork): the nodes' network or"
        " firewalls are at fault, not the CNI."
    )
    # Curl states a missing route only with -v.
    without_route = one.error_type is ErrorType.HOST_UNREACHABLE
    detail = ("-v",) if without_route else ()
    send = NextStep(
        text=f"Log in to {one.node} (the first line of the output is the machine's"
        f" name) and send a request to the pod on {one.peer_node}. {_result(one)}"
        f"{direct if uses_node_address else ''}",
        command=on_node(status_of(f"http://{host}:{port}/", *detail)),
    )
    through = _to_the_node if uses_node_address else _through_the_overlay
    return send, *through(one, quote(source or "NODE"))


_ARRIVED = (
    "`Connection refused` means that packets arrive: nothing listens on the port, or a"
    " rule rejects them."
)


def _result(cut: Probe) -> str:
    """Return how to read what the request to a pod prints."""
    lost = {
        ErrorType.HOST_UNREACHABLE: "`No route to host`",
        ErrorType.CONNECTION_REFUSED: REFUSED,
    }.get(cut.error_type or ErrorType.TIMEOUT, TIMED_OUT)
    other = {
        REFUSED: "A timeout is another fault than at the time of the probes.",
        TIMED_OUT: "After `curl: (7)`, run curl with -v: `No route to host` confirms"
        f" the fault too. {_ARRIVED}",
    }.get(lost, _ARRIVED)
    return (
        f"{lost} confirms the fault. A status means that this pair works now. {other}"
    )


def _to_the_node(cut: Probe, source: str) -> tuple[NextStep, NextStep]:
    """Return the steps for a pod with hostNetwork, which has its node's address."""
    port = cut.peer_port
    arrive = capture(
        f"On {cut.peer_node}",
        Client(str(cut.node), source, _REPEAT),
        (port or 0,),
        before=_BEFORE,
        accepted=_REPLY,
    )
    opened = allow(
        source,
        (port or 0,),
        when=NO_REPLY,
        where=f"on {cut.peer_node}. {_every_pair(source)}",
    )
    return arrive, opened


def _every_pair(source: str) -> str:
    """Return how to admit the other nodes: the command contains one node's address."""
    return (
        "Then, on every node, run it once for each other node, with its address"
        f" instead of {source}"
    )


def _through_the_overlay(cut: Probe, source: str) -> tuple[NextStep, NextStep]:
    """Return the steps for a pod with an address of its own."""
    watch = NextStep(
        text=f"On {cut.peer_node}, watch for {WATCHED} s whether the packets from"
        f" {cut.node} arrive, and on which port. {_REPEAT.text} If no line appears,"
        f" {_BEFORE}. VXLAN uses port 8472 or 4789. WireGuard uses 51871 or 51820.",
        command=f"sudo timeout {WATCHED} tcpdump -ni any 'host {source} and"
        " (udp port 8472 or udp port 4789 or udp port 51871 or udp port 51820)'",
    )
    opened = NextStep(
        text="Only if they arrived and the pod did not respond: if `sudo ufw status`"
        f" prints active, run this on {cut.peer_node}. It puts a rule in front of all"
        f" others. Replace 8472 by the port that you saw. {_every_pair(source)}."
        f" {ELSEWHERE} rule.",
        command=f"sudo ufw prepend allow proto udp from {source} to any port 8472",
        undo=f"sudo ufw delete allow proto udp from {source} to any port 8472",
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
