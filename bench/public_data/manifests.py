"""Manifests: what Kubernetes makes of manifests, by its own rules.

In: objects as a user applies them. Out: objects as the API would show them later: pods
with their states and events, EndpointSlices, workloads, on one node.
It does not: pull or run images. An image counts as one that runs and listens on the
ports that its container declares, so a fault that only the image shows is not here.
Source: the EndpointSlice controller; `unready` has those of pods.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bench.public_data.unready import CLASSES, NODE, Found, trouble
from parallax_agent.watch.objects import many, part

type Object = dict[str, Any]

POLICY = "NetworkPolicy"
WORKLOADS = {"Deployment": "deployments", "StatefulSet": "statefulsets"}


def cluster(applied: list[Object], namespace: str, now: str) -> dict[str, list[Object]]:
    """Return the cluster's objects after these were applied, by resource."""
    for item in applied:
        item["metadata"].setdefault("namespace", namespace)
    objects: dict[str, list[Object]] = {"nodes": [_node()], "pods": [], "events": []}
    for number, item in enumerate(_pods(applied), 1):
        found = trouble(item, applied)
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
    for resource, kind in (("ingresses", "Ingress"), ("networkpolicies", POLICY)):
        objects[resource] = [item for item in applied if item["kind"] == kind]
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
