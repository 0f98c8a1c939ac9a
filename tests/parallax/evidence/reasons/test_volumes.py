"""Specification of why a claim has no volume, and of what quotas say about it."""

from datetime import UTC, datetime

import pytest

from parallax.evidence.reasons.pods import of_pod
from parallax.evidence.reasons.why import Why
from parallax.model.cluster import ClusterReading, Pod, Warned
from parallax.model.namespace import Claim, NearVolume, Quota

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
UNBOUND = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims."
NO_CLAIM = '0/3 nodes are available: persistentvolumeclaim "data" not found.'
WANTS = (
    ("access-modes", "ReadWriteMany"),
    ("capacity", "3Gi"),
    ("labels", "disk=ssd"),
    ("mode", "Filesystem"),
)
FULL = Quota(
    name="small", resource="requests.storage", used="10Gi", hard="10Gi", full=True
)
ROOM = Quota(
    name="small", resource="requests.storage", used="9Gi", hard="10Gi", full=False
)


def why(
    *claims: Claim,
    unscheduled: str = UNBOUND,
    events: tuple[Warned, ...] = (),
    quotas: tuple[Quota, ...] | None = None,
) -> Why:
    """Return why a pod that mounts claim `data` is not ready."""
    pod = Pod(
        name="db-0", phase="Pending", unscheduled=unscheduled, claims=("data", "logs")
    )
    reading = ClusterReading(
        read_at=NOW, pods=(pod,), events=events, claims=claims, quotas=quotas
    )
    found = of_pod(reading, pod)
    assert found
    return found


def claim(*near: tuple[tuple[str, str], ...], name: str = "data") -> Claim:
    """Return a claim, with a volume for each of these differences."""
    volumes = tuple(NearVolume(name=f"v{i}", differs=d) for i, d in enumerate(near, 1))
    return Claim(name=name, wants=WANTS, near=volumes)


@pytest.mark.parametrize(
    ("kind", "has", "reason", "text"),
    [
        (
            "capacity",
            "1Gi",
            "volume-too-small",
            "it requests 3Gi, and volume v1 has 1Gi",
        ),
        (
            "access-modes",
            "ReadWriteOnce",
            "volume-access-mode-mismatch",
            (
                "it requests the access modes ReadWriteMany, and volume v1 offers"
                " ReadWriteOnce"
            ),
        ),
        (
            "labels",
            "disk=hdd",
            "volume-selector-mismatch",
            "it selects volumes with disk=ssd, and volume v1 has the labels disk=hdd",
        ),
        (
            "class",
            "local",
            "volume-class-mismatch",
            "it has no StorageClass, and volume v1 has the StorageClass local",
        ),
        (
            "taken",
            "shop/other",
            "volume-taken",
            "volume v1 already belongs to claim shop/other",
        ),
        (
            "mode",
            "Block",
            "volume-unbound",
            "it requests a volume of mode Filesystem, and volume v1 has the mode Block",
        ),
    ],
)
def test_the_one_difference_is_the_reason(
    kind: str, has: str, reason: str, text: str
) -> None:
    """Both sides are in the sentence."""
    found = why(claim(((kind, has),)))
    assert found.reason.value == reason
    assert found.text == f"claim data of pod db-0 has no volume: {text}"
    assert (found.kind, found.name) == ("pvc", "data")


def test_a_nearer_volume_decides() -> None:
    """One that differs twice does not count beside it."""
    far = (("capacity", "1Gi"), ("class", "local"))
    assert why(claim((("capacity", "2Gi"),), far)).reason == "volume-too-small"


@pytest.mark.parametrize(
    "near",
    [
        [(("capacity", "1Gi"),), (("taken", "shop/other"),)],
        [(("class", "hcloud-volumes"), ("taken", "shop/other"))],
        [],
    ],
)
def test_several_differences_are_no_reason_of_their_own(
    near: list[tuple[tuple[str, str], ...]],
) -> None:
    """Which one was meant to fit is not known."""
    assert why(claim(*near)).reason == "volume-unbound"


def test_a_volume_that_fits_leaves_the_schedulers_words() -> None:
    """It is bound in a moment, or something else is wrong."""
    found = why(claim(()))
    assert found.reason == "volume-unbound"
    assert "unbound immediate PersistentVolumeClaims" in found.text


def test_volumes_that_were_not_read_are_no_evidence() -> None:
    """Nor is the claim of another pod, or a claim with a StorageClass."""
    unread = Claim(name="data", wants=WANTS)
    other = claim((("capacity", "1Gi"),), name="cache")
    for one in (unread, other):
        assert why(one).text.startswith("pod db-0 cannot be scheduled")


def test_a_missing_class_comes_first() -> None:
    """The event about the claim is its own answer."""
    event = Warned(
        kind="PersistentVolumeClaim",
        name="data",
        reason="ProvisioningFailed",
        message='storageclass.storage.k8s.io "fast" not found',
    )
    near = claim((("capacity", "1Gi"),))
    assert why(near, events=(event,)).reason == "storage-class-missing"


def test_volumes_do_not_explain_another_reason_of_the_scheduler() -> None:
    """A pod that also lacks memory is not placed by a volume."""
    found = why(
        claim((("capacity", "1Gi"),)),
        unscheduled="0/3 nodes are available: 3 Insufficient memory.",
    )
    assert found.reason == "insufficient-memory"


@pytest.mark.parametrize(
    ("quotas", "reason", "text"),
    [
        (
            (ROOM, FULL),
            "storage-quota-exceeded",
            "10Gi of 10Gi used) admits no more claims",
        ),
        (
            (ROOM,),
            "volume-claim-missing",
            "9Gi of 10Gi used) rejects a claim that requests more than is left",
        ),
        ((), "volume-claim-missing", "not found"),
        (None, "volume-claim-missing", "not found"),
    ],
)
def test_only_a_full_quota_says_why_a_claim_is_missing(
    quotas: tuple[Quota, ...] | None, reason: str, text: str
) -> None:
    """With room left it is a clue: what a rejected claim requested is not known."""
    missing = Claim(name="data", exists=False)
    found = why(missing, unscheduled=NO_CLAIM, quotas=quotas)
    assert found.reason.value == reason
    assert found.text.endswith(text)
