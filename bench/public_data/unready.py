"""Unready: what keeps a pod of manifests from becoming ready.

In: a pod, and the objects that were applied with it. Out: its state and the Warning
events about it, in the words of the scheduler and the kubelet.
It does not: run the pod's images.
Source: kube-scheduler (reasons of its plugins); kubelet (volumes, container
configuration, prober).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from parallax_agent.watch.objects import many, part

type Object = dict[str, Any]

NODE = "node-a"
CLASSES = {None, "", "standard"}
"""Storage classes that exist."""
ORDINARY = {"cpu", "memory", "ephemeral-storage"}
"""Resources that every node has."""
UNPLACED = "0/1 nodes are available: {}. preemption: 0/1 nodes are available: 1 {}."
HOPELESS = "Preemption is not helpful for scheduling"


@dataclass(slots=True)
class Found:
    """Why a pod does not get ready."""

    unscheduled: str | None = None
    waiting: str | None = None
    warnings: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def trouble(pod: Object, applied: list[Object]) -> Found:
    """Return what keeps a pod from becoming ready; without a word: nothing."""
    names = {(item["kind"], item["metadata"]["name"]): item for item in applied}
    unplaced = next(filter(None, _unplaced(pod, names)), None)
    if unplaced:
        message = UNPLACED.format(unplaced, HOPELESS)
        return Found(unscheduled=message, warnings=[("FailedScheduling", message)])
    for volume in many(pod, "spec", "volumes"):
        for key, kind, what in (
            ("configMap", "ConfigMap", "name"),
            ("secret", "Secret", "secretName"),
        ):
            wanted = part(volume, key).get(what)
            if wanted and (kind, wanted) not in names:
                message = (
                    f'MountVolume.SetUp failed for volume "{volume["name"]}" :'
                    f' {kind.lower()} "{wanted}" not found'
                )
                return Found(
                    waiting="ContainerCreating", warnings=[("FailedMount", message)]
                )
    for kind, wanted in _referred(pod):
        if (kind, wanted) not in names:
            message = f'Error: {kind.lower()} "{wanted}" not found'
            return Found(
                waiting="CreateContainerConfigError", warnings=[("Failed", message)]
            )
    return _unready(pod)


def _unplaced(
    pod: Object, names: dict[tuple[str, str], Object]
) -> Iterator[str | None]:
    """Yield why the scheduler finds no node, as it writes it."""
    if part(pod, "spec", "nodeSelector").items() - {("kubernetes.io/hostname", NODE)}:
        yield "1 node(s) didn't match Pod's node affinity/selector"
    for container in many(pod, "spec", "containers"):
        for resource in part(container, "resources", "requests"):
            if resource not in ORDINARY:
                yield f"1 Insufficient {resource}"
    for volume in many(pod, "spec", "volumes"):
        claim = part(volume, "persistentVolumeClaim").get("claimName")
        if claim is None:
            continue
        wanted = names.get(("PersistentVolumeClaim", claim))
        if wanted is None:
            yield f'persistentvolumeclaim "{claim}" not found'
        elif wanted["spec"].get("storageClassName") not in CLASSES:
            yield "pod has unbound immediate PersistentVolumeClaims"


def _referred(pod: Object) -> Iterator[tuple[str, str]]:
    """Yield the ConfigMaps and Secrets that containers' environments need."""
    for container in many(pod, "spec", "containers"):
        for entry in many(container, "env"):
            source = part(entry, "valueFrom")
            for key, kind in (
                ("configMapKeyRef", "ConfigMap"),
                ("secretKeyRef", "Secret"),
            ):
                name = part(source, key).get("name")
                if name and not part(source, key).get("optional"):
                    yield kind, name


def _unready(pod: Object) -> Found:
    """Return that a readiness probe cannot succeed, whatever the image does."""
    for container in many(pod, "spec", "containers"):
        command = many(container, "readinessProbe", "exec", "command")
        if command and re.fullmatch(r"exit [1-9]\d*", str(command[-1]).strip()):
            return Found(warnings=[("Unhealthy", "Readiness probe failed: ")])
    return Found()
