"""Specification of network members: `parallax.inspect.members`."""

from collections.abc import Sequence

import pytest

from parallax.inspect.members import with_members
from parallax.inspect.shape import Json
from parallax.model.balancer import (
    BalancerTarget,
    HealthStatus,
    LoadBalancer,
    TargetHealth,
)


def balancer(status: HealthStatus, *, private: bool = True) -> LoadBalancer:
    """Return a load balancer with one target behind a label selector."""
    health = (TargetHealth(listen_port=443, status=status),)
    server = BalancerTarget(
        type="server", server_id=7, use_private_ip=private, health_status=health
    )
    group = BalancerTarget(type="label_selector", targets=(server,))
    return LoadBalancer(id=1, name="lb", networks=(4711,), targets=(group,))


def members(*failed: tuple[str, int]) -> Sequence[Json]:
    """Return a network's members, some of them in error."""
    return [
        {"type": kind, "id": number, "status": "error"} for kind, number in failed
    ] + [{"type": "server", "id": 99, "status": "ok"}]


@pytest.mark.parametrize("failed", [(), (("load_balancer", 1),), (("server", 7),)])
def test_each_member_in_error_is_known(failed: tuple[tuple[str, int], ...]) -> None:
    """The balancer's, and those of targets behind a selector."""
    lb = with_members(balancer(HealthStatus.UNHEALTHY), lambda _: members(*failed))
    (target,) = lb.leaves()
    assert lb.attachment_failed is (("load_balancer", 1) in failed)
    assert target.attachment_failed is (("server", 7) in failed)


def test_a_network_that_was_not_read_proves_nothing() -> None:
    """The state stays unknown."""
    lb = with_members(balancer(HealthStatus.UNHEALTHY), lambda _: None)
    assert lb.attachment_failed is None


@pytest.mark.parametrize(
    "lb",
    [balancer(HealthStatus.HEALTHY), balancer(HealthStatus.UNHEALTHY, private=False)],
    ids=["a healthy target", "public addresses"],
)
def test_no_call_is_made_where_it_decides_nothing(lb: LoadBalancer) -> None:
    """Each network costs a call."""

    def read(_network: int) -> Sequence[Json]:
        raise AssertionError

    assert with_members(lb, read) == lb
