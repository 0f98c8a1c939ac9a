"""Which shard a target belongs to, and in which minutes it is due."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.target import Target
from parallax.targets.shard import LARGEST, in_shard, is_due, shard_of, shards

TARGETS = [Target(name=f"shop-{n}", url="https://a.example/") for n in range(10_000)]


@pytest.mark.parametrize(
    ("targets", "expected"), [(0, 1), (1, 1), (150, 1), (151, 2), (10_000, 67)]
)
def test_a_shard_has_a_bounded_number_of_targets(targets: int, expected: int) -> None:
    """One shard is probed without a further invocation."""
    assert shards(targets) == expected


def test_every_target_is_in_exactly_one_shard() -> None:
    """And no shard is far above the average."""
    of = shards(len(TARGETS))
    parts = [in_shard(TARGETS, number, of) for number in range(of)]
    names = [target.name for part in parts for target in part]
    assert sorted(names) == sorted(target.name for target in TARGETS)
    assert max(map(len, parts)) < 1.3 * LARGEST
    assert in_shard(TARGETS, 0, 1) == tuple(TARGETS)


def test_the_shard_of_a_name_never_changes() -> None:
    """Another process, and another version, must find the same."""
    assert [shard_of(name, 7) for name in ("front", "東京")] == [1, 4]


@given(st.text(min_size=1), st.integers(1, 60), st.integers(0, 10**9))
def test_a_target_is_due_once_in_each_interval(
    name: str, minutes: int, start: int
) -> None:
    """Wherever the interval begins."""
    due = [is_due(name, 60.0 * minutes, start + n) for n in range(minutes)]
    assert sum(due) == 1


def test_a_short_interval_is_due_each_minute() -> None:
    """The second half of the minute has an invocation of its own."""
    assert all(is_due("front", 30.0, minute) for minute in range(10))


def test_targets_are_spread_over_the_minutes_of_their_interval() -> None:
    """Within one shard too, also if there are as many shards as minutes."""
    part = in_shard(TARGETS, 7, 60)
    busy = Counter(m for m in range(60) for t in part if is_due(t.name, 3600, m))
    assert len(busy) > 50
    assert max(busy.values()) < 12
