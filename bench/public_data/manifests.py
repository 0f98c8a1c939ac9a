"""Manifests: what Kubernetes makes of manifests, by its own rules.

In: objects as a user applies them. Out: objects as the API would show them later: pods
with their states and events, EndpointSlices, workloads, on one node.
It does not: pull or run images. An image counts as one that runs and listens on the
ports that its container declares, so a fault that only the image shows is not here.
Source: kubelet (kubelet_pods.go, secret and configmap volumes), kube-scheduler (reasons
of its plugins), the EndpointSlice controller; quoted from the events they write.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from parallax_agent.watch.objects import many, part

type Object = dict[str, Any]

NODE = "node-a"
CLASSES = {None, "", "standard"}
"""Storage classes that exist."""
ORDINARY = {"cpu", "memory", "ephemeral-storage"}
"""Resources that every node has."""
WORKLOADS = {"Deployment": "deployments", "StatefulSet": "statefulsets"}
UNPLACED = "0/1 nodes are available: {}. preemption: 0/1 nodes are available: 1 {}."
HOPELESS = "Preemption is not helpful for scheduling"


@dataclass(slots=True)
class Found:
    """Why a pod does not get ready."""

    unscheduled: str | None = None
    waiting: str | None = None
    warnings: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def cluster(applied: list[Object], namespace: str, now: str) -> dict[str, list[Object]]:
    """Return the cluster's objects after these were applied, by resource."""
    for item in applied:
        item["metadata"].setdefault("namespace", namespace)
    objects: dict[str, list[Object]] = {"nodes": [_node()], "pods": [], "events": []}
    for number, item in enumerate(_pods(applied), 1):
        found = _trouble(item, applied)
        objects["pods"].append(_placed(item, found, number))
        objects["events"] += _events(item, found, now)
    ready = {pod["metadata"]["name"] for pod in objects["pods"] if is_ready(pod)}
    objects["events"] += [
        _no_class(item, now)
        for item in applied
        if item["kind"] == "PersistentVolumeClaim"
        and part(item, "spec").get("storageClassName") not in CLASSES
    ]
    objects["deployments"] = [
        _counted(item, ready) for item in applied if item["kind"] == "Deployment"
    ]
    services = [service(item) for item in applied if item["kind"] == "Service"]
    objects["services"] = services
    objects["endpointslices"] = [
        endpoint_slice(item, objects["pods"]) for item in services
    ]
    objects["ingresses"] = [item for item in applied if item["kind"] == "Ingress"]
    return objects


def is_ready(pod: Object) -> bool:
    """Return whether a pod has the condition Ready."""
    ready = {"type": "Ready", "status": "True"}.items()
    return any(
        ready <= condition.items() for condition in many(pod, "status", "conditions")
    )


def _node() -> Object:
    addresses = [{"type": "InternalIP", "address": "192.0.2.21"}]
    conditions = [{"type": "Ready", "status": "True"}]
    return {
        "metadata": {"name": NODE, "labels": {"kubernetes.io/hostname": NODE}},
        "status": {"addresses": addresses, "conditions": conditions},
    }


def _pods(applied: list[Object]) -> Iterator[Object]:
    """Yield the pods that were applied, and those of workloads."""
    for item in applied:
        if item["kind"] == "Pod":
            yield item
        if item["kind"] in WORKLOADS:
            name, template = item["metadata"]["name"], item["spec"]["template"]
            for number in range(item["spec"].get("replicas", 1)):
                labels = part(template, "metadata", "labels")
                meta = {"name": f"{name}-{number}", "labels": labels}
                meta["namespace"] = item["metadata"]["namespace"]
                yield {"kind": "Pod", "metadata": meta, "spec": template["spec"]}


