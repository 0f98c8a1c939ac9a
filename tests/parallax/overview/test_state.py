"""Specification of a target's state now: `parallax.overview.state`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.journal.newest_probes import NewestProbe
from parallax.model.group import Groups, Mute
from parallax.model.incident_state import State
from parallax.model.judgement import Difference
from parallax.model.target import Maintenance, Recurring
from parallax.overview.state import Status
from tests.parallax.open_group import member
from tests.parallax.overview.stack import NOW, Stack, failing, group, named

WINDOW = Maintenance(
    starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=1), reason="x"
)


def status(stack: Stack) -> Status:
    """Return the state of the only target."""
    (one,) = stack.states
    return one.status


def test_a_recent_healthy_probe_is_up() -> None:
    """Nothing else is."""
    assert status(Stack([named("front")])) is Status.UP


@pytest.mark.parametrize("minutes", [-60, 4, 600])
def test_without_a_recent_probe_there_is_no_data(minutes: int) -> None:
    """Also with one in the future, which a wrong clock wrote."""
    stack = Stack([named("front")])
    old = NewestProbe(NOW - timedelta(minutes=minutes), healthy=True)
    stack.newest["front"] = old
    assert status(stack) is Status.NO_DATA
    del stack.newest["front"]
    assert status(stack) is Status.NO_DATA


def test_a_target_that_is_probed_hourly_is_up_for_an_hour_and_a_half() -> None:
    """Its interval says how long a probe counts."""
    stack = Stack([named("front", interval=3600.0)])
    old = NewestProbe(NOW - timedelta(minutes=80), healthy=True)
    stack.newest["front"] = old
    assert status(stack) is Status.UP


def test_an_open_incident_counts_more_than_a_healthy_probe() -> None:
    """The newest probe of an intermittent failure may be healthy."""
    stack = Stack([named("front")], board=failing("front"))
    assert status(stack) is Status.FAILING


def test_a_failing_probe_without_an_incident_is_not_confirmed() -> None:
    """The same for an incident that alarmed nobody yet."""
    stack = Stack([named("front")])
    stack.newest["front"] = NewestProbe(NOW, healthy=False)
    assert status(stack) is Status.UNCONFIRMED
    waiting = member("front", state=State.PENDING)
    assert status(Stack([named("front")], Groups(pending=(waiting,)))) is (
        Status.UNCONFIRMED
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": State.RECOVERING}, Status.RECOVERING),
        ({"difference": Difference.INTERNAL_ONLY}, Status.INSIDE),
        ({"difference": Difference.BOTH}, Status.FAILING),
    ],
)
def test_the_member_of_a_group_says_how_it_fails(
    changes: dict[str, object], expected: Status
) -> None:
    """Users are served while only requests inside the cluster fail."""
    board = failing()
    one = replace(member("front"), **changes)  # pyright: ignore[reportArgumentType] - fields of a member
    board = Groups(groups=(replace(board.groups[0], members=(one,)),))
    assert status(Stack([named("front")], board=board)) is expected


@pytest.mark.parametrize("board", [Groups(), failing("front")])
def test_an_open_window_is_maintenance(board: Groups) -> None:
    """Also a recurring one; a failure in it alarms nobody."""
    recurring = Recurring(
        begins=12 * 60, ends=13 * 60, time_zone="UTC", reason="backups"
    )
    for target in (
        named("front", maintenance=(WINDOW,)),
        named("front", recurring=(recurring,)),
    ):
        (one,) = Stack([target], board=board).states
        assert one.status is Status.MAINTENANCE
        assert one.window is not None


def test_a_mute_of_the_group_or_of_the_target_is_shown() -> None:
    """One that has ended is not."""
    for subject in ("front", group("front").id):
        until = NOW + timedelta(hours=1)
        mute = Mute(subject=subject, until=until, by="ana", at=NOW)
        board = replace(failing("front"), mutes=(mute,))
        (one,) = Stack([named("front")], board=board).states
        assert one.mute == mute
        later = Stack([named("front")], board=board, now=until)
        assert later.states[0].mute is None


def test_the_most_urgent_comes_first() -> None:
    """Then the order of the alphabet."""
    stack = Stack([named("c"), named("a"), named("b"), named("d")], failing("d"))
    stack.newest["b"] = NewestProbe(NOW - timedelta(days=1), healthy=True)
    assert [one.target.name for one in stack.states] == ["d", "b", "a", "c"]
