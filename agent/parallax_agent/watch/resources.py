"""Resources: what is watched of the Kubernetes API, and which fields are kept.

In: a resource's plural, a namespace, or the name of one object. Out: the call's path
and query, its name in words, the shape that objects are pruned to.
It does not: call. A field that is not in a shape never gets into memory: new fields
that `objects`, `ingress`, `service_state` or `target_path` use must be added here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from sys import intern
from typing import cast

from parallax.model.wire import Json

type Shape = bool | Mapping[str, Shape]
"""True: kept completely; else the keys that are kept, of an object or of each in a
list."""

SHARED_LENGTH = 64
"""Characters; equal texts up to this length are one object in memory."""
_NOTHING: Shape = {}
"""That a field exists, without its contents."""
_REASONS: Shape = {"type": True, "status": True, "reason": True, "message": True}
_END: Shape = {"exitCode": True, "reason": True, "finishedAt": True}
_CONTAINER_STATUS: Shape = {
    "name": True,
    "ready": True,
    "restartCount": True,
    "state": {"waiting": {"reason": True, "message": True}, "terminated": _END},
    "lastState": {"terminated": _END},
}
_PROBE: Shape = {
    "httpGet": {"port": True, "path": True, "scheme": True},
    "tcpSocket": {"port": True},
    "grpc": {"port": True},
    "exec": {},
}
_NAMED: dict[str, Shape] = {"name": True, "namespace": True}
_METADATA: dict[str, Shape] = {
    **_NAMED,
    "labels": True,
    "annotations": True,
    "creationTimestamp": True,
}
_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
_VOLUME_METADATA: Shape = {**_NAMED, "annotations": {_OLD_CLASS: True}}
_COMPLETE: Shape = {"metadata": _METADATA, "spec": True, "status": True}
_SERVICE: Shape = {
    "metadata": {**_METADATA, "uid": True},
    "spec": True,
    "status": True,
}
_CONTAINER: Shape = {
    "name": True,
    "command": True,
    "args": True,
    "ports": True,
    "readinessProbe": _PROBE,
    "livenessProbe": _PROBE,
}
_WORKLOAD: Shape = {
    "metadata": {**_NAMED, "generation": True},
    "spec": {
        "replicas": True,
        "template": {
            "metadata": {"labels": True},
            "spec": {"hostNetwork": True, "containers": {"args": True, "ports": True}},
        },
    },
    "status": {
        "observedGeneration": True,
        "desiredNumberScheduled": True,
        "numberReady": True,
        "updatedNumberScheduled": True,
        "replicas": True,
        "readyReplicas": True,
        "updatedReplicas": True,
        "conditions": _REASONS,
    },
}
REJECTING_MIDDLEWARES = frozenset(
    {
        "basicAuth",
        "circuitBreaker",
        "digestAuth",
        "forwardAuth",
        "inFlightReq",
        "ipAllowList",
        "ipWhiteList",
        "rateLimit",
    }
)
"""Traefik's middlewares that respond themselves to some requests."""
_MIDDLEWARE: Shape = {
    "metadata": _NAMED,
    "spec": dict.fromkeys(REJECTING_MIDDLEWARES, _NOTHING),
}
"""Only which kind of middleware it is: its settings may contain names of Secrets."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource's API group and version, as its URL has them, and its shape."""

    group: str
    shape: Shape
    plural: str | None = None
    """Its name in the URL; None: the key in `RESOURCES`, which must be unique."""