def _trouble(pod: Object, applied: list[Object]) -> Found:
    """Return what keeps a pod from becoming ready; without a word: nothing."""
    names = {(item["kind"], item["metadata"]["name"]): item for item in applied}
    unplaced = next(filter(None, _unplaced(pod, names)), None)
    if unplaced:
        told = UNPLACED.format(unplaced, HOPELESS)
        return Found(unscheduled=told, warnings=[("FailedScheduling", told)])
    for volume in many(pod, "spec", "volumes"):
        for key, kind, what in (
            ("configMap", "ConfigMap", "name"),
            ("secret", "Secret", "secretName"),
        ):
            wanted = part(volume, key).get(what)
            if wanted and (kind, wanted) not in names:
                told = (
                    f'MountVolume.SetUp failed for volume "{volume["name"]}" :'
                    f' {kind.lower()} "{wanted}" not found'
                )
                return Found(
                    waiting="ContainerCreating", warnings=[("FailedMount", told)]
                )
    for kind, wanted in _referred(pod):
        if (kind, wanted) not in names:
            told = f'Error: {kind.lower()} "{wanted}" not found'
            return Found(
                waiting="CreateContainerConfigError", warnings=[("Failed", told)]
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


def _placed(pod: Object, found: Found, number: int) -> Object:
    """Return the pod with its status."""
    names = [c["name"] for c in many(pod, "spec", "containers", having=("name",))]
    unready = bool(found.unscheduled or found.waiting or found.warnings)
    running = not found.unscheduled and not found.waiting
    state: Object = (
        {"waiting": {"reason": found.waiting}} if found.waiting else {"running": {}}
    )
    scheduled: Object = {"type": "PodScheduled", "status": "True"}
    if found.unscheduled:
        message = {"reason": "Unschedulable", "message": found.unscheduled}
        scheduled = {**scheduled, "status": "False", **message}
    status: Object = {
        "phase": "Running" if running else "Pending",
        "conditions": [
            scheduled,
            {"type": "Ready", "status": "False" if unready else "True"},
        ],
    }
    spec = dict(pod["spec"])
    if not found.unscheduled:
        spec["nodeName"] = NODE
        status["containerStatuses"] = [
            {"name": name, "ready": not unready, "restartCount": 0, "state": state}
            for name in names
        ]
        if found.waiting != "ContainerCreating":
            status["podIP"] = f"10.9.0.{number}"
    return {"metadata": pod["metadata"], "spec": spec, "status": status}


def _events(pod: Object, found: Found, now: str) -> Iterator[Object]:
    return (_event(pod, warning, now) for warning in found.warnings)


def _event(item: Object, warning: tuple[str, str], now: str) -> Object:
    """Return a Warning event about an object: its reason and message."""
    meta, (reason, message) = item["metadata"], warning
    return {
        "metadata": {"name": f"{meta['name']}.1", "namespace": meta["namespace"]},
        "involvedObject": {"kind": item["kind"], "name": meta["name"]},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "lastTimestamp": now,
    }


def _no_class(claim: Object, now: str) -> Object:
    """Return the event of a claim whose StorageClass does not exist."""
    name = claim["spec"]["storageClassName"]
    text = f'storageclass.storage.k8s.io "{name}" not found'
    return _event(claim, ("ProvisioningFailed", text), now)


def _counted(item: Object, ready: set[str]) -> Object:
    wanted = item["spec"].get("replicas", 1)
    names = {f"{item['metadata']['name']}-{number}" for number in range(wanted)}
    counts = {"readyReplicas": len(names & ready), "updatedReplicas": wanted}
    spec = {**item["spec"], "replicas": wanted}
    return {"metadata": item["metadata"], "spec": spec, "status": counts}


def service(item: Object) -> Object:
    """Return a Service with the defaults that the API fills in."""
    return {
        **item,
        "spec": {"clusterIP": "10.96.7.7", "type": "ClusterIP", **item["spec"]},
    }


def endpoint_slice(front: Object, pods: Iterable[Object]) -> Object:
    """Return the EndpointSlice of a Service: the pods with the selector's labels."""
    selector = part(front, "spec", "selector")
    chosen = [
        pod
        for pod in pods
        if selector
        and selector.items() <= part(pod, "metadata", "labels").items()
        and pod["status"].get("podIP")
    ]
    meta = front["metadata"]
    return {
        "metadata": {
            "name": meta["name"],
            "namespace": meta["namespace"],
            "labels": {"kubernetes.io/service-name": meta["name"]},
        },
        "addressType": "IPv4",
        "ports": [
            {**_named(port), "port": port.get("targetPort", port["port"])}
            for port in many(front, "spec", "ports")
        ],
        "endpoints": [
            {
                "addresses": [pod["status"]["podIP"]],
                "conditions": {"ready": is_ready(pod)},
                "nodeName": pod["spec"].get("nodeName"),
                "targetRef": {"kind": "Pod", "name": pod["metadata"]["name"]},
            }
            for pod in chosen
        ],
    }


def _named(port: Object) -> Object:
    return {key: port[key] for key in ("name", "protocol") if key in port}
