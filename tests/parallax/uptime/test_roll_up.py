"""Specification of the hourly roll-up: `parallax.uptime.roll_up`."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.model.target import Maintenance
from parallax.uptime.count import joined
from parallax.uptime.history import History, history_item, part_of
from parallax.uptime.roll_up import KEPT, LATE
from parallax.uptime.tally import DAY, Tally, total
from tests.parallax.uptime.world import BEGIN, HOUR, World, target

TODAY = BEGIN // DAY
MIDNIGHT = (TODAY + 1) * DAY


def test_hours_are_counted_by_day() -> None:
    """From the first probe on, and until 35 minutes ago."""
    world = World(outages={"front": [(BEGIN + HOUR, BEGIN + HOUR + 600)]})
    world.live(BEGIN, BEGIN + 6 * HOUR)
    counted = world.count(BEGIN + 6 * HOUR)
    assert counted == BEGIN + 6 * HOUR - LATE
    days = world.histories.days("front")
    assert days[TODAY] == Tally(known=2 * HOUR - 1, outage=600, failed=10, probes=120)
    assert days[TODAY + 1] == Tally(known=4 * HOUR - LATE, probes=205)


def test_a_repeated_run_changes_nothing() -> None:
    """Nor does one by a clock that is behind."""
    world = World()
    world.live(BEGIN, BEGIN + 3 * HOUR)
    first = world.count(BEGIN + 3 * HOUR)
    before = dict(world.histories.items)
    assert world.count(BEGIN + 3 * HOUR) == first
    assert world.count(BEGIN + HOUR) == first
    assert world.histories.items == before


def test_missed_hours_are_counted_later() -> None:
    """One run after ten hours counts the same as ten runs."""
    hourly, late = World(), World()
    for world in (hourly, late):
        world.outages = {"front": [(BEGIN + 9000, BEGIN + 9900)]}
        world.live(BEGIN, BEGIN + 10 * HOUR)
    for hour in range(11):
        hourly.count(BEGIN + hour * HOUR)
    late.count(BEGIN + 10 * HOUR)
    assert hourly.histories.days("front") == late.histories.days("front")


def test_a_gap_of_the_probes_is_no_data() -> None:
    """The gap is not up. Counting continues after it, also after a whole day."""
    gap = (BEGIN + HOUR, BEGIN + HOUR + DAY)
    world = World(gaps=[gap])
    end = gap[1] + 2 * HOUR
    world.live(BEGIN, end)
    assert world.count(end) == end - LATE
    counted = total([*world.histories.days("front").values()])
    # The last probe before the gap counts for 90 s, 31 of them in the gap.
    assert counted.known == end - LATE - BEGIN - DAY - 1 + 31 - 1
    assert counted.outage == 0


def test_one_lost_chapter_loses_nothing() -> None:
    """Each chapter repeats the quarter of an hour before its own."""
    complete, lossy = World(), World(lost=[(BEGIN + 4400, BEGIN + 5400)])
    for world in (complete, lossy):
        world.outages = {"front": [(BEGIN + 4000, BEGIN + 4600)]}
        world.live(BEGIN, BEGIN + 3 * HOUR)
        world.count(BEGIN + 3 * HOUR)
    assert len(lossy.chapters.items) < len(complete.chapters.items)
    assert lossy.histories.items == complete.histories.items


def test_a_clock_that_jumps_ahead_counts_nothing_that_was_not_observed() -> None:
    """Nothing is counted beyond the newest chapter, and later hours are not lost."""
    world, steady = World(), World()
    for one in (world, steady):
        one.live(BEGIN, BEGIN + 2 * HOUR)
    world.count(BEGIN + 400 * DAY)
    for one in (world, steady):
        one.live(BEGIN + 2 * HOUR, BEGIN + 5 * HOUR)
        one.count(BEGIN + 5 * HOUR)
    assert world.histories.days("front") == steady.histories.days("front")


def test_a_chapter_from_the_future_is_ignored_until_then() -> None:
    """A probe with a wrong clock delays nothing."""
    world = World()
    world.live(BEGIN + 300 * DAY, BEGIN + 300 * DAY + HOUR)
    world.known = {}
    world.live(BEGIN, BEGIN + 3 * HOUR)
    assert world.count(BEGIN + 3 * HOUR) == BEGIN + 3 * HOUR - LATE
    assert world.histories.days("front")[TODAY].known == 2 * HOUR - 1


def test_a_history_from_the_future_is_counted_on() -> None:
    """Both clocks were wrong once; that must not stop the counting for months."""
    world = World()
    part = part_of("front")
    wrong = History(part=part, until=BEGIN + 300 * DAY, targets={})
    world.histories.items[part] = history_item(wrong)
    world.live(BEGIN, BEGIN + 3 * HOUR)
    assert world.count(BEGIN + 3 * HOUR) == BEGIN + 3 * HOUR - LATE


def test_a_run_that_fails_halfway_is_continued() -> None:
    """One part was stored and another was not; both have each hour once."""
    world, steady = World(), World()
    for one in (world, steady):
        one.targets = [target(f"t{number}") for number in range(6)]
        one.live(BEGIN, BEGIN + 3 * HOUR)
        one.count(BEGIN + 2 * HOUR)
    world.histories.broken = {part_of("t3")}
    with pytest.raises(ConnectionError):
        world.count(BEGIN + 3 * HOUR)
    for one in (world, steady):
        one.count(BEGIN + 3 * HOUR)
    assert world.histories.items == steady.histories.items


def test_a_renamed_target_begins_again_and_the_old_name_keeps_its_days() -> None:
    """One that was removed or disabled also keeps its days until they expire."""
    world = World()
    world.live(BEGIN, BEGIN + 2 * HOUR)
    world.count(BEGIN + 2 * HOUR)
    before = world.histories.days("front")[TODAY].known
    world.targets, world.known = [target("web")], {}
    world.live(BEGIN + 2 * HOUR, BEGIN + 5 * HOUR)
    world.count(BEGIN + 5 * HOUR)
    assert world.histories.days("front")[TODAY].known == before > HOUR
    assert total([*world.histories.days("web").values()]).known > 2 * HOUR


def test_a_part_without_targets_delays_no_other() -> None:
    """Its targets came back after three days; the others were counted meanwhile."""
    world = World(targets=[target("a"), target("b")])
    world.live(BEGIN, BEGIN + 2 * HOUR)
    world.count(BEGIN + 2 * HOUR)
    world.targets = [target("a")]
    world.live(BEGIN + 2 * HOUR, BEGIN + 6 * HOUR)
    world.count(BEGIN + 6 * HOUR)
    times = {history.until for history in world.histories.all().values() if history}
    assert times == {BEGIN + 6 * HOUR - LATE}


def test_maintenance_is_counted_apart() -> None:
    """A failure in a window costs no budget."""
    window = Maintenance(
        starts_at=datetime.fromtimestamp(BEGIN + 4200, UTC),
        ends_at=datetime.fromtimestamp(BEGIN + 6000, UTC),
        reason="new nodes",
    )
    world = World(targets=[target("front", maintenance=(window,))])
    world.outages = {"front": [(BEGIN + 4800, BEGIN + 6600)]}
    world.live(BEGIN, BEGIN + 4 * HOUR)
    world.count(BEGIN + 4 * HOUR)
    found = total([*world.histories.days("front").values()])
    assert found.known_in_maintenance == 1800
    assert found.outage_in_maintenance == 1200 - 1
    assert found.outage == 600 + 1


def test_a_blind_probe_blames_no_target() -> None:
    """The probe had no network; afterwards that time has no data."""
    world = World(outages={"front": [(BEGIN + 3600, BEGIN + 4800)]})
    world.blind = [(BEGIN + 3600, BEGIN + 4800)]
    world.live(BEGIN, BEGIN + 3 * HOUR)
    world.count(BEGIN + 3 * HOUR)
    assert total([*world.histories.days("front").values()]).outage == 0


def test_a_target_that_is_probed_hourly_has_whole_hours() -> None:
    """A chapter has its newest probe, even if that is older than half an hour."""
    world = World(targets=[target("front", interval=3600.0)])
    world.live(BEGIN, BEGIN + 8 * HOUR)
    world.count(BEGIN + 8 * HOUR)
    days = world.histories.days("front")
    assert days[TODAY + 1].known == 6 * HOUR - LATE


def test_nothing_is_counted_before_the_first_chapter() -> None:
    """A new stack has none."""
    assert World().count(BEGIN) is None


def test_chapters_that_expired_are_no_data() -> None:
    """After three days without a run, the last two are counted."""
    world = World()
    world.live(BEGIN, BEGIN + 2 * HOUR)
    world.count(BEGIN + 2 * HOUR)
    end = BEGIN + 74 * HOUR
    world.live(BEGIN + 2 * HOUR, end)
    assert world.count(end) == end - LATE
    first = 2 * HOUR - LATE - 1
    counted = total([*world.histories.days("front").values()]).known
    assert counted == first + KEPT


RANGE = st.tuples(st.integers(0, 400), st.integers(1, 90)).map(
    lambda pair: (BEGIN + pair[0] * 60, BEGIN + (pair[0] + pair[1]) * 60)
)


@settings(max_examples=25)
@given(
    st.lists(RANGE, max_size=3),
    st.lists(RANGE, max_size=2),
    st.lists(st.integers(0, 9 * 60), max_size=8),
)
def test_whatever_is_missed_or_repeated_each_second_counts_once(
    outages: list[tuple[int, int]],
    gaps: list[tuple[int, int]],
    runs: list[int],
) -> None:
    """The sum depends on the probes only, not on when the roll-up ran."""
    end = BEGIN + 9 * HOUR
    world = World(outages={"front": joined(outages)}, gaps=joined(gaps))
    once = World(outages=world.outages, gaps=world.gaps)
    at = BEGIN
    for minutes in sorted(runs):
        world.live(at, BEGIN + minutes * 60)
        at = max(at, BEGIN + minutes * 60)
        world.count(at)
        world.count(at)
    world.live(at, end)
    once.live(BEGIN, end)
    assert world.count(end) == once.count(end)
    assert world.histories.days("front") == once.histories.days("front")
    counted = total([*once.histories.days("front").values()])
    assert counted.outage <= counted.known <= 9 * HOUR - LATE
