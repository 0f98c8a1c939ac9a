"""Reason: why a Service has no ready pod, the level below the cause.

In: nothing. Out: stable ids, each with what Kubernetes shows.
It does not: find the reason; `parallax.evidence.reasons` does.
"""

from enum import StrEnum


class Reason(StrEnum):
    """The stable ids; `MEANINGS` explains each in one phrase."""

    INSUFFICIENT_CPU = "insufficient-cpu"
    INSUFFICIENT_MEMORY = "insufficient-memory"
    INSUFFICIENT_RESOURCES = "insufficient-resources"
    NODE_SELECTOR_MISMATCH = "node-selector-mismatch"
    NODE_AFFINITY_MISMATCH = "node-affinity-mismatch"
    NO_NODE_MATCHES = "no-node-matches"
    UNTOLERATED_TAINT = "untolerated-taint"
    NODE_CORDONED = "node-cordoned"
    POD_AFFINITY_CONFLICT = "pod-affinity-conflict"
    NO_FREE_HOST_PORT = "no-free-host-port"
    NO_NODE = "no-node"
    UNSCHEDULABLE = "unschedulable"
    NOT_SCHEDULED = "not-scheduled"
    NO_SCHEDULER = "no-scheduler"
    VOLUME_UNBOUND = "volume-unbound"
    STORAGE_CLASS_MISSING = "storage-class-missing"
    VOLUME_CLAIM_MISSING = "volume-claim-missing"
    VOLUME_TOO_SMALL = "volume-too-small"
    VOLUME_ACCESS_MODE_MISMATCH = "volume-access-mode-mismatch"
    VOLUME_SELECTOR_MISMATCH = "volume-selector-mismatch"
    VOLUME_CLASS_MISMATCH = "volume-class-mismatch"
    VOLUME_TAKEN = "volume-taken"
    VOLUME_ON_ANOTHER_NODE = "volume-on-another-node"
    VOLUME_MOUNT_FAILED = "volume-mount-failed"
    VOLUME_ATTACH_FAILED = "volume-attach-failed"
    IMAGE_NOT_FOUND = "image-not-found"
    IMAGE_NAME_INVALID = "image-name-invalid"
    IMAGE_PULL_UNAUTHORIZED = "image-pull-unauthorized"
    IMAGE_REGISTRY_UNREACHABLE = "image-registry-unreachable"
    IMAGE_PULL_FAILED = "image-pull-failed"
    MISSING_CONFIG_MAP = "missing-config-map"
    MISSING_SECRET = "missing-secret"  # noqa: S105 - a name, no secret
    CONTAINER_CONFIG_ERROR = "container-config-error"
    CONTAINER_CANNOT_START = "container-cannot-start"
    SANDBOX_FAILED = "pod-sandbox-failed"
    CPU_QUOTA_EXCEEDED = "cpu-quota-exceeded"
    MEMORY_QUOTA_EXCEEDED = "memory-quota-exceeded"
    POD_QUOTA_EXCEEDED = "pod-quota-exceeded"
    STORAGE_QUOTA_EXCEEDED = "storage-quota-exceeded"
    SERVICE_QUOTA_EXCEEDED = "service-quota-exceeded"
    QUOTA_EXCEEDED = "quota-exceeded"
    MISSING_SERVICE_ACCOUNT = "missing-service-account"
    ADMISSION_REJECTED = "admission-rejected"
    PODS_NOT_CREATED = "pods-not-created"
    INIT_CONTAINER_FAILS = "init-container-fails"
    OUT_OF_MEMORY = "out-of-memory"
    LIVENESS_PROBE_FAILS = "liveness-probe-fails"
    LIVENESS_PROBE_WRONG_PORT = "liveness-probe-wrong-port"
    LIVENESS_PROBE_WRONG_PROTOCOL = "liveness-probe-wrong-protocol"
    STARTUP_PROBE_FAILS = "startup-probe-fails"
    READINESS_PROBE_FAILS = "readiness-probe-fails"
    READINESS_PROBE_WRONG_PORT = "readiness-probe-wrong-port"
    READINESS_PROBE_WRONG_PROTOCOL = "readiness-probe-wrong-protocol"
    CRASH_LOOP = "crash-loop"
    NODE_NOT_READY = "node-not-ready"
    KUBELET_SILENT = "kubelet-silent"
    CONTAINER_RUNTIME_DOWN = "container-runtime-down"
    POD_ENDED = "pod-ended"
    POD_STARTING = "pod-starting"
    ZERO_REPLICAS = "zero-replicas"
    SELECTOR_MATCHES_NOTHING = "selector-matches-nothing"
    NO_SELECTOR = "no-selector"
    SERVICE_MISSING = "service-missing"
    PORT_NAME_UNKNOWN = "port-name-unknown"
    PORT_NOT_TCP = "port-not-tcp"
    PORT_NOT_DECLARED = "port-not-declared"


