"""Controllers: objects that are derived from other objects.

In: the store's pods and Services. Out: EndpointSlices, DaemonSets and events, put
into the store where they changed. It does not: start or stop anything.
"""

import copy
import time
from typing import Any

from lab.case import Case
from lab.inside.kubernetes.object_names import slice_name
from lab.inside.kubernetes.store import Item, Store
from lab.inside.objects import haproxy
from lab.inside.objects import recorded as objects
from lab.inside.objects.ingress import INGRESS_LABEL, add_host_ports
from lab.inside.objects.recorded import is_ready, now, set_ready
from lab.object_uid import uid

TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time"


def with_readiness(item: Item, *, ready: bool) -> Item:
    """Return a copy of a pod with this readiness."""
    item = copy.deepcopy(item)
    set_ready(item, ready=ready)
    return item


def reconcile(case: Case, store: Store) -> None:
    """Update every EndpointSlice and workload to the current pods."""
    ingress, (kind, owner) = case.ingress, objects.ingress_owner(case)
    _slice(store, ingress.namespace, ingress.service, owner, "-ingress")
    if kind == "DaemonSet":
        _daemonset(case, store, ingress.namespace, owner)
    else:
        _replicas(store, ingress.namespace, ingress.service, owner)
    for app in case.apps:
        _slice(store, case.namespace, app.name, app.name, "")
        _daemonset(case, store, case.namespace, app.name)


def pods_of(store: Store, namespace: str, owner: str) -> list[Item]:
    """Return a DaemonSet's or ReplicaSet's pods."""
    return [
        item
        for item in store.items("pods")
        if item["metadata"]["namespace"] == namespace
        and item["metadata"]["ownerReferences"][0]["name"] == owner
    ]


def _slice(
    store: Store, namespace: str, service: str, owner: str, recorded: str
) -> None:
    name = slice_name(service)
    before = store.get("endpointslices", (namespace, name))
    item = copy.deepcopy(before) or _new_slice(namespace, service, recorded)
    pods = pods_of(store, namespace, owner)
    found = [_endpoint(pod) for pod in pods]
    served = store.get("services", (namespace, service))
    wanted = served["spec"]["ports"] if served else []
    ports = [_port(p, pods) for p in wanted]
    # In an empty slice both are null, as a real API server sends it.
    content: dict[str, Any] = {
        "endpoints": found or None,
        "ports": [p for p in ports if p is not None] or None,
    }
    if before is not None and all(before[k] == v for k, v in content.items()):
        return
    meta = item["metadata"]
    meta["generation"] = meta.get("generation", 0) + 1
    meta["annotations"] = {TRIGGER: now()}
    store.put("endpointslices", item | content)


def _new_slice(namespace: str, service: str, recorded: str) -> Item:
    name = slice_name(service)
    item = objects.recorded(f"endpointslice{recorded}", namespace, name)
    meta = item["metadata"]
    meta["generateName"] = f"{service}-"
    meta["labels"]["kubernetes.io/service-name"] = service
    meta["ownerReferences"][0] |= {
        "name": service,
        "uid": uid("Service", namespace, service),
    }
    return item


def _port(port: dict[str, Any], pods: list[Item]) -> dict[str, Any] | None:
    """Return a Service's port as the pods have it; None: no container declares it.

    The controller takes a number as it is, and looks a name up among the containers'
    ports of the same protocol (kubernetes/pkg/api/v1/pod/util.go, FindPort). A lab's
    pods are all of one template, so the first one decides.
    """
    target, protocol = port["targetPort"], port.get("protocol", "TCP")
    declared = {
        (p.get("name"), p.get("protocol", "TCP")): p["containerPort"]
        for container in (pods[0]["spec"]["containers"] if pods else ())
        for p in container.get("ports") or ()
    }
    number = declared.get((target, protocol)) if isinstance(target, str) else target
    if number is None or not pods:
        return None
    return {"name": port["name"], "protocol": protocol, "port": number}


def _endpoint(pod: Item) -> dict[str, Any]:
    meta, ready = pod["metadata"], is_ready(pod)
    return {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": ready, "serving": ready, "terminating": False},
        "targetRef": {
            "kind": "Pod",
            "namespace": meta["namespace"],
            "name": meta["name"],
            "uid": meta["uid"],
        },
        "nodeName": pod["spec"]["nodeName"],
    }


def _daemonset(case: Case, store: Store, namespace: str, name: str) -> None:
    pods = pods_of(store, namespace, name)
    ready = sum(is_ready(pod) for pod in pods)
    before = store.get("daemonsets", (namespace, name))
    item = copy.deepcopy(before) or _new_daemonset(case, namespace, name)
    item["status"] |= {
        "currentNumberScheduled": len(pods),
        "desiredNumberScheduled": len(pods),
        "updatedNumberScheduled": len(pods),
        "numberReady": ready,
        "numberAvailable": ready,
    }
    if ready < len(pods):
        item["status"]["numberUnavailable"] = len(pods) - ready
    else:
        item["status"].pop("numberUnavailable", None)
    store.put("daemonsets", item)


def _new_daemonset(case: Case, namespace: str, name: str) -> Item:
    if name == case.ingress.service:
        item = objects.recorded("daemonset-ingress", namespace, name)
        spec = item["spec"]["template"]["spec"]
        spec["nodeSelector"] = {INGRESS_LABEL: "true"}
        if case.ingress.kind == "haproxy":
            haproxy.daemonset(case, item)
        if case.ingress.host_ports:
            add_host_ports(case, spec)
        return item
    item = objects.recorded("daemonset", namespace, name)
    app = next(a for a in case.apps if a.name == name)
    template = item["spec"]["template"]
    template["metadata"]["labels"]["app"] = name
    item["spec"]["selector"]["matchLabels"]["app"] = name
    template["spec"]["hostNetwork"] = app.host_network
    container = objects.app_pod(case, app, case.nodes[0])["spec"]["containers"][0]
    template["spec"]["containers"] = [container]
    return item


def _replicas(store: Store, namespace: str, deployment: str, owner: str) -> None:
    """Update the replica counts of a Deployment and its ReplicaSet."""
    pods = pods_of(store, namespace, owner)
    ready = sum(is_ready(pod) for pod in pods)
    counts = {"replicas": len(pods), "readyReplicas": ready, "availableReplicas": ready}
    for resource, name in (("deployments", deployment), ("replicasets", owner)):
        before = store.get(resource, (namespace, name))
        if before is not None:
            status = before["status"] | counts
            if resource == "deployments":
                status["updatedReplicas"] = len(pods)
            store.put(resource, before | {"status": status})


def event(namespace: str, kind: str, name: str, content: tuple[str, str]) -> Item:
    """Return a core/v1 Event about an object; `content` is reason and message."""
    item = objects.recorded("event", namespace, f"{name}.{time.time_ns():x}")
    reason, message = content
    item["involvedObject"] |= {
        "kind": kind,
        "namespace": namespace,
        "name": name,
        "uid": uid(kind, namespace, name),
    }
    item |= {"reason": reason, "message": message}
    return item | {"firstTimestamp": now(), "lastTimestamp": now()}
