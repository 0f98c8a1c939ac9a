"""Cluster: generated Kubernetes objects, as many and as large as a big cluster's.

In: sizes. Out: objects by resource, the same every time.
It does not: serve them. A pod has some 7 KB on the wire, as real ones with their
environment and `managedFields` have; all pods lie in namespaces that are watched.
"""

from collections.abc import Iterator
from typing import Any

type Item = dict[str, Any]

NODES, PODS, SERVICES, INGRESSES = 500, 5000, 300, 200
NAMESPACES = ("shop-0", "shop-1", "shop-2")
"""One target each; they have all pods except the ingress controller's."""
INGRESS = "ingress-nginx"
INGRESS_PODS = 10
CONTROLLER = "ingress-nginx-controller"
ADDRESSES = [f"127.0.1.{last}" for last in range(1, 41)]
"""Addresses at which nodes and pods respond; the first is the agent's own node."""
STAMP = "2026-11-23T13:52:39Z"
_FIELDS = {
    f"f:{part}-{i}": {".": {}, "f:name": {}} for part in "abcd" for i in range(24)
}
_ENVIRONMENT = [{"name": f"SETTING_{i}", "value": "x" * 40} for i in range(30)]


def objects(port: int) -> Iterator[tuple[str, Item]]:
    """Yield each object with its resource; everything answers on one port."""
    for number in range(NODES):
        yield "nodes", node(number)
    for number in range(PODS - INGRESS_PODS):
        yield "pods", pod(number)
    for number in range(INGRESS_PODS):
        yield "pods", ingress_pod(number)
    for number in range(SERVICES):
        where, name = _home(number), f"app-{number}"
        yield "services", service(where, name, port)
        yield "endpointslices", endpoint_slice(where, name, _pods_of(number), port)
    controllers = [ingress_pod(number) for number in range(INGRESS_PODS)]
    yield "services", service(INGRESS, CONTROLLER, port)
    yield "endpointslices", endpoint_slice(INGRESS, CONTROLLER, controllers, port)
    for number in range(INGRESSES):
        yield "ingresses", ingress(number)
    controller = {"spec": {"controller": "k8s.io/ingress-nginx"}}
    yield "ingressclasses", _meta(None, "nginx") | controller
    config = _meta(INGRESS, CONTROLLER) | {"data": {"use-forwarded-headers": "true"}}
    yield "configmaps", config


def host(number: int) -> str:
    """Return the host that leads to a Service; the first three are targets."""
    return f"app-{number}.example.org"


def node(number: int) -> Item:
    """Write a node."""
    found = _meta(None, _node_name(number))
    found["spec"] = {"providerID": f"hcloud://{number}", "podCIDR": "10.0.0.0/24"}
    address = ADDRESSES[number % len(ADDRESSES)]
    found["status"] = {
        "addresses": [{"type": "InternalIP", "address": address}],
        "conditions": _conditions(ready=True),
        "images": [{"names": [f"image-{i}" * 4], "sizeBytes": i} for i in range(50)],
    }
    return found


def pod(number: int, *, ready: bool = True, restarts: int = 0) -> Item:
    """Write an app's pod."""
    app = number % SERVICES
    found = _pod(_home(app), f"app-{app}-{number}", {"app": f"app-{app}"}, number)
    return _with_status(found, number, ready=ready, restarts=restarts)


def ingress_pod(number: int) -> Item:
    """Write an ingress controller's pod; the first one is the own node's."""
    labels = {"app.kubernetes.io/name": INGRESS}
    found = _pod(INGRESS, f"{CONTROLLER}-{number}", labels, number)
    return _with_status(found, number, ready=True, restarts=0)


def _pods_of(service_number: int) -> list[Item]:
    last = PODS - INGRESS_PODS
    return [pod(number) for number in range(service_number, last, SERVICES)]


def _pod(namespace: str, name: str, labels: dict[str, str], number: int) -> Item:
    found = _meta(namespace, name, labels)
    containers = [{"name": "app", "image": "app", "env": _ENVIRONMENT, "args": ["run"]}]
    volumes = [{"name": f"volume-{i}", "emptyDir": {}} for i in range(5)]
    found["spec"] = {
        "nodeName": _node_name(number % NODES),
        "containers": containers,
        "volumes": volumes,
    }
    return found


def _with_status(item: Item, number: int, *, ready: bool, restarts: int) -> Item:
    state = {"running": {"startedAt": STAMP}}
    item["status"] = {
        "phase": "Running",
        "podIP": ADDRESSES[number % len(ADDRESSES)],
        "startTime": STAMP,
        "conditions": _conditions(ready=ready),
        "containerStatuses": [{"restartCount": restarts, "state": state}],
    }
    return item


def service(namespace: str, name: str, port: int) -> Item:
    """Write a NodePort Service whose every port is the one that answers."""
    selector = {"app": name}
    if name == CONTROLLER:
        selector = {"app.kubernetes.io/name": INGRESS}
    entry = {"name": "http", "port": port, "targetPort": port, "nodePort": port}
    spec = {"type": "NodePort", "clusterIP": ADDRESSES[0], "ports": [entry]}
    labels = {"app.kubernetes.io/name": INGRESS} if name == CONTROLLER else {}
    return _meta(namespace, name, labels) | {"spec": spec | {"selector": selector}}


def endpoint_slice(namespace: str, name: str, pods: list[Item], port: int) -> Item:
    """Write the EndpointSlice of a Service."""
    labels = {"kubernetes.io/service-name": name}
    entries = [
        {
            "addresses": [item["status"]["podIP"]],
            "conditions": {"ready": True},
            "nodeName": item["spec"]["nodeName"],
            "targetRef": {"kind": "Pod", "name": item["metadata"]["name"]},
        }
        for item in pods
    ]
    return _meta(namespace, f"{name}-slice", labels) | {
        "addressType": "IPv4",
        "endpoints": entries,
        "ports": [{"name": "http", "port": port}],
    }


def ingress(number: int) -> Item:
    """Write an Ingress of one host."""
    backend = {"service": {"name": f"app-{number}", "port": {"name": "http"}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    rule = {"host": host(number), "http": {"paths": [path]}}
    found = _meta(_home(number), f"app-{number}")
    return found | {"spec": {"ingressClassName": "nginx", "rules": [rule]}}


def _home(number: int) -> str:
    return NAMESPACES[number % len(NAMESPACES)]


def _node_name(number: int) -> str:
    return f"node-{number:03}"


def _conditions(*, ready: bool) -> list[Item]:
    return [{"type": "Ready", "status": str(ready), "lastTransitionTime": STAMP}]


def _meta(
    namespace: str | None, name: str, labels: dict[str, str] | None = None
) -> Item:
    meta: Item = {
        "name": name,
        "labels": labels or {},
        "creationTimestamp": STAMP,
        "managedFields": [{"manager": "m", "time": STAMP, "fieldsV1": _FIELDS}],
    }
    return {"metadata": meta | ({"namespace": namespace} if namespace else {})}