MEANINGS: dict[str, str] = {
    Reason.INSUFFICIENT_CPU: "no node has enough free CPU for the pod's request",
    Reason.INSUFFICIENT_MEMORY: "no node has enough free memory for the request",
    Reason.INSUFFICIENT_RESOURCES: "no node has another resource, or room for a pod",
    Reason.NODE_SELECTOR_MISMATCH: "no node has the labels of the node selector",
    Reason.NODE_AFFINITY_MISMATCH: "no node satisfies the node affinity",
    Reason.NO_NODE_MATCHES: "no node matches the node selector or the node affinity",
    Reason.UNTOLERATED_TAINT: "nodes have a taint that the pod does not tolerate",
    Reason.NODE_CORDONED: "nodes accept no new pods (`kubectl cordon`)",
    Reason.POD_AFFINITY_CONFLICT: "affinity to pods, or the spread, allows no node",
    Reason.NO_FREE_HOST_PORT: "another pod has the host port on each node",
    Reason.NO_NODE: "the cluster has no node for pods",
    Reason.UNSCHEDULABLE: "the scheduler finds no node, for another reason",
    Reason.NOT_SCHEDULED: "the pod has no node, and no reason was read",
    Reason.NO_SCHEDULER: "no scheduler wrote anything about the pod",
    Reason.VOLUME_UNBOUND: "a PersistentVolumeClaim has no volume",
    Reason.STORAGE_CLASS_MISSING: "a claim's StorageClass does not exist",
    Reason.VOLUME_CLAIM_MISSING: "a PersistentVolumeClaim does not exist",
    Reason.VOLUME_TOO_SMALL: "the volume has less than its claim requests",
    Reason.VOLUME_ACCESS_MODE_MISMATCH: "the volume lacks a requested access mode",
    Reason.VOLUME_SELECTOR_MISMATCH: "no volume has the labels that the claim selects",
    Reason.VOLUME_CLASS_MISMATCH: "the claim has no StorageClass, the volume has one",
    Reason.VOLUME_TAKEN: "the volume that fits belongs to another claim",
    Reason.VOLUME_ON_ANOTHER_NODE: "the volume is bound to a node that is not free",
    Reason.VOLUME_MOUNT_FAILED: "a volume cannot be mounted",
    Reason.VOLUME_ATTACH_FAILED: "a volume cannot be attached to the node",
    Reason.IMAGE_NOT_FOUND: "the registry has no image of this name and tag",
    Reason.IMAGE_NAME_INVALID: "the image's name is malformed",
    Reason.IMAGE_PULL_UNAUTHORIZED: "the registry rejects the pull",
    Reason.IMAGE_REGISTRY_UNREACHABLE: "the node does not reach the registry",
    Reason.IMAGE_PULL_FAILED: "the image is not pulled; the message was not read",
    Reason.MISSING_CONFIG_MAP: "a ConfigMap, or a key of it, does not exist",
    Reason.MISSING_SECRET: "a Secret, or a key of it, does not exist",
    Reason.CONTAINER_CONFIG_ERROR: "the container's configuration is invalid",
    Reason.CONTAINER_CANNOT_START: "the container's command cannot be started",
    Reason.SANDBOX_FAILED: "the node cannot create the pod's network or sandbox",
    Reason.CPU_QUOTA_EXCEEDED: "the namespace's quota for CPU is used up",
    Reason.MEMORY_QUOTA_EXCEEDED: "the namespace's quota for memory is used up",
    Reason.POD_QUOTA_EXCEEDED: "the namespace's quota for pods is used up",
    Reason.STORAGE_QUOTA_EXCEEDED: "the namespace's quota admits no more storage",
    Reason.SERVICE_QUOTA_EXCEEDED: "the namespace's quota admits no more Services",
    Reason.QUOTA_EXCEEDED: "another quota of the namespace is used up",
    Reason.MISSING_SERVICE_ACCOUNT: "the pods' ServiceAccount does not exist",
    Reason.ADMISSION_REJECTED: "an admission webhook or policy rejects the pods",
    Reason.PODS_NOT_CREATED: "the workload has no pods; no event states why",
    Reason.INIT_CONTAINER_FAILS: "an init container ends with an error",
    Reason.OUT_OF_MEMORY: "a container exceeds its memory limit (OOMKilled)",
    Reason.LIVENESS_PROBE_FAILS: "the kubelet restarts a container: liveness probe",
    Reason.LIVENESS_PROBE_WRONG_PORT: (
        "no connection to the liveness probe's port, which no container declares"
    ),
    Reason.LIVENESS_PROBE_WRONG_PROTOCOL: "the port speaks another protocol",
    Reason.STARTUP_PROBE_FAILS: "the kubelet restarts a container: startup probe",
    Reason.READINESS_PROBE_FAILS: "the containers run, but the readiness probe fails",
    Reason.READINESS_PROBE_WRONG_PORT: (
        "no connection to the readiness probe's port, which no container declares"
    ),
    Reason.READINESS_PROBE_WRONG_PROTOCOL: "the port speaks another protocol",
    Reason.CRASH_LOOP: "a container ends again and again",
    Reason.NODE_NOT_READY: "the pod's node is not ready",
    Reason.KUBELET_SILENT: "the pod's node sends no status",
    Reason.CONTAINER_RUNTIME_DOWN: "the node has no working container runtime",
    Reason.POD_ENDED: "the pod has ended",
    Reason.POD_STARTING: "the containers are being created",
    Reason.ZERO_REPLICAS: "the workload is scaled to zero",
    Reason.SELECTOR_MATCHES_NOTHING: "no pod has the labels of the selector",
    Reason.NO_SELECTOR: "the Service has no selector, and nobody wrote endpoints",
    Reason.SERVICE_MISSING: "the Service does not exist",
    Reason.PORT_NAME_UNKNOWN: "no container declares the targetPort's name",
    Reason.PORT_NOT_TCP: "the Service has no TCP port",
    Reason.PORT_NOT_DECLARED: "no container declares the targetPort's number",
}
