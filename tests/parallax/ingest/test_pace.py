"""Pace: a container remembers when the last rounds began."""

from datetime import UTC, datetime, timedelta

from parallax.ingest.pace import Pace
from parallax.journal.round_times import RoundTimes

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def times(seconds: float) -> RoundTimes:
    """Make a round that began then."""
    at = NOW + timedelta(seconds=seconds)
    return RoundTimes(shard=0, of=1, started_at=at, ended_at=at)


def test_a_late_round_is_remembered_for_the_next_ones() -> None:
    """The schedule is that late at least, so the next heartbeat may be later."""
    rounds = [times(2)]
    pace = Pace(lambda: rounds)
    pace.next_seconds("n", NOW + timedelta(seconds=9))
    rounds[:] = [times(60)]
    at = NOW + timedelta(seconds=69)
    fresh = Pace(lambda: rounds).next_seconds("n", at)
    assert pace.next_seconds("n", at) == fresh + 2
