"""Pods: the reason why one pod is not ready, and the one that most pods share.

In: a reading and pods. Out: a `Why`, or None if no evidence decides.
It does not: look at the Service; `selection` does.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from parallax.evidence.reasons import containers, scheduling
from parallax.evidence.reasons.why import Why, messages, quoted
from parallax.model.cluster import ClusterReading, Pod, Warned
from parallax.model.reason import Reason

ENDED = frozenset({"Failed", "Succeeded"})


def of_pods(cluster: ClusterReading, pods: Sequence[Pod]) -> Why | None:
    """Return the reason that most of these pods share; None: not established."""
    found = [why for pod in pods if (why := of_pod(cluster, pod)) is not None]
    if not found:
        return None
    counts = Counter(why.reason for why in found)
    most = max(found, key=lambda why: counts[why.reason]).reason
    first = next(why for why in found if why.reason is most)
    others = counts[most] - 1
    if not others:
        return first
    more = f"{others} other pod{'s' if others > 1 else ''}"
    return replace(first, text=f"{first.text} (the same with {more})")


def of_pod(cluster: ClusterReading, pod: Pod) -> Why | None:
    """Return why one pod is not ready; None: not established, or it is ready."""
    if pod.ready:
        return None
    events = [e for e in cluster.events or () if (e.kind, e.name) == ("Pod", pod.name)]
    if pod.node is None and pod.phase not in ENDED:
        return _not_placed(cluster, pod, events)
    if pod.phase in ENDED:
        how = f" with exit code {pod.exit_code}" if pod.exit_code is not None else ""
        text = f"pod {pod.name} has ended ({pod.exit_reason or pod.phase}){how}"
        return Why(reason=Reason.POD_ENDED, text=text, name=pod.name)
    lost = any(n.name == pod.node and not n.ready for n in cluster.nodes or ())
    if lost and pod.waiting_reason is None:
        text = f"pod {pod.name} is on node {pod.node}, which is not ready"
        return Why(reason=Reason.NODE_NOT_READY, text=text, name=pod.name)
    return containers.reason_of(pod, events, cluster.read_at)


def _not_placed(
    cluster: ClusterReading, pod: Pod, events: Sequence[Warned]
) -> Why | None:
    """Return why a pod has no node."""
    reported = pod.unscheduled or messages(events, "FailedScheduling").split("\n")[0]
    if reported:
        text = scheduling.without_preemption(reported)
        return Why(
            reason=scheduling.reason_of(reported, pod),
            text=f"pod {pod.name} cannot be scheduled: {quoted(text)}",
            name=pod.name,
        )
    if pod.phase != "Pending" or pod.waiting_reason is not None:
        return None
    why = "why was not read" if cluster.events is None else "no scheduler said why"
    text = f"pod {pod.name} has no node, and {why}"
    return Why(reason=Reason.NOT_SCHEDULED, text=text, name=pod.name)
