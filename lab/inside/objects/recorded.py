"""Recorded: objects of a real API server, rewritten for the case.

In: the recorded objects of `lab/recorded/` and the case. Out: plain dicts.
It does not: store or serve them. The recordings lack `managedFields` and kubectl's
annotation, which no client here reads.
"""

import copy
import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from lab.case import App, Case, Node
from lab.inside.kubernetes.object_names import replica_set, suffix
from lab.inside.kubernetes.store import Item
from lab.object_uid import uid

RECORDED = Path(__file__).parents[2] / "recorded"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
INGRESS_LABELS = {
    "app.kubernetes.io/component": "controller",
    "app.kubernetes.io/name": "ingress-nginx",
}


def now() -> str:
    """Return the current time in the API's format."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def older(part: Any, by: timedelta) -> Any:  # noqa: ANN401 - any part of an object
    """Return an object, or a part of one, with every time in it moved back."""
    if isinstance(part, dict):
        return {key: older(value, by) for key, value in part.items()}
    if isinstance(part, list):
        return [older(value, by) for value in part]
    if isinstance(part, str) and _TIME.fullmatch(part):
        return f"{datetime.fromisoformat(part) - by:%Y-%m-%dT%H:%M:%SZ}"
    return part


@cache
def _text(name: str) -> str:
    return (RECORDED / f"{name}.json").read_text()


def recorded(name: str, namespace: str | None, called: str) -> Item:
    """Return a recorded object under another name, with a uid of its own."""
    item: Item = copy.deepcopy(json.loads(_text(name)))
    meta = item["metadata"]
    meta |= {"name": called, "uid": uid(item["kind"], namespace, called)}
    meta["creationTimestamp"] = now()
    if namespace is not None:
        meta["namespace"] = namespace
    return item


def ingress_owner(case: Case) -> tuple[str, str]:
    """Return kind and name of the ingress pods' owner."""
    name = case.ingress.service
    if case.ingress.kind == "traefik":
        return "ReplicaSet", replica_set(name)
    return "DaemonSet", name


def node(case: Case, which: Node) -> Item:
    """Return a Node."""
    item = recorded("node", None, which.name)
    address = str(which.address)
    number = 1 + case.nodes.index(which)
    pods = f"{str(which.pod_address).rsplit('.', 1)[0]}.0/24"
    item["metadata"]["labels"] |= {"kubernetes.io/hostname": which.name}
    item["spec"] = {
        "podCIDR": pods,
        "podCIDRs": [pods],
        "providerID": f"hcloud://{which.server_id}",
    }
    item["status"]["addresses"] = [
        {"type": "InternalIP", "address": address},
        {"type": "ExternalIP", "address": f"198.51.100.{100 + number}"},
        {"type": "Hostname", "address": which.name},
    ]
    item["status"]["conditions"][0]["lastTransitionTime"] = now()
    item["status"]["conditions"][0]["lastHeartbeatTime"] = now()
    return item


def app_service(case: Case, app: App) -> Item:
    """Return an app's Service of type NodePort."""
    item = recorded("service", case.namespace, app.name)
    spec = item["spec"]
    spec["ports"][0] |= {"targetPort": app.port, "nodePort": app.node_port}
    address = str(app.cluster_ip)
    spec |= {"selector": {"app": app.name}, "clusterIP": address}
    spec["clusterIPs"] = [address]
    return item


def fixed(case: Case) -> list[tuple[str, Item]]:
    """Return every object that no fault changes, with its resource."""
    items: list[tuple[str, Item]] = []
    for name in ("default", case.namespace, case.ingress.namespace):
        space = {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": name}}
        items.append(("namespaces", space))
    default = recorded("service-kubernetes", "default", "kubernetes")
    items.append(("services", default))
    items += [("services", app_service(case, app)) for app in case.apps]
    return items


def pod(namespace: str, owner: str, kind: str, which: Node, address: str) -> Item:
    """Return a pod of a DaemonSet, running and not yet ready."""
    name = f"{owner}-{suffix(owner + which.name)}"
    item = recorded(kind, namespace, name)
    meta, spec, state = item["metadata"], item["spec"], item["status"]
    meta["generateName"] = f"{owner}-"
    meta["ownerReferences"][0] |= {
        "name": owner,
        "uid": uid("DaemonSet", namespace, owner),
    }
    spec["nodeName"] = which.name
    terms = spec["affinity"]["nodeAffinity"]
    terms = terms["requiredDuringSchedulingIgnoredDuringExecution"]
    terms["nodeSelectorTerms"][0]["matchFields"][0]["values"] = [which.name]
    state |= {"hostIP": str(which.address), "podIP": address, "startTime": now()}
    state["hostIPs"] = [{"ip": str(which.address)}]
    state["podIPs"] = [{"ip": address}]
    for condition in state["conditions"]:
        condition["lastTransitionTime"] = now()
    state["containerStatuses"][0]["state"] = {"running": {"startedAt": now()}}
    return item


def app_pod(case: Case, app: App, which: Node) -> Item:
    """Return an app's pod on a node."""
    address = case.pod_address(app, which)
    item = pod(case.namespace, app.name, "pod", which, address)
    item["metadata"]["labels"]["app"] = app.name
    item["spec"]["hostNetwork"] = app.host_network
    container = item["spec"]["containers"][0]
    container |= {"name": app.role, "image": f"registry.example/{app.name}:1.4.2"}
    container["ports"] = [{"containerPort": app.port, "protocol": "TCP"}]
    if app.host_network:
        container["ports"][0]["hostPort"] = app.port
    container["readinessProbe"]["httpGet"] |= {"path": "/health", "port": app.port}
    item["status"]["containerStatuses"][0] |= {
        "name": app.role,
        "image": container["image"],
    }
    return item


def set_ready(item: Item, *, ready: bool) -> None:
    """Make a pod ready or not; a changed condition gets a new transition time."""
    status = item["status"]
    value = "True" if ready else "False"
    for condition in status["conditions"]:
        if condition["type"] not in {"Ready", "ContainersReady"}:
            continue
        if condition["status"] != value:
            condition |= {"status": value, "lastTransitionTime": now()}
        condition.pop("reason", None)
        if not ready:
            condition["reason"] = "ContainersNotReady"
    status["containerStatuses"][0]["ready"] = ready


def is_ready(item: Item) -> bool:
    """Whether a pod's Ready condition is true."""
    conditions: list[dict[str, Any]] = item["status"]["conditions"]
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
