"""The pods count as ready and refuse connections on the port they are asked at.

Meaning: the ingress asks a pod of its list of ready ones, nothing listens on that
port, and after its tries the ingress answers 502 itself.

Impact: every request that ends at such a pod fails. nginx tries three pods, so one
of many seldom shows; when all refuse, every request fails, outside and inside.

Diagnosis: an endpoint is ready, and its port refuses also from the pod's own node,
where no firewall between nodes stands in the way; and the ingress answers 502 by
itself, or its log names that endpoint, 502 and no answer's length. A port that
refuses only from other nodes is not this cause: something between nodes rejects.

Neighbors: `overlay-between-nodes-broken`: pods accept on their own node;
`pod-too-slow`: they accept everywhere and don't answer; `pods-not-ready`: none counts
as ready, and the ingress says 503.

Mitigation: see whether the app listens where the Service's `targetPort` points;
let the readiness probe ask that same port, so that such a pod is taken out.

Source: reference signatures.md, section 2 (pod refused: 502, upstream 502).
"""

from collections import defaultdict
from collections.abc import Iterable
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import impact, ingress, inside, logs, pods, users
from parallax.evidence.reading import Missing, evidence_so_far, need, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Endpoint
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import ErrorType, Probe, Role

type Place = tuple[str | None, int | None]
"""An address and a port."""

ID = "pod-refuses-connection"
BAD_GATEWAY = 502
WITHOUT_A_POD = (502, 503)
BETWEEN = "what rejects between nodes: on its own node a pod accepts"
NOT_ON_ITS_OWN = "whether pods refuse their own node too: nobody asked them there"


def assess(scene: Scene) -> Assessment:
    """Ask whether ready pods refuse, and whether that is where requests end."""
    users.failed(scene)
    ready = [e for e in pods.endpoints(scene) if e.ready]
    if not ready:
        state = pods.endpoints_text(scene)
        return refuted(ID, f"{state}, so the ingress asks no pod")
    asked = _asked(scene)
    probes = [p for e in ready for p in asked[e.address, e.port]]
    if not probes:
        raise Missing(f"a pod's answer: {pods.why_not_probed(scene)}")
    accepting = [
        e for e in ready if any(map(inside.accepted, asked[e.address, e.port]))
    ]
    if len(accepting) == len(ready) and not any(map(_refused, probes)):
        return refuted(ID, f"inside, all {len(ready)} ready pods accept connections")
    refusing = need(_refusing(scene), BETWEEN if accepting else NOT_ON_ITS_OWN)
    share = f"{of(len(refusing), len(ready))} ready pods refuse connections"
    with evidence_so_far(share):
        own = _ends_there(scene, refusing, all_refuse=not accepting)
    port = refusing[0].port
    return supported(ID, f"{share} on :{port}, asked on their own node too", own)


def _ends_there(scene: Scene, refusing: list[Endpoint], *, all_refuse: bool) -> str:
    """Say what shows that users' requests end at a pod that refuses."""
    ended = _ended(scene, refusing)
    if not all_refuse and (ended is None or logs.upstream_answers(scene)):
        what = "that all failing requests end at a pod that refuses (ingress log)"
        raise Missing(what)
    status, said = _for_want(scene) if all_refuse else (BAD_GATEWAY, None)
    own = ended or ingress.own_response(scene, BAD_GATEWAY) or said
    own = need(own, "a 502 of the ingress itself")
    with evidence_so_far(own):
        impact.end_at_ingress(scene, status, logged=ended is not None)
    return own


def _for_want(scene: Scene) -> tuple[int, str | None]:
    """Return what the ingress answers where no pod accepts: the page is its own.

    Whoever wrote it; nginx and Traefik say 502, Envoy 503.
    """
    asked = ingress.probes(scene)
    codes = {p.status_code for p in asked}
    code = codes.pop() if len(codes) == 1 else None
    if code not in WITHOUT_A_POD:
        return BAD_GATEWAY, None
    where = f"inside, on {asked[0].node},"
    return code, f"{where} the ingress answers {code}, and no pod accepts"


def _refusing(scene: Scene) -> list[Endpoint]:
    """Return the ready endpoints that refuse everybody, their own node too."""
    asked = _asked(scene)
    return [
        e
        for e in pods.known_endpoints(scene)
        if e.ready
        and _refuses(there := asked[e.address, e.port])
        and not any(map(inside.accepted, there))
    ]


@reading
def _asked(scene: Scene) -> defaultdict[Place, list[Probe]]:
    """Return the probes of pods, by the address and port that they went to."""
    found = defaultdict[Place, list[Probe]](list)
    for probe in scene.inside(Role.POD):
        found[probe.peer_address, probe.peer_port].append(probe)
    return found


def _refused(probe: Probe) -> bool:
    return probe.error_type is ErrorType.CONNECTION_REFUSED


def _refuses(probes: Iterable[Probe]) -> bool:
    """Say whether a pod refuses its own node, where nothing can stand between."""
    own = [p for p in probes if p.node is not None and p.node == p.peer_node]
    return bool(own) and all(map(_refused, own))


def _ended(scene: Scene, refusing: Iterable[Endpoint]) -> str | None:
    """Say that every unanswered 502 of the ingress log ends at a pod that refuses."""
    places = {logs.place(e) for e in refusing}
    failing = users.failing(scene, *users.FOR_THE_TARGET)
    seen = scene.sightings_of(*failing)
    lines = [
        s for s in seen if s.status_code == BAD_GATEWAY and logs.got_no_response(s)
    ]
    if not lines or any(s.upstream_address not in places for s in lines):
        return None
    last = lines[-1]
    return (
        f"ingress log: {of(len(lines), len(seen))} failing requests in it"
        f" ended in 502 without an answer, the last at {last.upstream_address}"
    )


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to see why nothing listens."""
    namespace, _, name = pods.service_name(scene).partition("/")
    kubectl = f"kubectl -n {quote(namespace)}"
    refusing = _refusing(scene)
    port = refusing[0].port if refusing else None
    pod = next((e.pod for e in refusing if e.pod), None)
    compare = NextStep(
        text=f"Compare the Service's targetPort with the port the app listens on"
        f" ({f'asked at :{port}' if port else 'see the pod'}).",
        command=f"{kubectl} describe service {quote(name)}",
    )
    if pod is None:
        return (compare,)
    log = NextStep(
        text=f"Read why {pod} does not listen on :{port}.",
        command=f"{kubectl} logs {quote(pod)} --tail=100",
    )
    probe = NextStep(
        text=f"See why it counts as ready: its readiness probe does not ask :{port}.",
        command=f"{kubectl} describe pod {quote(pod)}",
    )
    return log, compare, probe


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.POD,
    title="The pods count as ready and refuse connections",
    assess=assess,
    next_steps=next_steps,
)