RESOURCES: dict[str, Resource] = {
    "nodes": Resource(
        "api/v1",
        {
            "metadata": {"name": True, "labels": True},
            "spec": {"providerID": True, "unschedulable": True},
            "status": {"addresses": True, "conditions": _REASONS},
        },
    ),
    "services": Resource("api/v1", _SERVICE),
    "pods": Resource(
        "api/v1",
        {
            "metadata": {**_NAMED, "labels": True},
            "spec": {
                "nodeName": True,
                "hostNetwork": True,
                "nodeSelector": True,
                "affinity": {"nodeAffinity": True},
                "volumes": {"persistentVolumeClaim": {"claimName": True}},
                "containers": _CONTAINER,
            },
            "status": {
                "phase": True,
                "podIP": True,
                "startTime": True,
                "reason": True,
                "conditions": _REASONS,
                "initContainerStatuses": _CONTAINER_STATUS,
                "containerStatuses": _CONTAINER_STATUS,
            },
        },
    ),
    "events": Resource(
        "api/v1",
        {
            "involvedObject": {"kind": True, "name": True},
            "reason": True,
            "message": True,
            "lastTimestamp": True,
            "eventTime": True,
            "series": {"lastObservedTime": True},
        },
    ),
    "persistentvolumeclaims": Resource(
        "api/v1",
        {
            "metadata": _VOLUME_METADATA,
            "spec": {
                "accessModes": True,
                "resources": {"requests": {"storage": True}},
                "selector": True,
                "storageClassName": True,
                "volumeMode": True,
                "volumeName": True,
            },
            "status": {"phase": True},
        },
    ),
    "persistentvolumes": Resource(
        "api/v1",
        {
            "metadata": {**_VOLUME_METADATA, "labels": True},
            "spec": {
                "accessModes": True,
                "capacity": {"storage": True},
                "claimRef": _NAMED,
                "storageClassName": True,
                "volumeMode": True,
            },
            "status": {"phase": True},
        },
    ),
    "resourcequotas": Resource(
        "api/v1",
        {"metadata": _NAMED, "status": {"hard": True, "used": True}},
    ),
    "configmaps": Resource("api/v1", {"metadata": _NAMED, "data": True}),
    "daemonsets": Resource("apis/apps/v1", _WORKLOAD),
    "deployments": Resource("apis/apps/v1", _WORKLOAD),
    "statefulsets": Resource("apis/apps/v1", _WORKLOAD),
    "endpointslices": Resource(
        "apis/discovery.k8s.io/v1",
        {
            "metadata": {
                **_NAMED,
                "labels": True,
                "annotations": True,
                "managedFields": {"time": True},
                "creationTimestamp": True,
            },
            "addressType": True,
            "endpoints": {
                "addresses": True,
                "conditions": True,
                "nodeName": True,
                "targetRef": {"kind": True, "name": True},
            },
            "ports": True,
        },
    ),
    "ingresses": Resource("apis/networking.k8s.io/v1", _COMPLETE),
    "ingressclasses": Resource("apis/networking.k8s.io/v1", _COMPLETE),
    "gateways": Resource("apis/gateway.networking.k8s.io/v1", _COMPLETE),
    "httproutes": Resource("apis/gateway.networking.k8s.io/v1", _COMPLETE),
    "listenersets": Resource("apis/gateway.networking.k8s.io/v1", _COMPLETE),
    "ingressroutes": Resource("apis/traefik.io/v1alpha1", _COMPLETE),
    "middlewares": Resource("apis/traefik.io/v1alpha1", _MIDDLEWARE),
    "httpproxies": Resource("apis/projectcontour.io/v1", _COMPLETE),
    "virtualservices": Resource("apis/networking.istio.io/v1", _COMPLETE),
    "istiogateways": Resource("apis/networking.istio.io/v1", _COMPLETE, "gateways"),
    "virtualservers": Resource("apis/k8s.nginx.org/v1", _COMPLETE),
}


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """What one watch covers: a resource, of one namespace or all, or one object."""

    resource: str
    namespace: str | None = None
    name: str | None = None

    @property
    def path(self) -> str:
        """The path of its URL."""
        place = f"/namespaces/{self.namespace}" if self.namespace else ""
        known = RESOURCES[self.resource]
        return f"/{known.group}{place}/{known.plural or self.resource}"

    @property
    def query(self) -> dict[str, str]:
        """The query for one object; a permission on its name is enough for it."""
        return {"fieldSelector": f"metadata.name={self.name}"} if self.name else {}

    def describe_call(self, verb: str) -> str:
        """Name a call as an operator would, e.g. `list pods in namespace keybuzz`."""
        what = f"{self.resource[:-1]} {self.name}" if self.name else self.resource
        return describe_call(verb, what, self.namespace)


def describe_call(verb: str, resource: str, namespace: str | None) -> str:
    """Name a call as an operator would, e.g. `list pods in namespace keybuzz`."""
    place = f" in namespace {namespace}" if namespace else ""
    return f"{verb} {resource}{place}"


def prune(item: Json, shape: Shape) -> Json:
    """Return the kept fields of an object; a value of another form is unchanged.

    A null means that a field is absent, so it is never kept.
    """
    if isinstance(item, list):
        every = cast("list[Json]", item)
        return [prune(one, shape) for one in every if one is not None]
    if isinstance(item, dict):
        fields = cast("dict[str, Json]", item)
        keys = fields if isinstance(shape, bool) else shape
        return {
            key: prune(fields[key], shape if isinstance(shape, bool) else shape[key])
            for key in keys
            if fields.get(key) is not None
        }
    # Names of nodes, labels and states repeat in thousands of objects.
    return intern(item) if type(item) is str and len(item) <= SHARED_LENGTH else item
