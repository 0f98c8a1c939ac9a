"""Pods are ready, but refuse connections on the Service's target port.

Meaning: the ingress sends the request to a ready pod, nothing listens on the port, and
after its retries the ingress responds 502 itself.

Impact: every request that ends at such a pod fails. nginx tries three pods, so one of
many rarely matters. If all pods refuse, every request fails, externally and internally.

Diagnosis: an endpoint is ready, and its port refuses connections from the pod's own
node too, where no firewall between nodes is involved. The ingress responds 502 itself,
or its log shows that endpoint with 502 and response length 0. A port that refuses only
other nodes is not this cause: something between the nodes rejects the connection.

Neighbors: with `overlay-between-nodes-broken` pods accept connections from their own
node. With `pod-too-slow` they accept connections and do not respond. With
`pods-not-ready` no pod is ready, and the ingress responds 503.

Mitigation: check whether the app listens on the Service's `targetPort`. Let the
readiness probe use the same port, so that such a pod does not become ready.

Source: nginx `ngx_http_upstream_module`, `proxy_next_upstream`; ingress-nginx
log-format.
"""

from collections import defaultdict
from collections.abc import Iterable
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.reason_steps import joined, reason_steps
from parallax.evidence import impact, ingress, inside, logs, pods, users
from parallax.evidence.reading import (
    Hidden,
    Missing,
    evidence_so_far,
    need,
    proven,
    reading,
)
from parallax.evidence.reasons.pods import of_pods
from parallax.evidence.reasons.why import Why
from parallax.evidence.scene import Scene
from parallax.evidence.words import every, of
from parallax.model.cluster import Endpoint
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET, ErrorType, Probe, Role
from parallax.model.reason import Reason

type Place = tuple[str | None, int | None]
"""An address and a port."""

ID = "pod-refuses-connection"
BAD_GATEWAY = 502
WITHOUT_A_POD = (502, 503)
BETWEEN_NODES = "what rejects connections between nodes (pods accept their own node)"
OWN_NODE = "probes of the pods from their own nodes"


def assess(scene: Scene) -> Assessment:
    """Check whether ready pods refuse connections, and requests end there."""
    users.failed(scene)
    ready = [e for e in pods.endpoints(scene) if e.ready]
    if not ready or pods.without_port(scene):
        return _not_used(scene)
    by_place = _probes_by_place(scene)
    probes = [p for e in ready for p in by_place[e.address, e.port]]
    if not probes:
        raise Missing(f"an internal probe of a pod ({pods.why_not_probed(scene)})")
    accepting = [
        e for e in ready if any(map(inside.accepted, by_place[e.address, e.port]))
    ]
    if len(accepting) == len(ready) and not any(map(_refused, probes)):
        return refuted(ID, _accepting(len(ready), probes))
    refusing = need(_refusing(scene), BETWEEN_NODES if accepting else OWN_NODE)
    share = f"{of(len(refusing), len(ready))} ready pods refuse connections"
    text, reason = _below(scene, refusing)
    state = f"{share} on port {refusing[0].port}, even from their own nodes"
    with proven(state, *text, reason=reason):
        every = len(refusing) == len(ready)
        own = _ends_there(scene, refusing, all_refuse=every)
    return supported(ID, state, *text, own, reason=reason)


def _below(
    scene: Scene, refusing: list[Endpoint]
) -> tuple[tuple[str, ...], Reason | None]:
    """Return why pods refuse connections: the sentence, if there is one, and its id."""
    if declared := _declared(scene, refusing):
        return (declared,), Reason.PORT_NOT_DECLARED
    why = _why(scene, refusing)
    return ((why.text,), why.reason) if why else ((), None)


def _why(scene: Scene, refusing: list[Endpoint]) -> Why | None:
    """Return why the pods do not listen, e.g. a crash that the endpoints lack yet."""
    cluster, names = inside.cluster(scene), {e.pod for e in refusing}
    return of_pods(cluster, [p for p in cluster.pods or () if p.name in names])


def _not_used(scene: Scene) -> Assessment:
    """Return the assessment of pods to which the ingress sends no request."""
    probes = scene.inside(Role.POD)
    if probes and all(map(inside.accepted, probes)):
        what = every(len(probes), "internal probe of a pod", "internal probes of pods")
        return refuted(ID, f"{what} connected")
    raise Hidden("a pod that the ingress uses", evidence=(pods.unused_text(scene),))


def _accepting(ready: int, probes: list[Probe]) -> str:
    """Return that pods accept connections, and how other probes of them fail."""
    lost = [p for p in probes if not inside.accepted(p)]
    if not lost:
        if ready == 1:
            return "the only ready pod accepts connections"
        return f"all {ready} ready pods accept connections"
    error = str(lost[0].error_type or ErrorType.OTHER).replace("_", " ")
    share = of(len(lost), len(probes))
    return (
        f"each of {ready} ready pods accepts connections from at least one node, and"
        f" none refuses any; {share} internal probes of pods have another error"
        f" ({error})"
    )


