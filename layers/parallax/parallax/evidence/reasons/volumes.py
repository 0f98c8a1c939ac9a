"""Volumes: why a claim that a pod waits for has no volume, or does not exist.

In: a reading, and a pod without a node. Out: a `Why`, or None if the volumes were not
read or allow several reasons.
It does not: judge a claim with a StorageClass: what makes its volume writes an event.
One reason is named only if every volume that comes nearest has this one difference.
"""

from collections.abc import Sequence

from parallax.evidence.reasons.why import Why
from parallax.model.cluster import ClusterReading, Pod
from parallax.model.namespace import Claim, NearVolume, Quota
from parallax.model.reason import Reason

_REASONS = {
    "access-modes": Reason.VOLUME_ACCESS_MODE_MISMATCH,
    "capacity": Reason.VOLUME_TOO_SMALL,
    "class": Reason.VOLUME_CLASS_MISMATCH,
    "labels": Reason.VOLUME_SELECTOR_MISMATCH,
    "taken": Reason.VOLUME_TAKEN,
}
"""The kinds of differences that are a reason of their own."""
_WANTS = {
    "access-modes": "requests the access modes",
    "capacity": "requests",
    "labels": "selects volumes with",
    "mode": "requests a volume of mode",
}
_HAS = {
    "access-modes": "offers",
    "capacity": "has",
    "class": "has the StorageClass",
    "labels": "has the labels",
    "mode": "has the mode",
    "taken": "already belongs to claim",
}


def of_unbound(cluster: ClusterReading, pod: Pod) -> Why | None:
    """Return why a claim of the pod has no volume; None: not established."""
    for claim in _of(cluster, pod):
        if claim.exists and claim.near is not None:
            return _unbound(pod, claim, claim.near)
    return None


def of_missing(cluster: ClusterReading, pod: Pod, reported: str) -> Why | None:
    """Return what quotas say about a claim of the pod that does not exist."""
    claim = next((c for c in _of(cluster, pod) if not c.exists), None)
    if claim is None or not cluster.quotas:
        return None
    full = [quota for quota in cluster.quotas if quota.full]
    reason = Reason.STORAGE_QUOTA_EXCEEDED if full else Reason.VOLUME_CLAIM_MISSING
    rejects = (
        "admits no more claims"
        if full
        else "rejects a claim that requests more than is left"
    )
    entry = used(full or cluster.quotas)
    return Why(
        reason=reason,
        text=f"pod {pod.name} cannot be scheduled: {reported}; {entry} {rejects}",
        kind="pvc",
        name=claim.name,
    )


def used(quotas: Sequence[Quota]) -> str:
    """Return the first quota with what is used of it."""
    first = quotas[0]
    return (
        f"ResourceQuota {first.name} ({first.resource}: {first.used} of {first.hard}"
        " used)"
    )


def _of(cluster: ClusterReading, pod: Pod) -> list[Claim]:
    return [c for c in cluster.claims or () if c.name in (pod.claims or ())]


def _unbound(pod: Pod, claim: Claim, near: Sequence[NearVolume]) -> Why | None:
    what = f"claim {claim.name} of pod {pod.name} has no volume"
    if not near:
        text = f"{what}: there is none, and it has no StorageClass that makes one"
        return _why(Reason.VOLUME_UNBOUND, text, claim)
    best = [v for v in near if len(v.differs) == len(near[0].differs)]
    kinds = {kind for volume in best for kind, _ in volume.differs}
    if not kinds:
        return None  # one fits, and is bound in a moment
    only = kinds.pop() if len(kinds) == 1 else ""
    reason = _REASONS.get(only, Reason.VOLUME_UNBOUND)
    return _why(reason, f"{what}: {_compared(claim, best[0])}", claim)


def _why(reason: Reason, text: str, claim: Claim) -> Why:
    return Why(reason=reason, text=text, kind="pvc", name=claim.name)


def _compared(claim: Claim, volume: NearVolume) -> str:
    """Return what the claim requests, and what the volume has instead."""
    wants = dict(claim.wants)
    asked = [
        "has no StorageClass"
        if kind == "class"
        else f"{_WANTS[kind]} {wants.get(kind, 'others')}"
        for kind, _ in volume.differs
        if kind == "class" or kind in _WANTS
    ]
    has = [f"{_HAS.get(kind, kind)} {value}" for kind, value in volume.differs]
    it = f"it {' and '.join(asked)}, and " if asked else ""
    return f"{it}volume {volume.name} {' and '.join(has)}"
