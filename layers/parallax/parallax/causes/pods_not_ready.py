"""The pods behind the Service exist, and none of them is ready.

Meaning: the Service has addresses, but every pod fails its readiness probe or
restarts; the ingress sends requests to ready pods only, and answers 503 itself.

Impact: every request for this Service fails, from outside and inside alike; other
Services of the same ingress work.

Diagnosis: the EndpointSlices, read since the failure began, hold addresses and not
one of them is ready; and the ingress's own 503 page, or its access log without an
upstream, shows that users' requests end there. The pods
tell why: what they wait for, how often they restarted.

Neighbors: `service-without-endpoints` has no address at all;
`ingress-rejects-request` writes the same page and has ready pods;
`pod-refuses-connection` counts as ready, and gets a 502.

Mitigation: read the pod's events and log; roll back what broke its start, or mend
the readiness probe.

Source: Kubernetes discovery/v1, EndpointConditions; recorded on a real 1.36 cluster
(reference kubernetes/api-pods-not-ready: addresses stay, `ready: false`).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import impact, inside, pods
from parallax.evidence.reading import evidence_so_far
from parallax.evidence.scene import Scene
from parallax.model.cluster import Pod
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Role

ID = "pods-not-ready"


def assess(scene: Scene) -> Assessment:
    """Ask whether requests end at the ingress because no pod is ready."""
    found, state = pods.endpoints(scene), pods.endpoints_text(scene)
    if not found or pods.ready(found):
        return refuted(ID, state)
    with evidence_so_far(state):
        ends = impact.ends_without_pod(scene)
    unready = _unready(scene)
    told = (pods.text(unready),) if unready else ()
    return supported(ID, state, *told, *_only_the_probe(scene), ends)


def _only_the_probe(scene: Scene) -> tuple[str, ...]:
    """Say that the pods answer well, so that only their readiness probe fails."""
    asked = scene.inside(Role.POD)
    if not asked or not all(p.healthy for p in asked):
        return ()
    return ("asked inside, the pods answer well: what fails is their readiness probe",)


def _unready(scene: Scene) -> list[Pod]:
    """Return the pods that are not ready, the one that restarted most first."""
    its_pods = inside.cluster(scene).pods or ()
    return sorted((p for p in its_pods if not p.ready), key=lambda p: -p.restarts)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to see why a pod is not ready."""
    namespace, _, name = pods.service_name(scene).partition("/")
    kubectl = f"kubectl -n {quote(namespace)}"
    every = NextStep(
        text="See all its pods.",
        command=f"{kubectl} get pods -o wide",
    )
    its_pods = _unready(scene)
    named = [p.name for p in its_pods]
    named += [e.pod for e in pods.known_endpoints(scene) if e.pod]
    if not named:
        return (every,)
    first = its_pods[0] if its_pods else None
    why = (first.waiting_reason or first.phase) if first else "not ready"
    before = " --previous" if first and first.restarts else ""
    events = NextStep(
        text=f"See why {named[0]} of {name} is not ready ({why}): its events are at"
        " the end.",
        command=f"{kubectl} describe pod {quote(named[0])}",
    )
    log = NextStep(
        text="Read what it said before it restarted." if before else "Read its log.",
        command=f"{kubectl} logs {quote(named[0])} --tail=100{before}",
    )
    return events, log, every


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.POD,
    title="The pods behind the Service are not ready",
    assess=assess,
    next_steps=next_steps,
)