def _ends_there(scene: Scene, refusing: list[Endpoint], *, all_refuse: bool) -> str:
    """Return the proof that users' requests end at a pod that refuses connections."""
    if inside.no_ingress(scene):
        if not all_refuse:
            raise Missing("the reason why some requests fail although pods accept")
        refused = impact.refused_at_own_node_port(scene)
        return f"{refused}, where no pod accepts connections"
    ended = _ended(scene, refusing)
    if not all_refuse and (ended is None or logs.upstream_answers(scene)):
        what = "ingress log lines in which all failing requests end at such a pod"
        raise Missing(what)
    status, text = _own_status(scene) if all_refuse else (BAD_GATEWAY, None)
    own = ended or ingress.own_response(scene, BAD_GATEWAY) or text
    own = own or (impact.checked_unprobed(scene, status) if all_refuse else None)
    own = need(own, "a 502 written by the ingress itself")
    with evidence_so_far(own):
        impact.end_at_ingress(scene, status, logged=ended is not None)
    return own


def _declared(scene: Scene, refusing: list[Endpoint]) -> str | None:
    """Return which ports the refusing pods declare, if the refused one is none."""
    found = (scene.cluster.pods if scene.cluster else None) or ()
    names = {e.pod for e in refusing}
    ports = {p for pod in found if pod.name in names for p in pod.ports or ()}
    if not ports or any(e.port in ports for e in refusing):
        return None
    listed = ", ".join(map(str, sorted(ports)[:5]))
    return (
        f"no container declares port {refusing[0].port}, the Service's targetPort; they"
        f" declare {listed}"
    )


def _own_status(scene: Scene) -> tuple[int, str | None]:
    """Return the status with which the ingress itself responds if no pod accepts.

    nginx and Traefik respond 502, Envoy 503.
    """
    sent_probes = ingress.probes(scene)
    codes = {p.status_code for p in sent_probes}
    code = codes.pop() if len(codes) == 1 else None
    if code not in WITHOUT_A_POD:
        return BAD_GATEWAY, None
    where = f"the ingress on {sent_probes[0].node}"
    return code, f"{where} responds {code}, and no pod accepts connections"


def _refusing(scene: Scene) -> list[Endpoint]:
    """Return the ready endpoints that refuse every node, including their own."""
    by_place = _probes_by_place(scene)
    return [
        e
        for e in pods.known_endpoints(scene)
        if e.ready
        and _refuses(there := by_place[e.address, e.port])
        and not any(map(inside.accepted, there))
    ]


@reading
def _probes_by_place(scene: Scene) -> defaultdict[Place, list[Probe]]:
    """Return the probes of pods by their address and port."""
    found = defaultdict[Place, list[Probe]](list)
    for probe in scene.inside(Role.POD):
        found[probe.peer_address, probe.peer_port].append(probe)
    return found


def _refused(probe: Probe) -> bool:
    return probe.error_type is ErrorType.CONNECTION_REFUSED


def _refuses(probes: Iterable[Probe]) -> bool:
    """Return whether a pod refuses its own node, where no network is involved."""
    own = [p for p in probes if p.node is not None and p.node == p.peer_node]
    return bool(own) and all(map(_refused, own))


def _ended(scene: Scene, refusing: Iterable[Endpoint]) -> str | None:
    """Return that every such 502 in the ingress log ends at a refusing pod; or None."""
    places = {logs.place(e) for e in refusing}
    failing = users.failing(scene, *FOR_THE_TARGET)
    seen = scene.sightings_of(*failing)
    lines = [
        s for s in seen if s.status_code == BAD_GATEWAY and logs.got_no_response(s)
    ]
    if not lines or any(s.upstream_address not in places for s in lines):
        return None
    by_users = {p.request_id for p in users.failing(scene, *AS_A_USER)}
    counted = [s for s in lines if s.request_id in by_users]
    every = sum(s.request_id in by_users for s in seen)
    part = "all" if len(counted) == every else str(len(counted))
    last = lines[-1]
    return (
        f"{logs.share_text(scene)}; {part} of them got 502 without a response from a"
        f" pod; the last one used {last.upstream_address}"
    )


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find why nothing listens on the port."""
    namespace, _, name = pods.service_name(scene).partition("/")
    kubectl = f"kubectl -n {quote(namespace)}"
    refusing = _refusing(scene)
    port = refusing[0].port if refusing else None
    pod = next((e.pod for e in refusing if e.pod), None)
    compare = NextStep(
        text="If the log shows no crash, find the port on which the app listens, in its"
        " log or with `ss -ltn` in the pod. Compare it with"
        f"{f' {port},' if port else ''} the Service's targetPort, which this command"
        " shows.",
        command=f"{kubectl} describe service {quote(name)}",
    )
    own = reason_steps(_why(scene, refusing), namespace)
    if pod is None:
        return joined(own, (compare,))
    log = NextStep(
        text=f"In the log of {pod}, find why it does not listen on port {port}.",
        command=f"{kubectl} logs {quote(pod)} --tail=100",
    )
    probe = NextStep(
        text=f"Check the pod's readiness probe. The pod is ready although port {port}"
        " refuses connections, so the probe is missing or tests something else.",
        command=f"{kubectl} describe pod {quote(pod)}",
    )
    return joined(own, (log, compare, probe))


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.POD,
    title="The pods are ready but refuse connections",
    assess=assess,
    next_steps=next_steps,
)
