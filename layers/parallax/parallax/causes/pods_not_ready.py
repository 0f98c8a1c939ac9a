"""The Service has pods, but none of them is ready.

Meaning: the Service has addresses, but every pod fails its readiness probe or restarts.
The ingress sends requests only to ready pods, and responds 503 itself.

Impact: every request for this Service fails, externally and internally. Other Services
of the same ingress work.

Diagnosis: the EndpointSlices, read since the failure began, contain addresses, and none
of them is ready. The ingress's own 503 page, or its access log without an upstream,
shows that users' requests end there. The pods show the reason: what they wait for, and
how often they restarted.

Neighbors: `service-without-endpoints` has no address at all. `ingress-rejects-request`
produces the same page, but has ready pods. With `pod-refuses-connection` pods are
ready, and users get 502.

Mitigation: read the pod's events and log. Roll back the change that broke its start, or
correct the readiness probe.

Source: Kubernetes discovery/v1, EndpointConditions (recorded on Kubernetes 1.36:
addresses stay, with `ready: false`).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import impact, inside, pods
from parallax.evidence.reading import proven
from parallax.evidence.scene import Scene
from parallax.model.cluster import Pod
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import Role

ID = "pods-not-ready"


def assess(scene: Scene) -> Assessment:
    """Check whether requests end at the ingress because no pod is ready."""
    found, state = pods.endpoints(scene), pods.endpoints_text(scene)
    if not found or pods.ready(found):
        return refuted(ID, state)
    with proven(state):
        ends = impact.ends_without_pod(scene)
    unready = _unready(scene)
    states = (pods.text(unready),) if unready else ()
    return supported(ID, state, *states, *_only_the_probe(scene), ends)


def _only_the_probe(scene: Scene) -> tuple[str, ...]:
    """Return that the pods respond successfully although they are not ready."""
    probes = scene.inside(Role.POD)
    if not probes or not all(p.healthy for p in probes):
        return ()
    share = f"all {len(probes)} internal probes of the pods succeed"
    return (f"{share}, so most likely only the readiness probe fails",)


def _unready(scene: Scene) -> list[Pod]:
    """Return the pods that are not ready, those with most restarts first."""
    its_pods = inside.cluster(scene).pods or ()
    return sorted((p for p in its_pods if not p.ready), key=lambda p: -p.restarts)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find why a pod is not ready."""
    namespace, _, name = pods.service_name(scene).partition("/")
    kubectl = f"kubectl -n {quote(namespace)}"
    every = NextStep(
        text="List all pods.",
        command=f"{kubectl} get pods -o wide",
    )
    its_pods = _unready(scene)
    named = [p.name for p in its_pods]
    named += [e.pod for e in pods.known_endpoints(scene) if e.pod]
    if not named:
        return (every,)
    first = its_pods[0] if its_pods else None
    state = f" (state {first.waiting_reason or first.phase})" if first else ""
    before = " --previous" if first and first.restarts else ""
    events = NextStep(
        text=f"Pod {named[0]} of {name} is not ready{state}. Find why: its events are"
        " at the end of the output.",
        command=f"{kubectl} describe pod {quote(named[0])}",
    )
    log = NextStep(
        text=f"Read the pod's log{' before its last restart' if before else ''}.",
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
