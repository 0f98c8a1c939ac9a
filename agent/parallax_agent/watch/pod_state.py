"""Pod state: why a pod is not ready, as its own object has it.

In: a Pod as the API documents it. Out: the model's `Pod`, with what keeps it unready.
It does not: judge, or read more of a pod that is ready.
Source: Kubernetes API, core/v1 (PodCondition, ContainerState, Probe).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import cast

from parallax.model.cluster import Pod
from parallax.model.wire import Json
from parallax_agent.watch import objects
from parallax_agent.watch.objects import instant, many, message, part

MOST = 20
"""Unready pods of which more is read."""


def pods_with_state(items: Iterable[Json]) -> Iterator[Pod]:
    """Yield pods; of the first `MOST` that are not ready, with what keeps them so.

    A thousand pods fail for the same reasons, and each message is some 300 bytes.
    """
    unready = 0
    for item in items:
        pod = objects.pod(item)
        unready += not pod.ready
        yield pod if pod.ready or unready > MOST else pod_with_state(item)


def pod_with_state(item: Json) -> Pod:
    """Return a pod; if it is not ready, with what keeps it so."""
    pod = objects.pod(item)
    if pod.ready:
        return pod
    statuses = list(_statuses(item))
    no_status: dict[str, Json] = {}
    chosen = next(filter(_waits, statuses), None) or next(
        filter(_ended, statuses), no_status
    )
    last = _end(chosen)
    return replace(
        pod,
        waiting_message=message(part(chosen, "state", "waiting").get("message")),
        waiting_container=_title(chosen),
        exit_code=last.get("exitCode"),
        exit_reason=last.get("reason") or part(item, "status").get("reason"),
        ended_at=instant(last.get("finishedAt")),
        unscheduled=_unscheduled(item),
        placement=_placement(item),
        claims=None if pod.node else tuple(sorted(claims_of(item))) or None,
        readiness_probe=_probe(item, "readinessProbe"),
        liveness_probe=_probe(item, "livenessProbe"),
    )


def _statuses(item: Json) -> Iterator[dict[str, Json]]:
    """Yield the containers' statuses, the init containers first, marked as such."""
    for status in many(item, "status", "initContainerStatuses"):
        yield {**status, "init": True}
    yield from many(item, "status", "containerStatuses")


def _waits(status: dict[str, Json]) -> bool:
    """Return whether a container waits, but not only for an init container."""
    reason = part(status, "state", "waiting").get("reason")
    return reason is not None and reason != "PodInitializing"


def _ended(status: dict[str, Json]) -> bool:
    """Return whether a container ended with an error, or runs again after one."""
    last = _end(status)
    failed = last.get("exitCode") not in {None, 0}
    return failed and not (status.get("init") and status.get("ready"))


def _end(status: dict[str, Json]) -> dict[str, Json]:
    """Return how a container ended last; empty: never."""
    present = part(status, "state", "terminated")
    return present or part(status, "lastState", "terminated")


def _title(status: dict[str, Json]) -> str | None:
    name = status.get("name")
    return f"init {name}" if name and status.get("init") else name


def _unscheduled(item: Json) -> str | None:
    """Return the scheduler's message about a pod without a node."""
    for condition in many(item, "status", "conditions", having=("type", "status")):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return message(condition.get("message") or condition.get("reason"))
    return None


def _placement(item: Json) -> str | None:
    """Return what the pod requires of its node: selector, affinity, both, nothing."""
    spec = part(item, "spec")
    affinity = part(spec, "affinity", "nodeAffinity")
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    both = (("selector", spec.get("nodeSelector")), ("affinity", required))
    return ", ".join(name for name, value in both if value) or None


def claims_of(item: Json) -> Iterator[str]:
    """Yield the names of the claims whose volumes a pod mounts."""
    for volume in many(item, "spec", "volumes"):
        if name := part(volume, "persistentVolumeClaim").get("claimName"):
            yield str(name)


def _probe(item: Json, kind: str) -> str | None:
    """Return the first container's probe of this kind, e.g. `GET :8081/ready of web`.

    A container without a name is none that the API accepts.
    """
    for container in many(item, "spec", "containers", having=("name",)):
        if text := _text(part(container, kind)):
            return f"{text} of container {container['name']}"
    return None


def _text(probe: Json) -> str | None:
    """Return what a probe requests."""
    if "httpGet" in probe:
        get = part(probe, "httpGet")
        path = message(get.get("path")) or "/"
        tls = " over TLS" if get.get("scheme") == "HTTPS" else ""
        return f"GET :{get.get('port')}{path}{tls}"
    if "tcpSocket" in probe:
        return f"connect to :{part(probe, 'tcpSocket').get('port')}"
    if "grpc" in probe:
        return f"gRPC :{part(probe, 'grpc').get('port')}"
    return "a command" if "exec" in cast("dict[str, Json]", probe) else None
