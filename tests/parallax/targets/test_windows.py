"""Specification of recurring windows: `parallax.targets.windows`."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.target import Maintenance, Recurring, Target
from parallax.targets import load
from parallax.targets.time_zones import names
from parallax.targets.windows import next_window, windows_between, with_open_windows

BERLIN = "Europe/Berlin"
"""Skips 02:00 to 03:00 on 2026-03-29, and repeats it on 2026-10-25."""
DAY = timedelta(days=1)
TARGET = Target(name="a", url="https://a.example/")
RULES = st.builds(
    Recurring,
    weekdays=st.sets(st.integers(0, 6)).map(sorted).map(tuple),
    days_of_month=st.sets(
        st.one_of(st.integers(1, 31), st.integers(-31, -1)), max_size=4
    )
    .map(sorted)
    .map(tuple),
    begins=st.integers(0, 24 * 60 - 1),
    ends=st.integers(0, 24 * 60),
    time_zone=st.sampled_from(sorted(names())),
    reason=st.just("backups"),
).filter(lambda rule: rule.begins != rule.ends)
INSTANTS = st.datetimes(
    datetime.fromisoformat("2000-01-01"),
    datetime.fromisoformat("2037-01-01"),
    timezones=st.just(UTC),
)


def nightly(begins: str, ends: str, **days: tuple[int, ...]) -> Recurring:
    """Return a window in Berlin between two times."""
    times = (time.fromisoformat(text) for text in (begins, ends))
    first, last = (at.hour * 60 + at.minute for at in times)
    return Recurring(
        begins=first, ends=last, time_zone=BERLIN, reason="backups", **days
    )


def utc(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opened(rule: Recurring, now: datetime) -> tuple[Maintenance, ...]:
    """Return the windows that a snapshot of this instant stores."""
    target = Target(name="a", url="https://a.example/", recurring=(rule,))
    return with_open_windows(target, now).maintenance


@pytest.mark.parametrize(
    ("now", "count"),
    [
        ("2026-11-28 20:59:59", 0),
        ("2026-11-28 21:00:00", 1),
        ("2026-11-29 02:59:59", 1),
        ("2026-11-29 03:00:00", 0),
        # It is Sunday evening, but Saturday's window was the last.
        ("2026-11-29 22:00:00", 0),
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_of_its_begin(
    now: str, count: int
) -> None:
    """Saturday from 22:00 until Sunday 04:00, in Berlin: the end is not in it."""
    rule = nightly("22:00", "04:00", weekdays=(5,))
    assert len(opened(rule, utc(now))) == count


@pytest.mark.parametrize(
    ("begins", "ends", "starts_at", "ends_at"),
    [
        # The clock jumps from 02:00, 01:00 UTC, to 03:00.
        ("01:00", "04:00", "2026-03-29 00:00", "2026-03-29 02:00"),
        ("02:15", "02:45", "2026-03-29 00:15", "2026-03-29 01:45"),
        ("02:15", "03:05", "2026-03-29 00:15", "2026-03-29 01:05"),
        ("01:00", "02:30", "2026-03-29 00:00", "2026-03-29 01:30"),
    ],
)
def test_a_time_that_the_clock_skips_never_empties_a_window(
    begins: str, ends: str, starts_at: str, ends_at: str
) -> None:
    """It begins at the earlier reading of the time, and ends at the later one."""
    window = next_window(nightly(begins, ends), utc("2026-03-28 12:00"))
    assert window == Maintenance(
        starts_at=utc(starts_at), ends_at=utc(ends_at), reason="backups"
    )


@pytest.mark.parametrize(
    ("begins", "ends", "starts_at", "ends_at"),
    [
        # The clock jumps from 03:00, 01:00 UTC, back to 02:00.
        ("01:00", "04:00", "2026-10-24 23:00", "2026-10-25 03:00"),
        ("02:15", "02:45", "2026-10-25 00:15", "2026-10-25 01:45"),
        ("02:30", "04:00", "2026-10-25 00:30", "2026-10-25 03:00"),
        ("01:00", "02:30", "2026-10-24 23:00", "2026-10-25 01:30"),
    ],
)
def test_a_time_that_the_clock_repeats_is_covered_both_times(
    begins: str, ends: str, starts_at: str, ends_at: str
) -> None:
    """It begins with the first, and ends with the second."""
    window = next_window(nightly(begins, ends), utc("2026-10-24 12:00"))
    assert window == Maintenance(
        starts_at=utc(starts_at), ends_at=utc(ends_at), reason="backups"
    )


@pytest.mark.parametrize(
    ("rule", "begins"),
    [
        (nightly("20:00", "23:30", days_of_month=(-1,)), "2028-02-29 19:00"),
        (nightly("20:00", "23:30", days_of_month=(31,)), "2028-03-31 18:00"),
        # The second Tuesday of the month.
        (
            nightly("20:00", "23:30", weekdays=(1,), days_of_month=(*range(8, 15),)),
            "2028-03-14 19:00",
        ),
        # A Monday that is a 31st.
        (
            nightly("20:00", "23:30", weekdays=(0,), days_of_month=(31,)),
            "2028-07-31 18:00",
        ),
    ],
)
def test_days_of_the_month_count_from_both_ends(rule: Recurring, begins: str) -> None:
    """A month without the day has no window; with weekdays, both must match."""
    window = next_window(rule, utc("2028-02-10 00:00"))
    assert window
    assert window.starts_at == utc(begins)


def test_a_snapshot_stores_instants_instead_of_rules() -> None:
    """It is judged the same when the rules of a time zone have changed."""
    rule = nightly("22:00", "04:00")
    target = Target(name="a", url="https://a.example/", recurring=(rule, rule))
    now = utc("2026-11-28 23:00")
    kept = with_open_windows(target, now)
    window = Maintenance(
        starts_at=utc("2026-11-28 21:00"),
        ends_at=utc("2026-11-29 03:00"),
        reason="backups",
    )
    assert kept == Target(
        name="a", url="https://a.example/", maintenance=(window, window)
    )
    assert with_open_windows(TARGET, now) is TARGET


@given(RULES, INSTANTS)
def test_the_open_window_contains_its_instant_and_fits_its_rule(
    rule: Recurring, now: datetime
) -> None:
    """In any zone: on the clock it begins as written, but for a skipped time."""
    zone = ZoneInfo(rule.time_zone)
    for window in opened(rule, now):
        assert window.starts_at <= now < window.ends_at
        begins = window.starts_at.astimezone(zone)
        minutes = begins.hour * 60 + begins.minute
        if minutes == rule.begins:
            assert not rule.weekdays or begins.weekday() in rule.weekdays
        else:
            assert is_skipped(begins.date(), rule.begins, zone)


@given(RULES, INSTANTS)
def test_a_window_is_as_long_as_written_but_for_the_clock_s_jumps(
    rule: Recurring, now: datetime
) -> None:
    """It is never empty, and longer or shorter by the jump at most."""
    window = next_window(rule, now)
    assert window
    assert now < window.ends_at
    written = timedelta(minutes=(rule.ends - rule.begins) % (24 * 60) or 24 * 60)
    zone = ZoneInfo(rule.time_zone)
    offsets = {
        (window.starts_at + hours * timedelta(hours=1)).astimezone(zone).utcoffset()
        or timedelta()
        for hours in range(-30, 80)
    }
    jump = max(offsets) - min(offsets)
    length = window.ends_at - window.starts_at
    assert max(timedelta(0), written - jump) <= length <= written + jump
    assert length > timedelta(0)


@given(RULES, INSTANTS)
def test_the_next_window_is_the_open_one_or_begins_later(
    rule: Recurring, now: datetime
) -> None:
    """No window that is open now is missed, and none is skipped."""
    window, held = next_window(rule, now), opened(rule, now)
    assert window
    assert (window.starts_at <= now) is bool(held)
    if held:
        assert window == held[0]
    else:
        assert opened(rule, window.starts_at)
        assert opened(rule, window.ends_at - timedelta(seconds=1))


def is_skipped(day: date, minutes: int, zone: ZoneInfo) -> bool:
    """Say whether a time does not exist once on the clock around this day."""
    for near in (day - DAY, day, day + DAY):
        local = datetime.combine(near, time(), zone) + timedelta(minutes=minutes)
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            return True
    return False


def test_windows_of_both_kinds_are_read(tmp_path: Path) -> None:
    """The order of each kind is that of the file."""
    path = tmp_path / "t.yaml"
    path.write_text(
        "targets:\n- name: a\n  url: http://a.example\n  maintenance:\n"
        "  - {weekdays: [Sunday, friday], from: '22:00', until: '24:00',"
        " time_zone: Europe/Berlin, reason: r}\n"
        "  - {starts_at: 2026-01-01T00:00:00Z, ends_at: 2026-01-02T00:00:00Z,"
        " reason: once}\n"
        "  - {days_of_month: [-1, 1, 1], from: '00:30', until: '00:00',"
        " time_zone: UTC, reason: s}\n"
    )
    (target,) = load(path)
    assert [window.reason for window in target.maintenance] == ["once"]
    assert target.recurring == (
        Recurring(
            weekdays=(4, 6), begins=1320, ends=1440, time_zone=BERLIN, reason="r"
        ),
        Recurring(
            days_of_month=(1, -1), begins=30, ends=0, time_zone="UTC", reason="s"
        ),
    )


@given(RULES, INSTANTS, st.integers(1, 3 * 86_400))
def test_the_windows_of_a_time_are_those_that_are_open_in_it(
    rule: Recurring, since: datetime, seconds: int
) -> None:
    """At each moment of the time, as a judgement at that moment would find them."""
    until = since + timedelta(seconds=seconds)
    target = Target(name="a", url="https://a.example/", recurring=(rule,))
    found = windows_between(target, since, until)
    for part in range(5):
        at = since + part * (until - since) / 5
        open_then = [w for w in found if w.starts_at <= at < w.ends_at]
        assert open_then == list(opened(rule, at))
    assert all(w.starts_at < until and since < w.ends_at for w in found)


def test_windows_with_instants_are_found_too() -> None:
    """One that only touches the time is not in it."""
    window = Maintenance(
        starts_at=utc("2026-01-10T22:00"), ends_at=utc("2026-01-11T02:00"), reason="x"
    )
    target = Target(name="a", url="https://a.example/", maintenance=(window,))
    begin, end = window.starts_at, window.ends_at
    assert windows_between(target, begin - DAY, end) == (window,)
    assert windows_between(target, begin - DAY, begin) == ()
    assert windows_between(target, end, end + DAY) == ()
