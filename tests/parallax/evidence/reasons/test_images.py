"""Specification of the reasons why an image is not pulled."""

import pytest

from parallax.evidence.reasons.images import reason_of
from parallax.model.reason import Reason

HEAD = "failed to resolve reference: "


@pytest.mark.parametrize(
    ("reported", "reason"),
    [
        (f"{HEAD}docker.io/shop/api:1.401: not found", Reason.IMAGE_NOT_FOUND),
        ("manifest unknown: manifest unknown", Reason.IMAGE_NOT_FOUND),
        (
            (
                f"{HEAD}pull access denied, repository does not exist or may require"
                " authorization: server message: insufficient_scope: authorization"
                " failed"
            ),
            Reason.IMAGE_PULL_UNAUTHORIZED,
        ),
        (
            (
                f"{HEAD}failed to authorize: failed to fetch anonymous token:"
                " unexpected status from GET request to https://ghcr.io/token: 401"
                " Unauthorized"
            ),
            Reason.IMAGE_PULL_UNAUTHORIZED,
        ),
        (
            (
                f"{HEAD}failed to do request: Head https://registry.example/v2/: dial"
                " tcp: lookup registry.example: no such host"
            ),
            Reason.IMAGE_REGISTRY_UNREACHABLE,
        ),
        (
            (
                f"{HEAD}failed to authorize: failed to fetch anonymous token: Get"
                " https://auth.docker.io/token: dial tcp: i/o timeout"
            ),
            Reason.IMAGE_REGISTRY_UNREACHABLE,
        ),
        ('Back-off pulling image "shop/api:1.401"', Reason.IMAGE_PULL_FAILED),
        ("toomanyrequests: You have reached your limit", Reason.IMAGE_PULL_FAILED),
    ],
)
def test_the_runtimes_message_gives_the_reason(reported: str, reason: Reason) -> None:
    """A back-off alone gives none."""
    assert reason_of("ImagePullBackOff", reported) is reason


def test_a_malformed_name_is_a_state_of_its_own() -> None:
    """The kubelet does not ask a registry then."""
    assert reason_of("InvalidImageName", "") is Reason.IMAGE_NAME_INVALID
