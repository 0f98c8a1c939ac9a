"""Pods: the reason why one pod is not ready, and the one that most pods share.

In: a reading and pods. Out: a `Why`, or None if no evidence decides.
It does not: look at the Service; `selection` does.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from parallax.evidence.reasons import containers, scheduling, volumes
from parallax.evidence.reasons.why import Why, messages, quoted
from parallax.model.cluster import ClusterReading, Node, Pod, Warned
from parallax.model.reason import Reason

STALE = frozenset({None, "ContainerCreating", "PodInitializing", "Pending"})
"""States that a node which is not ready leaves as they are."""
_NO_CLASS = re.compile(r'storageclass\S* "[^"]*" not found')
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
    node = next((n for n in cluster.nodes or () if n.name == pod.node), None)
    if node and not node.ready and pod.waiting_reason in STALE:
        return _on_lost_node(pod, node)
    return containers.reason_of(pod, events, cluster.read_at)


def _unplaced(pod: Pod, reported: str) -> Why:
    """Return the scheduler's own reason."""
    text = scheduling.without_preemption(reported)
    return Why(
        reason=scheduling.reason_of(reported, pod),
        text=f"pod {pod.name} cannot be scheduled: {quoted(text)}",
        name=pod.name,
    )


def _of_volume(cluster: ClusterReading, pod: Pod, reported: str) -> Why | None:
    """Return more about the claim that the scheduler waits for."""
    found = scheduling.reason_of(reported, pod)
    if found is Reason.VOLUME_CLAIM_MISSING:
        text = quoted(scheduling.without_preemption(reported))
        return volumes.of_missing(cluster, pod, text)
    if found is not Reason.VOLUME_UNBOUND:
        return None
    return _missing_class(cluster, pod) or volumes.of_unbound(cluster, pod)


def _missing_class(cluster: ClusterReading, pod: Pod) -> Why | None:
    """Return the StorageClass that a claim waits for, if it does not exist."""
    each = messages(cluster.events or (), "ProvisioningFailed").split("\n")
    found = next((m for m in each if _NO_CLASS.search(m)), None)
    if found is None:
        return None
    text = f"a claim of pod {pod.name} has no volume: {quoted(found)}"
    return Why(reason=Reason.STORAGE_CLASS_MISSING, text=text, name=pod.name)


def _on_lost_node(pod: Pod, node: Node) -> Why:
    """Return why the pod's node is not ready, as its condition has it."""
    reported = node.unready or ""
    silent, down = "NodeStatusUnknown" in reported, "runtime is down" in reported
    reason = Reason.CONTAINER_RUNTIME_DOWN if down else Reason.NODE_NOT_READY
    detail = f": {quoted(reported)}" if reported else ""
    return Why(
        reason=Reason.KUBELET_SILENT if silent else reason,
        text=f"pod {pod.name} is on node {node.name}, which is not ready{detail}",
        kind="node",
        name=node.name,
    )


def _not_placed(
    cluster: ClusterReading, pod: Pod, events: Sequence[Warned]
) -> Why | None:
    """Return why a pod has no node."""
    reported = pod.unscheduled or messages(events, "FailedScheduling").split("\n")[0]
    if reported:
        return _of_volume(cluster, pod, reported) or _unplaced(pod, reported)
    if pod.phase != "Pending" or pod.waiting_reason is not None:
        return None
    read = cluster.events is not None
    why = "no scheduler said why" if read else "why was not read"
    text = f"pod {pod.name} has no node, and {why}"
    reason = Reason.NO_SCHEDULER if read else Reason.NOT_SCHEDULED
    return Why(reason=reason, text=text, name=pod.name)
