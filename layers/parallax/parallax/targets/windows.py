"""Windows: the maintenance windows of a target in UTC, around an instant.

In: a target with recurring windows, an instant. Out: the target with those that are
open then as ordinary ones, which is what a snapshot stores; the next window.
It does not: read the clock, or decide what a window means; `parallax.story` does.

A snapshot has instants, not rules, so that it is judged the same when the rules of a
time zone have changed. Once a year the clock skips an hour, and once it repeats one. A
time in such an hour has two readings (PEP 495). A window begins at the earlier and ends
at the later one, so that it is never empty, and at most that hour too long.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice

from parallax.model.target import Maintenance, Recurring, Target
from parallax.targets.time_zones import time_zone

DAY = timedelta(days=1)
LONGEST = timedelta(days=2)
"""More than any window lasts, with a skipped hour and the date line's skipped day."""
SEARCHED = 366 * 8
"""Days in which every rule matches, e.g. a Monday that is a 31st."""


def with_open_windows(target: Target, now: datetime) -> Target:
    """Return a target with its recurring windows that are open now, as instants."""
    if not target.recurring:
        return target
    found = (
        window
        for rule in target.recurring
        for window in _occurrences(rule, now - LONGEST, days=4)
        if window.starts_at <= now < window.ends_at
    )
    return replace(target, maintenance=(*target.maintenance, *found), recurring=())


def windows_between(
    target: Target, since: datetime, until: datetime
) -> tuple[Maintenance, ...]:
    """Return every window of a target that is open at some time from `since` on.

    That time is before `until`. Their order is that of the file.
    """
    days = (until - since).days + 5
    found = (
        window
        for rule in target.recurring
        for window in _occurrences(rule, since - LONGEST, days=days)
    )
    return tuple(
        window
        for window in (*target.maintenance, *found)
        if window.starts_at < until and since < window.ends_at
    )


def next_window(rule: Recurring, now: datetime) -> Maintenance | None:
    """Return the window that is open now, else the next one; None: there is none."""
    windows = _occurrences(rule, now - LONGEST, days=SEARCHED)
    return next((window for window in windows if now < window.ends_at), None)


def _occurrences(rule: Recurring, since: datetime, days: int) -> Iterator[Maintenance]:
    """Yield the windows that begin on these days, oldest first."""
    zone = time_zone(rule.time_zone)
    first = since.astimezone(zone).date()
    for day in islice(_days(first), days):
        if _is_on(rule, day):
            yield Maintenance(
                starts_at=min(_readings(day, rule.begins, zone)),
                ends_at=max(_readings(day, rule.ends + _next_day(rule), zone)),
                reason=rule.reason,
            )


def _days(first: date) -> Iterator[date]:
    day = first
    while True:
        yield day
        day += DAY


def _next_day(rule: Recurring) -> int:
    """Return the minutes of a day if the window ends on the day after it begins."""
    return 0 if rule.begins < rule.ends else 24 * 60


def _is_on(rule: Recurring, day: date) -> bool:
    """Say whether a window begins on this day."""
    if rule.weekdays and day.weekday() not in rule.weekdays:
        return False
    next_month = day.replace(day=28) + 4 * DAY
    last = next_month - next_month.day * DAY
    from_end = day.day - last.day - 1
    return not rule.days_of_month or bool({day.day, from_end} & {*rule.days_of_month})


def _readings(day: date, minutes: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the instants, in UTC, that a time on a day's clock may be; mostly one."""
    midnight = datetime.combine(day, time(), zone)
    # Python adds to the time on the clock, whatever the zone does in between.
    local = midnight + timedelta(minutes=minutes)
    return (
        local.replace(fold=0).astimezone(UTC),
        local.replace(fold=1).astimezone(UTC),
    )
