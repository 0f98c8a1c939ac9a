"""Specification of the reasons why the scheduler finds no node."""

import pytest

from parallax.evidence.reasons.scheduling import reason_of, without_preemption
from parallax.model.cluster import Pod
from parallax.model.reason import Reason

POD = Pod(name="web-1")
TAINTED = "1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }"
END = (
    " preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling,"
    " 2 No preemption victims found for incoming pod."
)


@pytest.mark.parametrize(
    ("reported", "reason"),
    [
        ("0/3 nodes are available: 3 Insufficient memory.", Reason.INSUFFICIENT_MEMORY),
        (
            f"0/3 nodes are available: {TAINTED}, 2 Insufficient cpu.{END}",
            Reason.INSUFFICIENT_CPU,
        ),
        (
            "0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory.",
            Reason.INSUFFICIENT_MEMORY,
        ),
        ("0/2 nodes are available: 2 Too many pods.", Reason.INSUFFICIENT_RESOURCES),
        (
            f"0/3 nodes are available: {TAINTED}, 2 node(s) were unschedulable.",
            Reason.NODE_CORDONED,
        ),
        (
            "0/2 nodes are available: 2 node(s) had untolerated taint {team: db}.",
            Reason.UNTOLERATED_TAINT,
        ),
        (f"0/1 nodes are available: {TAINTED}.", Reason.UNTOLERATED_TAINT),
        (
            (
                "0/2 nodes are available: 2 node(s) had untolerated taint"
                " {node.kubernetes.io/unreachable: }."
            ),
            Reason.NODE_NOT_READY,
        ),
        (
            (
                f"0/3 nodes are available: {TAINTED}, 2 node(s) didn't match pod"
                " anti-affinity rules."
            ),
            Reason.POD_AFFINITY_CONFLICT,
        ),
        (
            (
                "0/2 nodes are available: 2 node(s) didn't have free ports for the"
                " requested pod ports."
            ),
            Reason.NO_FREE_HOST_PORT,
        ),
        (
            (
                "0/3 nodes are available: pod has unbound immediate"
                f" PersistentVolumeClaims.{END}"
            ),
            Reason.VOLUME_UNBOUND,
        ),
        (
            '0/3 nodes are available: persistentvolumeclaim "data" not found.',
            Reason.VOLUME_CLAIM_MISSING,
        ),
        (
            (
                f"0/3 nodes are available: {TAINTED}, 2 node(s) had volume node"
                " affinity conflict."
            ),
            Reason.VOLUME_ON_ANOTHER_NODE,
        ),
        (
            (
                "0/4 nodes are available: 2 node(s) didn't match Pod's node"
                " affinity/selector, 2 node(s) were unschedulable."
            ),
            Reason.NODE_CORDONED,
        ),
        ("no nodes available to schedule pods", Reason.NO_NODE),
        ("something new", Reason.UNSCHEDULABLE),
    ],
)
def test_the_reason_that_rejects_most_nodes_decides(
    reported: str, reason: Reason
) -> None:
    """A control plane's taint is normal, and preemption adds no reason."""
    assert reason_of(reported, POD) is reason


@pytest.mark.parametrize(
    ("placement", "reason"),
    [
        ("selector", Reason.NODE_SELECTOR_MISMATCH),
        ("affinity", Reason.NODE_AFFINITY_MISMATCH),
        ("selector, affinity", Reason.NO_NODE_MATCHES),
        (None, Reason.NO_NODE_MATCHES),
    ],
)
def test_the_pod_tells_selector_from_affinity(
    placement: str | None, reason: Reason
) -> None:
    """The scheduler writes the same phrase for both."""
    reported = (
        "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."
    )
    assert reason_of(reported, Pod(name="web-1", placement=placement)) is reason


def test_a_sentence_ends_before_preemption() -> None:
    """It says nothing about why the pod waits."""
    reported = f"0/3 nodes are available: 3 Insufficient cpu.{END}"
    assert without_preemption(reported) == "0/3 nodes are available: 3 Insufficient cpu"
