"""Scheduling: why the scheduler finds no node for a pod.

In: the scheduler's message, e.g. `0/3 nodes are available: 3 Insufficient memory.`
Out: the reason. It does not: read nodes.
The reason that rejects most nodes decides, and of two equal ones a cordon, because a
selector is meant to exclude nodes. The taint of control-plane nodes is normal,
so it decides only if no other reason is there.
Source: kube-scheduler, framework/plugins (ErrReason…), types.go (FitError).
"""

import re

from parallax.model.cluster import Pod
from parallax.model.reason import Reason

PREEMPTION = re.compile(r"\.? preemption: .*", re.DOTALL)
"""What the scheduler appends about pods of lower priority."""
_COUNTED = re.compile(r"(?:^|[:,.]\s*)(\d+) (?=\D)([^,]*(?:\{[^}]*\})?[^,.]*)")
_NORMAL = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_LOST = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
WHOLE = (
    ("no nodes available", Reason.NO_NODE),
    ("unbound immediate persistentvolumeclaim", Reason.VOLUME_UNBOUND),
    ("persistentvolumeclaim is being deleted", Reason.VOLUME_CLAIM_MISSING),
)
"""What the scheduler writes about the pod itself, whichever node it looks at."""
PER_NODE = (
    ("volume node affinity conflict", Reason.VOLUME_ON_ANOTHER_NODE),
    ("persistent volumes to bind", Reason.VOLUME_UNBOUND),
    ("available persistent volumes", Reason.VOLUME_UNBOUND),
    ("bound to non-existent persistentvolume", Reason.VOLUME_UNBOUND),
    ("insufficient cpu", Reason.INSUFFICIENT_CPU),
    ("insufficient memory", Reason.INSUFFICIENT_MEMORY),
    ("insufficient", Reason.INSUFFICIENT_RESOURCES),
    ("too many pods", Reason.INSUFFICIENT_RESOURCES),
    ("node affinity/selector", Reason.NO_NODE_MATCHES),
    ("node selector", Reason.NO_NODE_MATCHES),
    ("node affinity", Reason.NO_NODE_MATCHES),
    ("were unschedulable", Reason.NODE_CORDONED),
    ("affinity rules", Reason.POD_AFFINITY_CONFLICT),
    ("topology spread", Reason.POD_AFFINITY_CONFLICT),
    ("free ports", Reason.NO_FREE_HOST_PORT),
    ("taint", Reason.UNTOLERATED_TAINT),
)
"""Parts of the scheduler's phrases, the most specific first."""


def without_preemption(message: str) -> str:
    """Return the scheduler's message without its end about preemption."""
    return PREEMPTION.sub("", message)


def reason_of(message: str, pod: Pod) -> Reason:
    """Return why the scheduler finds no node."""
    lower = without_preemption(message).lower()
    if re.search(r'persistentvolumeclaim "[^"]*" not found', lower):
        return Reason.VOLUME_CLAIM_MISSING
    for phrase, reason in WHOLE:
        if phrase in lower:
            return reason
    counts = _counts(lower)
    if not counts:
        return next((r for p, r in PER_NODE if p in lower), Reason.UNSCHEDULABLE)
    found = max(counts, key=lambda r: (counts[r], r is Reason.NODE_CORDONED))
    return _exact(found, pod) if found is Reason.NO_NODE_MATCHES else found


def _counts(lower: str) -> dict[Reason, int]:
    """Return how many nodes each reason rejects, without normal taints if possible."""
    counts: dict[Reason, int] = {}
    normal = False
    for number, phrase in _COUNTED.findall(lower):
        if any(taint in phrase for taint in _NORMAL):
            normal = True
            continue
        found = next((r for p, r in PER_NODE if p in phrase), None)
        if found is Reason.UNTOLERATED_TAINT and any(t in phrase for t in _LOST):
            found = Reason.NODE_NOT_READY
        if found is not None:
            counts[found] = counts.get(found, 0) + int(number)
    return counts or ({Reason.UNTOLERATED_TAINT: 1} if normal else {})


def _exact(found: Reason, pod: Pod) -> Reason:
    """Return which of selector and affinity it is; the scheduler names both."""
    exact = {
        "selector": Reason.NODE_SELECTOR_MISMATCH,
        "affinity": Reason.NODE_AFFINITY_MISMATCH,
    }
    return exact.get(pod.placement or "", found)
