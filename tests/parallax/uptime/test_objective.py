"""Specification of uptime and error budgets: `parallax.uptime.objective`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.uptime.objective import budget, duration, percent, uptime, window
from parallax.uptime.tally import DAY, NOTHING, Tally

TODAY = 20_787


def full(outage: int = 0) -> Tally:
    """Return a day with data for each second."""
    return Tally(known=DAY, outage=outage)


def test_uptime_is_the_share_of_observed_time() -> None:
    """A day without data changes nothing, in either direction."""
    assert uptime([full(864), NOTHING]) == pytest.approx(0.99)
    assert uptime([NOTHING, NOTHING]) is None


def test_maintenance_is_neither_uptime_nor_outage() -> None:
    """A day that was all maintenance has no uptime."""
    apart = Tally(known_in_maintenance=DAY, outage_in_maintenance=DAY)
    assert uptime([apart]) is None
    assert uptime([apart, full()]) == 1.0


def test_a_month_at_three_nines_allows_43_minutes() -> None:
    """Five minutes of outage leave 38; an older outage costs nothing."""
    days = {TODAY - offset: full() for offset in range(90)}
    days |= {TODAY - 3: full(300), TODAY - 30: full(DAY)}
    found = budget(days, TODAY, 99.9)
    assert found.allowed == pytest.approx(2592)
    assert (found.spent, found.covered) == (300.0, 1.0)
    assert duration(found.left) == "38 min"
    assert found.burn == 0.0


def test_a_missed_goal_has_less_than_nothing_left() -> None:
    """The last two days used the budget at 500 times the allowed pace."""
    found = budget({TODAY: full(DAY), TODAY - 1: full()}, TODAY, 99.9)
    assert found.left < 0
    assert found.burn == pytest.approx(500)
    assert found.covered == pytest.approx(2 / 30)


def test_no_data_is_not_a_full_budget() -> None:
    """Nothing was observed, so that the burn is unknown and nothing is covered."""
    found = budget({}, TODAY, 99.9)
    assert (found.burn, found.covered) == (None, 0.0)


@given(st.integers(1, DAY))
def test_no_outage_is_rounded_away(outage: int) -> None:
    """Only a day without any outage has 100 %."""
    share = uptime([full()] * 89 + [full(outage)])
    assert percent(share) != "100 %"
    assert percent(uptime([full()])) == "100 %"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.9, "59 s"), (-61, "1 min"), (7200, "2 h"), (7_260, "2 h 1 min")],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    """The sign is not part of the text."""
    assert duration(seconds) == text


def test_a_window_has_each_day_once() -> None:
    """Days without a tally have an empty one, and today is the last."""
    found = window({TODAY: full()}, TODAY, 3)
    assert found == (NOTHING, NOTHING, full())
