"""Images: why an image is not pulled.

In: the kubelet's messages. Out: the reason. It does not: ask a registry.
A registry that denies access does not tell whether a private image exists, so that
"denied" is `image-pull-unauthorized` even for a name that is wrong.
Source: kubelet, pkg/kubelet/images/types.go; containerd's resolver; the distribution
specification's error codes (MANIFEST_UNKNOWN, DENIED, UNAUTHORIZED).
"""

from parallax.model.reason import Reason

WAITING = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "ErrImageNeverPull",
        "InvalidImageName",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    }
)
"""The kubelet's states of a container whose image is not there."""
PHRASES = (
    (Reason.IMAGE_NAME_INVALID, ("couldn't parse image", "invalid reference format")),
    (
        Reason.IMAGE_PULL_UNAUTHORIZED,
        (
            "access denied",
            "authorization failed",
            "authentication required",
            "unauthorized",
            "403 forbidden",
            "no basic auth",
            "failed to fetch anonymous token",
            "denied:",
        ),
    ),
    (
        Reason.IMAGE_REGISTRY_UNREACHABLE,
        (
            "no such host",
            "server misbehaving",
            "i/o timeout",
            "dial tcp",
            "connection refused",
            "tls handshake",
            "x509",
            "no route to host",
            "deadline exceeded",
            "client.timeout",
            "unreachable",
        ),
    ),
    (Reason.IMAGE_NOT_FOUND, ("not found", "manifest unknown", "does not exist")),
)
"""Parts of messages, in the order in which they decide."""


def reason_of(state: str, message: str) -> Reason:
    """Return why the image is not pulled, by the container's state and messages."""
    if state == "InvalidImageName":
        return Reason.IMAGE_NAME_INVALID
    lower = message.lower()
    if "failed to fetch" in lower and _has(lower, Reason.IMAGE_REGISTRY_UNREACHABLE):
        return Reason.IMAGE_REGISTRY_UNREACHABLE
    return next((r for r, _ in PHRASES if _has(lower, r)), Reason.IMAGE_PULL_FAILED)


def _has(lower: str, reason: Reason) -> bool:
    return any(phrase in lower for phrase in dict(PHRASES)[reason])
