"""The Service behind the ingress has no endpoints.

Meaning: requests reach the ingress, which has a rule for the host, finds no endpoint of
the Service and responds 503 itself. No pod runs, the Service's selector matches no pod,
or no pod has an address yet.

Impact: every request for this Service fails, externally and internally. Other Services
of the same ingress work.

Diagnosis: the EndpointSlices, read since the failure began, contain no address, ready
or not. The ingress's own 503 page, or its access log without an upstream, shows that
users' requests end there. EndpointSlices that could not be read prove nothing.

Neighbors: with `pods-not-ready` there are addresses, and none is ready.
`ingress-rejects-request` produces the same page, but has ready pods. With
`ingress-without-endpoints` the ingress's own Service has no endpoints, and the load
balancer wrote the 503.

Mitigation: make pods available again: check the replicas, the node selector and the
Service's selector.

Source: Kubernetes discovery/v1, EndpointSlice; ingress-nginx (503 for a Service without
endpoints; a rate limit and a denied location produce the same page).
"""

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.endpoint_steps import endpoint_steps
from parallax.causes.reason_steps import joined, reason_steps
from parallax.evidence import impact, inside, pods
from parallax.evidence.reading import proven
from parallax.evidence.reasons.selection import of_absence
from parallax.evidence.reasons.volumes import used
from parallax.evidence.reasons.why import Why
from parallax.evidence.scene import Scene
from parallax.model.cluster import ClusterReading
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.reason import Reason

ID = "service-without-endpoints"


def assess(scene: Scene) -> Assessment:
    """Check whether requests end at the ingress because the Service has no endpoint."""
    found, state = pods.endpoints(scene), pods.endpoints_text(scene)
    if found and not pods.ready(found):
        name = pods.service_name(scene)
        count = f"{len(found)} endpoint{'s' * (len(found) > 1)}"
        return refuted(ID, f"Service {name} has {count}, although none is ready")
    if found:
        return refuted(ID, state)
    shown, why = _state(inside.cluster(scene)), reason(scene)
    text = (why.text,) if why and why.text not in shown else ()
    below = why.reason if why else None
    with proven(state, *shown, *text, reason=below):
        ends = impact.ends_without_pod(scene)
    return supported(ID, state, *shown, *text, ends, reason=below)


def reason(scene: Scene) -> Why | None:
    """Return why the Service has no endpoint; None: not established."""
    cluster = inside.cluster(scene)
    absent = [p for p in cluster.problems if p.startswith("no Service ")]
    if absent and cluster.service is None:
        return _missing(cluster, absent[0])
    return of_absence(cluster, cluster.service, cluster.pods, cluster.workloads)


def _missing(cluster: ClusterReading, absent: str) -> Why:
    """Return why the Service does not exist; only a full quota tells more."""
    full = [quota for quota in cluster.quotas or () if quota.full]
    if not full:
        return Why(reason=Reason.SERVICE_MISSING, text=absent, kind="service")
    text = f"{used(full)} admits no more Services, so that it cannot be created"
    return Why(
        reason=Reason.SERVICE_QUOTA_EXCEEDED,
        text=text,
        kind="resourcequota",
        name=full[0].name,
    )


def _state(cluster: ClusterReading) -> tuple[str, ...]:
    """Return why there are no endpoints, as far as the cluster was read."""
    absent = [p for p in cluster.problems if p.startswith("no Service ")]
    if absent and cluster.service is None:
        return tuple(absent)
    if cluster.pods is None:
        return ()
    if cluster.pods:
        return (f"its pods have no address yet: {pods.text(cluster.pods)}",)
    wants = [
        f"{work.kind} {work.name}: {_pods(work.desired)} desired"
        for work in cluster.workloads or ()
    ]
    return (f"no pod matches its selector{f' ({", ".join(wants)})' if wants else ''}",)


def _pods(count: int) -> str:
    return "1 pod" if count == 1 else f"{count} pods"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find why the Service has no endpoints."""
    cluster, name = inside.cluster(scene), pods.service_name(scene)
    every = endpoint_steps(
        name,
        cluster.workloads,
        cluster.pods,
        pod_problem="has no address",
        selected="the pods' labels",
    )
    return joined(reason_steps(reason(scene), name.partition("/")[0]), every)


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.SERVICE,
    title="The Service behind the ingress has no endpoints",
    assess=assess,
    next_steps=next_steps,
)
