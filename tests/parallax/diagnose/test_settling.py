"""Specification of settling: when a workload's numbers mean a rollout."""

import pytest

from parallax.diagnose.judge import judge
from parallax.model.cluster import Workload
from tests.parallax import scenarios as s


def work(ready: int, failure: str | None = None) -> tuple[Workload, ...]:
    """Return a workload with two of five pods updated."""
    return (
        Workload(
            kind="Deployment",
            name="keybuzz-api",
            desired=5,
            ready=ready,
            updated=2,
            failure=failure,
        ),
    )


@pytest.mark.parametrize(
    "workloads",
    [work(0), work(3, "exceeded quota: q, requested: pods=1")],
    ids=["no-pod-for-long", "no-pod-can-be-created"],
)
def test_a_stuck_workload_is_not_a_rollout(workloads: tuple[Workload, ...]) -> None:
    """Its endpoints have not changed for hours, or its pods cannot be created."""
    x = s.with_reading(s.without_endpoints(), workloads=workloads)
    assert judge(x).settling is None


def test_pods_that_are_replaced_are_a_rollout() -> None:
    """Some are ready, or when endpoints changed was not read."""
    x = s.wrong_port()
    assert "rollout" in (judge(s.with_reading(x, workloads=work(3))).settling or "")
    unread = s.with_reading(x, workloads=work(0), endpoints_changed_at=None)
    assert "rollout" in (judge(unread).settling or "")
