"""Specification of how probes become seconds: `parallax.uptime.count`."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.uptime.count import Range, count, joined, longest
from parallax.uptime.tally import Tally, total

MINUTE = 60
HOUR = 3600
WITHIN = (10_000, 10_000 + HOUR)


def every(seconds: int, since: int, until: int, *, healthy: bool) -> dict[int, bool]:
    """Return probes at equal distances."""
    return dict.fromkeys(range(since, until, seconds), healthy)


def test_an_hour_of_healthy_probes_is_an_hour_of_service() -> None:
    """The probe before the hour covers its beginning."""
    probes = every(MINUTE, 10_000 - 30, 20_000, healthy=True)
    found = count(probes, 60.0, WITHIN)
    assert (found.known, found.outage, found.failed) == (HOUR, 0, 0)


def test_a_failing_probe_counts_until_the_next_one() -> None:
    """Five failing probes in a row, one a minute, are five minutes."""
    probes = every(MINUTE, 10_000, 20_000, healthy=True)
    probes |= every(MINUTE, 10_600, 10_900, healthy=False)
    found = count(probes, 60.0, WITHIN)
    assert (found.outage, found.failed, found.probes) == (5 * MINUTE, 5, 60)


def test_time_without_probes_is_neither_up_nor_down() -> None:
    """A probe counts for one interval and a half at most."""
    assert count({}, 60.0, WITHIN) == Tally()
    assert count({10_000: True}, 60.0, WITHIN).known == 90
    assert count({10_000: False}, 60.0, WITHIN).outage == 90
    assert count({10_000: True}, 600.0, WITHIN).known == 900


def test_a_probe_long_before_or_after_the_range_shows_nothing() -> None:
    """Also one in the future, which a wrong clock wrote."""
    assert count({9_000: False, 99_999: False}, 60.0, WITHIN) == Tally()


def test_maintenance_is_counted_apart() -> None:
    """A failure in a window costs no budget; outside of it, it does."""
    probes = every(MINUTE, 10_000, 20_000, healthy=False)
    found = count(probes, 60.0, WITHIN, maintenance=[(10_600, 11_200)])
    assert found.outage == HOUR - 600
    assert found.outage_in_maintenance == 600
    assert found.failed == 50


def test_a_failure_while_the_probe_was_blind_shows_nothing() -> None:
    """A healthy response shows that the target works, whatever the probe's state."""
    probes = every(MINUTE, 10_000, 20_000, healthy=True)
    probes |= every(MINUTE, 10_600, 11_200, healthy=False)
    found = count(probes, 60.0, WITHIN, blind=[(10_540, 11_200)])
    assert (found.outage, found.failed) == (0, 0)
    assert found.known == HOUR - 600


RANGES = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 4000)).map(lambda t: (*sorted(t),)),
    max_size=4,
).map(lambda ranges: joined([(a, b) for a, b in ranges]))
PROBES = st.dictionaries(st.integers(0, 4000), st.booleans(), max_size=60)


@given(PROBES, st.sampled_from([30.0, 60.0, 300.0]), RANGES, RANGES)
def test_the_sum_equals_a_count_second_by_second(
    probes: dict[int, bool],
    interval: float,
    windows: Sequence[Range],
    blind: Sequence[Range],
) -> None:
    """Each second has the state of the last probe that still counts."""
    within = (500, 3500)
    found = count(probes, interval, within, windows, blind)
    expected = slow(probes, interval, within, windows, blind)
    known, outage, known_apart, outage_apart = expected
    assert (found.known, found.outage) == (known, outage)
    assert found.known_in_maintenance == known_apart
    assert found.outage_in_maintenance == outage_apart


def slow(
    probes: dict[int, bool],
    interval: float,
    within: Range,
    windows: Sequence[Range],
    blind: Sequence[Range],
) -> tuple[int, int, int, int]:
    """Count each second by itself."""
    known = outage = known_apart = outage_apart = 0
    for second in range(*within):
        before = [time for time in probes if time <= second]
        last = max(before, default=None)
        if last is None or second - last >= longest(interval):
            continue
        healthy = probes[last]
        if not healthy and any(a <= last < b for a, b in blind):
            continue
        apart = any(a <= second < b for a, b in windows)
        known_apart += apart
        known += not apart
        if not healthy:
            outage_apart += apart
            outage += not apart
    return known, outage, known_apart, outage_apart


@given(PROBES, st.lists(st.integers(0, 4000), max_size=5), RANGES)
def test_the_parts_of_a_time_add_up_to_the_whole(
    probes: dict[int, bool], cuts: list[int], windows: Sequence[Range]
) -> None:
    """However the roll-up divides the time, nothing is lost or counted twice."""
    edges = sorted({0, *cuts, 4000})
    parts = [count(probes, 60.0, part, windows) for part in pairwise(edges)]
    assert total(parts) == count(probes, 60.0, (0, 4000), windows)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([], []),
        ([(5, 5)], []),
        ([(4, 9), (1, 5)], [(1, 9)]),
        ([(1, 2), (2, 3), (7, 8)], [(1, 3), (7, 8)]),
    ],
)
def test_overlapping_windows_count_once(
    ranges: list[Range], expected: list[Range]
) -> None:
    """Two windows of one target may overlap."""
    assert joined(ranges) == expected
