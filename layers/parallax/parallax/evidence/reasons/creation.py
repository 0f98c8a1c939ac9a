"""Creation: why a workload's controller cannot create pods.

In: the message of the API server, as the condition ReplicaFailure or the event
FailedCreate has it. Out: the reason. It does not: read quotas.
Source: Kubernetes, plugin/pkg/admission (resourcequota, serviceaccount, limitranger),
pod-security-admission; deployment controller (ReplicaFailure).
"""

import re

from parallax.model.reason import Reason

_QUOTA = re.compile(r"exceeded quota|failed quota")
_REQUESTED = re.compile(r"requested: (.*?), used:")
REJECTED = (
    "admission webhook",
    "calling webhook",
    "violates podsecurity",
    "is forbidden",
    "denied the request",
    "security context constraint",
    "is invalid",
)
"""What the API server writes if admission or validation rejects a pod."""


def reason_of(message: str) -> Reason:
    """Return why no pod can be created."""
    lower = message.lower()
    if _QUOTA.search(lower):
        return _quota(lower)
    if re.search(r'serviceaccount "[^"]*" not found', lower):
        return Reason.MISSING_SERVICE_ACCOUNT
    if any(words in lower for words in REJECTED):
        return Reason.ADMISSION_REJECTED
    return Reason.PODS_NOT_CREATED


def _quota(lower: str) -> Reason:
    """Return which quota is used up: what the pod requests of it."""
    requested = _REQUESTED.search(lower)
    names = {
        pair.split("=")[0].strip().rpartition(".")[2]
        for pair in (requested.group(1) if requested else "").split(",")
    }
    if "persistentvolumeclaims " in lower:
        return Reason.STORAGE_QUOTA_EXCEEDED
    exact = {
        "cpu": Reason.CPU_QUOTA_EXCEEDED,
        "memory": Reason.MEMORY_QUOTA_EXCEEDED,
        "pods": Reason.POD_QUOTA_EXCEEDED,
    }
    only = names.pop() if len(names) == 1 else ""
    return exact.get(only, Reason.QUOTA_EXCEEDED)
