"""A part of each response is lost between the nodes and the users.

Meaning: the first packets of a response arrive, and the rest does not. Mostly a link
between the nodes and the load balancer carries smaller packets than its ends assume
(MTU), and the ICMP messages that say so are dropped. Then small responses pass, and
large ones stall.

Impact: users get the headers and a part of the body, then a timeout or a closed
connection. The status is the right one, so a monitor that reads only the status sees no
fault.

Diagnosis: most failing responses have the right status, and their bodies end early: a
timeout while the body is received, or a connection that closes too early. Requests sent
directly to the load balancer end early too. Inside the cluster the ingress's responses
are complete on every node, so app, ingress, and network of pods work. Or users get no
response or the load balancer's 504, and the ingress log shows that it responded
successfully at once. Or the loss is between nodes: probes connect to pods on other
nodes and get no complete response, and the pods' own nodes get it.

Neighbors: if the ingress's responses are incomplete inside too, the app or the ingress
cuts them off, and this cause stays undetermined. With `overlay-between-nodes-broken` no
connection to pods on other nodes is possible. With
`pod-answers-error` the response is complete and has an error status. With
`lb-timeout-too-short` the pods respond slowly.

Mitigation: compare the MTU of the nodes' interfaces with the network's: 1450 on
Hetzner's cloud networks, 1400 with a vSwitch. The network of pods needs 50 bytes less
for VXLAN, 60 to 80 for WireGuard. Let the nodes limit the segment size (MSS clamping).

Source: Hetzner Docs, Cloud Networks (MTU 1450) and vSwitch (MTU 1400); flannel and
Cilium documentation, MTU; RFC 2923 (path MTU discovery); kube-hetzner issues 847 and
2286; cilium issue 37919.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import (
    balancer,
    between_nodes,
    bodies,
    ingress,
    inside,
    nodes,
    overlay,
    pods,
    upstream,
    users,
)
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import (
    AS_A_USER,
    BEHIND_THE_INGRESS,
    ErrorType,
    Probe,
    Role,
)

ID = "large-responses-lost"
GATEWAY_TIMEOUT = 504
AT_ONCE = 1.0
"""Seconds; a load balancer that waits for less would be useless."""
CLOUD_MTU = 1450
"""Hetzner's cloud networks (Hetzner Docs)."""
HEADERS = 28
"""Bytes of IPv4 and ICMP before the data of a ping."""


def assess(scene: Scene) -> Assessment:
    """Check whether complete responses lose their rest on the way to users."""
    failed, lost = users.failed(scene), bodies.incomplete(scene)
    if not lost:
        return _none_is_incomplete(scene, failed)
    share = f"{of(len(lost), len(failed))} failing responses have the right status"
    state = f"{share} ({lost[0].status_code}) and end early: {bodies.text(lost[0])}"
    with evidence_so_far(state):
        if 2 * len(lost) <= len(failed):
            rest = of(len(failed) - len(lost), len(failed))
            raise Missing(f"the reason why {rest} failing requests fail differently")
        _is_constant(scene, lost)
        return supported(ID, state, *_before_the_balancer(scene), _inside(scene))


def _none_is_incomplete(scene: Scene, failed: tuple[Probe, ...]) -> Assessment:
    """Return the assessment if no response arrives in part.

    It may be lost completely: on its way to the load balancer, or between two nodes.
    """
    if sent := _not_received(scene, failed):
        return supported(ID, sent, _inside(scene))
    stalled = between_nodes.stalled(scene)
    if len(between_nodes.ways(stalled)) >= overlay.PAIRS:
        return _between_nodes(scene, stalled)
    remote = pods.from_other_nodes(scene)
    ended = [p for p in remote if inside.accepted(p) and p.error_type is not None]
    if not ended and all(p.status_code is not None for p in failed):
        if len(failed) == 1:
            return refuted(ID, "the only failing response is complete")
        return refuted(ID, f"all {len(failed)} failing responses are complete")
    raise Missing("a failing response with the right status and an incomplete body")


def _not_received(scene: Scene, failed: tuple[Probe, ...]) -> str | None:
    """Return that the ingress sent complete responses that never arrived.

    Users got nothing in time, or the load balancer's own 504, which states the same.
    """
    missed = [p for p in failed if _got_nothing(p)]
    lines = [line for line in scene.sightings_of(*missed) if _sent(scene, line)]
    direct = users.failing(scene, Role.DIRECT)
    past = any(map(_got_nothing, direct))
    if 2 * len(lines) <= len(failed) or (scene.target.reached.cdn and not past):
        return None
    slowest = max(line.request_time or 0.0 for line in lines)
    got = missed[0].status_code
    result = f"a {got} that the ingress did not send" if got else "no response"
    return (
        f"ingress log: it responded {lines[0].status_code} to {len(lines)} of"
        f" {len(failed)} failing requests within {slowest:.1f} s, but users got"
        f" {result}"
    )


def _got_nothing(probe: Probe) -> bool:
    """Return whether a request was sent, and no response came in time.

    A load balancer or CDN states the same with its own 504.
    """
    if probe.status_code is not None:
        return probe.status_code == GATEWAY_TIMEOUT
    return probe.error_type is ErrorType.TIMEOUT and probe.error_phase == "processing"


