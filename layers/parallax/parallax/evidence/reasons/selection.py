"""Selection: why a Service has no pod at all.

In: a reading, a Service's pods and workloads. Out: a `Why`, or None if no evidence
decides. It does not: read StatefulSets, which the agent does not list: a Service whose
pods one of them runs looks like a Service without a workload.
"""

from collections.abc import Sequence

from parallax.evidence.reasons import creation
from parallax.evidence.reasons.pods import of_pods
from parallax.evidence.reasons.why import Why, quoted
from parallax.model.cluster import ClusterReading, Pod, Service, Unselected, Workload
from parallax.model.reason import Reason

OWNERS = frozenset({"ReplicaSet", "DaemonSet", "StatefulSet", "Deployment", "Job"})
"""Kinds whose events say why no pod was created."""


def of_absence(
    cluster: ClusterReading,
    service: Service | None,
    pods: Sequence[Pod] | None,
    workloads: Sequence[Workload] | None,
) -> Why | None:
    """Return why a Service has no endpoint; None: not established."""
    if service is not None and service.selector == ():
        text = f"Service {service.name} has no selector, so it needs written endpoints"
        return Why(
            reason=Reason.NO_SELECTOR, text=text, kind="service", name=service.name
        )
    if pods is None:
        return None
    if pods:
        return of_pods(cluster, pods)
    return of_workloads(cluster, workloads) or _unmatched(cluster, service, workloads)


def of_workloads(
    cluster: ClusterReading, workloads: Sequence[Workload] | None
) -> Why | None:
    """Return why workloads have no pods; None: not established, or no workload."""
    wanting = [w for w in workloads or () if w.desired]
    if workloads and not wanting:
        return _zero(workloads[0])
    reported = next((w for w in wanting if w.failure), None)
    if reported is not None and reported.failure:
        return _not_created(reported, reported.failure)
    for event in cluster.events or ():
        if event.kind in OWNERS and event.reason == "FailedCreate":
            owner = next((w for w in wanting if event.name.startswith(w.name)), None)
            if owner is not None:
                return _not_created(owner, event.message)
    if wanting:
        work = wanting[0]
        share = f"0 of {work.desired} pods"
        text = f"{work.kind} {work.name} has {share}, and no event states why"
        return _about(work, Reason.PODS_NOT_CREATED, text)
    return None


def _zero(work: Workload) -> Why:
    name = f"{work.kind} {work.name}"
    if work.kind == "DaemonSet":
        text = f"no node is eligible for {name}: 0 pods are desired"
        return _about(work, Reason.NO_NODE_MATCHES, text)
    return _about(work, Reason.ZERO_REPLICAS, f"{name} is scaled to 0 replicas")


def _not_created(work: Workload, reported: str) -> Why:
    text = f"{work.kind} {work.name} cannot create pods: {quoted(reported)}"
    return _about(work, creation.reason_of(reported), text)


def _about(work: Workload, reason: Reason, text: str) -> Why:
    return Why(reason=reason, text=text, kind=work.kind.lower(), name=work.name)


def _unmatched(
    cluster: ClusterReading,
    service: Service | None,
    workloads: Sequence[Workload] | None,
) -> Why | None:
    """Return that no pod has the labels of the selector, and what comes near."""
    if workloads is None or service is None:
        return None
    wants = service.selector
    own = service is cluster.service
    near = [_differs(one, wants) for one in (own and cluster.unselected) or () if wants]
    labels = f" {_pairs(wants)}" if wants else ""
    text = f"no pod has the labels of its selector{labels}"
    if near:
        text += f"; {'; '.join(near[:2])}"
    return Why(
        reason=Reason.SELECTOR_MATCHES_NOTHING,
        text=text,
        kind="service",
        name=service.name,
    )


def _differs(one: Unselected, wants: Sequence[tuple[str, str]] | None) -> str:
    """Return which labels of a workload or pod differ from the selector."""
    has = dict(one.labels)
    wrong = [
        f"{key}={has[key]} instead of {key}={value}"
        if key in has
        else f"no label {key}"
        for key, value in wants or ()
        if has.get(key) != value
    ]
    return f"{one.kind} {one.name} has {' and '.join(wrong)}"


def _pairs(labels: Sequence[tuple[str, str]]) -> str:
    return ",".join(f"{key}={value}" for key, value in labels)
