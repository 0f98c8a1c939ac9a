"""The Service has pods, but none of them is ready.

Meaning: the Service has addresses, but every pod fails its readiness probe or restarts.
The ingress sends requests only to ready pods, and responds 503 itself.

Impact: every request for this Service fails, externally and internally. Other Services
of the same ingress work.

Diagnosis: the EndpointSlices, read since the failure began, contain addresses, and none
of them is ready. The ingress's own 503 page, or its access log without an upstream,
shows that users' requests end there. The pods' conditions, the states of their
containers and their Warning events show the `reason`, as far as they were read.

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
from parallax.causes.reason_steps import joined, reason_steps
from parallax.evidence import impact, inside, pods
from parallax.evidence.reading import proven
from parallax.evidence.reasons.pods import of_pods
from parallax.evidence.reasons.why import Why
from parallax.evidence.scene import Scene
from parallax.model.cluster import Pod
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import Role
from parallax.model.reason import Reason

ID = "pods-not-ready"
CRASHES = "CrashLoopBackOff"
"""Kubernetes's reason for a container that waits for its next restart."""


def assess(scene: Scene) -> Assessment:
    """Check whether requests end at the ingress because no pod is ready."""
    found, state = pods.endpoints(scene), pods.endpoints_text(scene)
    if not found or pods.ready(found):
        return refuted(ID, state)
    unready, why = _unready(scene), _why(scene)
    states = (pods.text(unready),) if unready else ()
    shown = (*states, *((why.text,) if why else ()), *_they_respond(scene, why))
    reason = why.reason if why else None
    with proven(state, *shown, reason=reason):
        ends = impact.ends_without_pod(scene)
    return supported(ID, state, *shown, ends, reason=reason)


def _why(scene: Scene) -> Why | None:
    """Return why the pods are not ready; None: not established."""
    why = of_pods(inside.cluster(scene), _unready(scene))
    if why is None and _succeeding(scene):
        name = _names(scene)[0] if _names(scene) else "?"
        text = f"pod {name} responds, and is not ready: its readiness probe fails"
        return Why(reason=Reason.READINESS_PROBE_FAILS, text=text, name=name)
    return why


def _they_respond(scene: Scene, why: Why | None) -> tuple[str, ...]:
    """Return that the pods respond successfully although they are not ready."""
    if not (count := _succeeding(scene)):
        return ()
    share = f"all {count} internal probes of the pods succeed"
    if why and why.reason is not Reason.READINESS_PROBE_FAILS:
        either = "another container keeps the pods unready"
        return (f"{share}, so {either}, or only the readiness probe fails",)
    return (f"{share}, so most likely only the readiness probe fails",)


def _succeeding(scene: Scene) -> int:
    """Return how many internal probes of pods there are, if all succeed; else 0."""
    probes = scene.inside(Role.POD)
    return len(probes) if all(p.healthy for p in probes) else 0


def _names(scene: Scene) -> list[str]:
    """Return the names of the pods that are not ready, as far as they are known."""
    named = [p.name for p in _unready(scene)]
    return named + [e.pod for e in pods.known_endpoints(scene) if e.pod]


def _unready(scene: Scene) -> list[Pod]:
    """Return the pods that are not ready, those with most restarts first."""
    its_pods = inside.cluster(scene).pods or ()
    return sorted((p for p in its_pods if not p.ready), key=lambda p: -p.restarts)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find why a pod is not ready."""
    namespace, _, name = pods.service_name(scene).partition("/")
    kubectl = f"kubectl -n {quote(namespace)}"
    every = NextStep(
        text="List all pods. Healthy ones are Running, with READY 1/1, 2/2 or so.",
        command=f"{kubectl} get pods -o wide",
    )
    its_pods, named = _unready(scene), _names(scene)
    own = reason_steps(_why(scene), namespace)
    if not named:
        return joined(own, (every,))
    first = its_pods[0] if its_pods else None
    state = f" (state {first.waiting_reason or first.phase})" if first else ""
    before = " --previous" if first and first.restarts else ""
    events = NextStep(
        text=f"Pod {named[0]} of {name} is not ready{state}. Find why: see"
        f"{' `Last State` and' if before else ''} the events at the end of the output.",
        command=f"{kubectl} describe pod {quote(named[0])}",
    )
    log = NextStep(
        text=f"Read the pod's log{' before its last restart' if before else ''}.",
        command=f"{kubectl} logs {quote(named[0])} --tail=100{before}",
    )
    if first and first.waiting_reason == CRASHES:
        return joined(own, (log, events, every))
    return joined(own, (events, log, every))


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.POD,
    title="The pods behind the Service are not ready",
    assess=assess,
    next_steps=next_steps,
)