def _sent(scene: Scene, line: Sighting) -> bool:
    """Return whether the ingress sent the right response at once."""
    quick = line.request_time is not None and line.request_time < AT_ONCE
    return quick and line.status_code in scene.target.healthy.status_codes


def _between_nodes(scene: Scene, stalled: tuple[Probe, ...]) -> Assessment:
    """Return the assessment of responses that only a pod's own node gets."""
    remote, local = pods.from_other_nodes(scene), pods.from_own_node(scene)
    found = between_nodes.text(between_nodes.ways(stalled))
    state = (
        f"{of(len(stalled), len(remote))} probes of pods on other nodes connected and"
        f" got no complete response ({between_nodes.errors(stalled)}): {found}"
    )
    succeeded = sum(p.healthy for p in local)
    own = f"{of(succeeded, len(local))} probes of pods from their own nodes succeeded"
    with evidence_so_far(state, own):
        if succeeded < len(local):
            raise Missing("a complete response of every pod to its own node")
        return supported(ID, state, own, upstream.ends_without_a_response(scene))


def _is_constant(scene: Scene, lost: tuple[Probe, ...]) -> None:
    """Raise what is missing if only some responses are cut off, by a closed connection.

    An app that restarts or crashes during a response looks the same.
    """
    requests = users.outside(scene, *AS_A_USER)
    stalls = all(p.error_type is ErrorType.TIMEOUT for p in lost)
    if len(lost) < len(requests) and not stalls:
        raise Missing("which hop closes some of the connections during the response")


def _before_the_balancer(scene: Scene) -> tuple[str, ...]:
    """Return that requests sent directly to the load balancer end early too.

    Without a CDN every request is sent there, so this need not be probed again.
    """
    direct = users.outside(scene, Role.DIRECT)
    cut = [p for p in direct if bodies.is_incomplete(p)]
    if direct and not cut:
        raise Missing("the reason why direct requests get the complete response")
    if scene.target.reached.cdn and not cut:
        raise Missing("a request without the CDN, which may cut off the response")
    share = of(len(cut), len(direct))
    return (f"{share} responses to direct requests end early too",) if cut else ()


def _inside(scene: Scene) -> str:
    """Return that the ingress's responses are complete inside."""
    probes = ingress.correctly_addressed(scene)
    if not probes:
        raise Missing(f"a probe of the ingress inside ({inside.why_no_reports(scene)})")
    others = scene.inside(Role.INGRESS_POD, *BEHIND_THE_INGRESS)
    cut = [p for p in (*probes, *others) if bodies.is_incomplete(p)]
    if cut:
        count = of(len(cut), len(probes) + len(others))
        raise Missing(f"the reason why {count} responses inside are incomplete too")
    well = [p for p in probes if p.healthy]
    if len(well) < len(probes):
        raise Missing("complete responses of the ingress to every internal probe")
    share = of(len(well), len(probes))
    return f"{share} internal probes of the ingress get the complete response"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find the packet size that gets lost, and how to avoid it."""
    size = CLOUD_MTU - HEADERS
    measure = NextStep(
        text="From outside, measure how many bytes arrive. If the number is the same"
        " each time and the request stalls, packets of full size get lost. If the"
        " connection closes at once, look for a limit of the load balancer or ingress.",
        command="curl -sS -m 20 -o /dev/null -w '%{http_code} %{size_download} bytes"
        f" %{{time_total}} s\\n' {quote(scene.target.url)}",
    )
    ping = NextStep(
        text=f"On a node, send packets of {CLOUD_MTU} bytes that must not be fragmented"
        " to another node's private address. If they get lost, try smaller sizes: 1372"
        " for a vSwitch (MTU 1400). If the MTU of an interface is larger than the"
        " largest packet that passes, its MTU is the fault.",
        command=f"ping -M do -c 3 -s {size} {quote(_peer(scene))}",
    )
    compare = NextStep(
        text="On each node, compare the interfaces' MTUs. The private network has 1450"
        " (1400 with a vSwitch). The interface of the pod network (flannel.1,"
        " cilium_vxlan, vxlan.calico) must have 50 less for VXLAN, and a WireGuard"
        " interface 60 to 80 less.",
        command="ip -o link show | awk '{print $2, $4, $5}'",
    )
    rule = "POSTROUTING -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1300"
    clamp = NextStep(
        text="Until the MTU is corrected, let the node limit the size of TCP segments."
        " The rule is lost at the next restart.",
        command=f"sudo iptables -t mangle -A {rule}",
        undo=f"sudo iptables -t mangle -D {rule}",
    )
    return measure, ping, compare, clamp


def _peer(scene: Scene) -> str:
    """Return a node's private address; a placeholder where none was read."""
    found = nodes.all_nodes.maybe(scene) or ()
    lb = balancer.load_balancer.maybe(scene)
    own = lb.private_ips if lb else ()
    return next(
        (n.internal_ip for n in found if n.internal_ip), next(iter(own), "NODE")
    )


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.NODE,
    title="A part of each response is lost on the way to users",
    assess=assess,
    next_steps=next_steps,
)
