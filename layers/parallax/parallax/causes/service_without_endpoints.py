"""The Service behind the ingress has no endpoint at all.

Meaning: requests reach the ingress, which knows the host, finds nobody behind its
Service and answers 503 itself. No pod stands behind the Service: none runs, its
selector matches none, or none has got an address yet.

Impact: every request for this Service fails, from outside and inside alike; other
Services of the same ingress work.

Diagnosis: the EndpointSlices, read since the failure began, hold no address, ready
or not; and the ingress's own 503 page, or its access log without an upstream,
shows that users' requests end there.
EndpointSlices that could not be read prove nothing.

Neighbors: `pods-not-ready` has addresses, and none is ready;
`ingress-rejects-request` writes the same page and has ready pods;
`ingress-without-endpoints` is the ingress's own Service, and the 503 the balancer's.

Mitigation: bring pods back (replicas, node selector, the Service's selector).

Source: reference signatures.md, sections 1, 2 and 3.4: the page alone does not tell
this from a rate limit or a denied location.
"""

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.endpoint_steps import endpoint_steps
from parallax.evidence import impact, inside, pods
from parallax.evidence.reading import given
from parallax.evidence.scene import Scene
from parallax.model.cluster import ClusterReading
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "service-without-endpoints"


def assess(scene: Scene) -> Assessment:
    """Ask whether requests end at the ingress for want of any endpoint."""
    found, state = pods.endpoints(scene), pods.endpoints_text(scene)
    if found:
        return refuted(ID, state)
    with given(state):
        ends = impact.for_want_of_a_pod(scene)
    return supported(ID, state, *_why(inside.cluster(scene)), ends)


def _why(cluster: ClusterReading) -> tuple[str, ...]:
    """Say what the cluster tells about the emptiness, as far as it was read."""
    absent = [p for p in cluster.problems if p.startswith("no Service ")]
    if absent:
        return tuple(absent)
    if cluster.pods is None:
        return ()
    if cluster.pods:
        told = pods.text(cluster.pods)
        return (f"its pods have no address yet: {told}",)
    wants = [
        f"{work.kind} {work.name} wants {work.desired} pods"
        for work in cluster.workloads or ()
    ]
    return (f"no pod matches its selector{f' ({", ".join(wants)})' if wants else ''}",)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find why the Service has no endpoints."""
    cluster = inside.cluster(scene)
    return endpoint_steps(
        pods.service_name(scene),
        cluster.workloads,
        cluster.pods,
        pod_problem="has no address",
        selected="the pods' labels",
    )


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.SERVICE,
    title="The Service behind the ingress has no endpoint",
    assess=assess,
    next_steps=next_steps,
)
