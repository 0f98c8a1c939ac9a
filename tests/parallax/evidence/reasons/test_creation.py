"""Specification of the reasons why no pod can be created."""

import pytest

from parallax.evidence.reasons.creation import reason_of
from parallax.model.reason import Reason

HEAD = 'pods "web-7c9-" is forbidden: '


@pytest.mark.parametrize(
    ("reported", "reason"),
    [
        (
            (
                "exceeded quota: q, requested: requests.cpu=2, used: requests.cpu=3,"
                " limited: requests.cpu=4"
            ),
            Reason.CPU_QUOTA_EXCEEDED,
        ),
        (
            (
                "exceeded quota: q, requested: limits.memory=2Gi, used:"
                " limits.memory=3Gi, limited: limits.memory=4Gi"
            ),
            Reason.MEMORY_QUOTA_EXCEEDED,
        ),
        (
            "exceeded quota: q, requested: pods=1, used: pods=4, limited: pods=4",
            Reason.POD_QUOTA_EXCEEDED,
        ),
        (
            (
                "exceeded quota: q, requested: limits.cpu=1,limits.memory=1Gi, used:"
                " limits.cpu=4,limits.memory=4Gi, limited:"
                " limits.cpu=4,limits.memory=4Gi"
            ),
            Reason.QUOTA_EXCEEDED,
        ),
        (
            (
                'failed to create PVC data-db-0: persistentvolumeclaims "data-db-0" is'
                " forbidden: exceeded quota: q, requested: requests.storage=10Gi, used:"
                " requests.storage=0, limited: requests.storage=1Gi"
            ),
            Reason.STORAGE_QUOTA_EXCEEDED,
        ),
        ("failed quota: q: must specify limits.cpu", Reason.QUOTA_EXCEEDED),
        (
            'error looking up service account shop/api: serviceaccount "api" not found',
            Reason.MISSING_SERVICE_ACCOUNT,
        ),
        (
            'violates PodSecurity "restricted:latest": allowPrivilegeEscalation',
            Reason.ADMISSION_REJECTED,
        ),
    ],
)
def test_the_api_servers_message_gives_the_reason(
    reported: str, reason: Reason
) -> None:
    """All of these are `forbidden`; what follows decides."""
    assert reason_of(HEAD + reported) is reason


def test_a_webhook_that_does_not_respond_rejects_the_pod_too() -> None:
    """The API server does not create what it cannot ask about."""
    reported = (
        'Internal error occurred: failed calling webhook "policy.example": timeout'
    )
    assert reason_of(reported) is Reason.ADMISSION_REJECTED


def test_an_unknown_message_is_no_rejection() -> None:
    """The sentence quotes it, and the reason stays general."""
    assert reason_of("etcdserver: request timed out") is Reason.PODS_NOT_CREATED
