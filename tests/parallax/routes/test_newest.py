"""Newest: the highest number of a group's alerts that a route has sent."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parallax.routes.newest import Newest


@given(st.lists(st.integers(0, 50), max_size=6))
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_highest_number_stays(cloud: Any, numbers: list[int]) -> None:
    """In whatever order they are sent; 0 before the first."""
    newest = Newest(cloud.emptied().incidents, "pagerduty")
    for number in numbers:
        newest.sent("g1", number)
    assert newest.read("g1") == max([0, *numbers])


def test_routes_and_groups_do_not_mix(cloud: Any) -> None:
    """Each route has its own number of a group."""
    newest = Newest(cloud.incidents, "pagerduty")
    newest.sent("g1", 3)
    assert newest.read("g2") == 0
    assert Newest(cloud.incidents, "opsgenie").read("g1") == 0
