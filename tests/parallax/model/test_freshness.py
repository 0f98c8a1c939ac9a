"""Specification of freshness: `parallax.model.freshness`."""

from datetime import UTC, datetime, timedelta

import pytest

from parallax.model.freshness import (
    AHEAD,
    RUN_STALE,
    earliest,
    is_current,
    is_fresh,
    is_future,
    is_not_before,
    run_stale,
)

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_evidence_is_fresh_up_to_its_limit() -> None:
    """The limit itself still counts."""
    assert is_fresh(NOW - RUN_STALE, NOW)
    assert not is_fresh(NOW - RUN_STALE - SECOND, NOW)
    assert not is_fresh(NOW - 2 * SECOND, NOW, SECOND)


@pytest.mark.parametrize("since", [None, NOW - 10 * SECOND, NOW - 2 * RUN_STALE])
def test_current_evidence_is_fresh_and_not_before_the_change(
    since: datetime | None,
) -> None:
    """`earliest` is the first instant that is current."""
    first = earliest(NOW, since)
    assert is_current(first, NOW, since)
    assert not is_current(first - SECOND, NOW, since)
    assert is_not_before(first, since)


def test_a_target_may_miss_three_runs_before_it_is_stale() -> None:
    """Three minutes, or three intervals if they are longer."""
    assert run_stale(30) == run_stale(60) == RUN_STALE
    assert run_stale(3600) == timedelta(hours=3)


def test_an_instant_beyond_the_tolerance_is_from_the_future() -> None:
    """Clocks may differ by a minute."""
    assert not is_future(NOW + AHEAD, NOW)
    assert is_future(NOW + AHEAD + SECOND, NOW)
