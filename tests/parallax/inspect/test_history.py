"""Specification of the history of target health: `parallax.inspect.history`."""

from datetime import timedelta

from parallax.inspect.history import History
from parallax.model.balancer import (
    BalancerReading,
    BalancerTarget,
    HealthStatus,
    LoadBalancer,
    TargetHealth,
)
from tests.parallax.inspect.api import NOW

MINUTE = timedelta(minutes=1)
GOOD, BAD = HealthStatus.HEALTHY, HealthStatus.UNHEALTHY


def reading(minute: int, status: HealthStatus) -> BalancerReading:
    """Return a reading of one target behind a label selector."""
    health = (TargetHealth(listen_port=443, status=status),)
    server = BalancerTarget(type="server", server_name="one", health_status=health)
    group = BalancerTarget(type="label_selector", targets=(server,))
    lb = LoadBalancer(id=1, name="lb", targets=(group,))
    return BalancerReading(
        target="shop", read_at=NOW + minute * MINUTE, load_balancer=lb
    )


def test_the_first_unhealthy_reading_in_a_row_counts() -> None:
    """A healthy one in between begins a new row; a target is known by its name."""
    history = History()
    times = []
    for minute, status in enumerate((BAD, BAD, GOOD, BAD, BAD)):
        (noted,) = history.noted([reading(minute, status)])
        assert noted.load_balancer
        (target,) = noted.load_balancer.leaves()
        since = target.health_status[0].unhealthy_since
        times.append(None if since is None else (since - NOW) // MINUTE)
    assert times == [0, 0, None, 3, 3]


def test_two_targets_of_one_load_balancer_share_its_history() -> None:
    """Both readings have the same time, and a reading without one forgets nothing."""
    history = History()
    history.noted([reading(0, BAD)])
    history.noted([BalancerReading(target="shop", read_at=NOW)])
    two = history.noted([reading(1, BAD), reading(1, BAD)])
    times = {
        h.unhealthy_since
        for r in two
        if r.load_balancer
        for t in r.load_balancer.leaves()
        for h in t.health_status
    }
    assert times == {NOW}
