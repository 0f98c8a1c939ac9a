"""Days: what the tallies of some days say, in words.

In: runs of tallies, the day of the last one. Out: the kind of each day; dates and times
of outages; the uptime with the number of days that it is of.
It does not: draw; `bars` does.
"""

from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from parallax.uptime.objective import SHOWN_DAYS, duration, percent, uptime_of
from parallax.uptime.tally import DAY, Runs, Tally, total_of

LONG = 15 * 60
"""Seconds in a day from which an outage is a long one."""
DATED = 3
"""Days that the words of a picture name."""
WHOLE = SHOWN_DAYS - 1
"""Days with data from which an uptime needs no note; today may not be counted yet."""


class Kind(StrEnum):
    """The kind of a day: a letter, which is its class in the CSS."""

    GOOD = "g"
    SHORT = "w"
    """An outage of less than 15 minutes."""
    LONG = "b"
    MAINTENANCE = "m"
    NO_DATA = "n"


HEIGHTS: dict[str, int] = {
    Kind.GOOD: 14,
    Kind.SHORT: 17,
    Kind.LONG: 20,
    Kind.MAINTENANCE: 8,
    Kind.NO_DATA: 3,
}
"""The height of a day's bar, which shows its kind without colors."""


def kinds_of(found: Runs) -> str:
    """Return the kinds of some days, one letter each."""
    return "".join([kind_of(one) * count for one, count in found])


@lru_cache(maxsize=1024)  # most days of most targets are equal
def kind_of(tally: Tally) -> Kind:
    """Return the kind of a day."""
    if not tally.observed:
        return Kind.NO_DATA
    if not tally.known:
        return Kind.MAINTENANCE
    if not tally.outage:
        return Kind.GOOD
    return Kind.LONG if tally.outage >= LONG else Kind.SHORT


def outage_days(found: Runs, today: int) -> list[tuple[str, str]]:
    """Return the date and the time of each outage, the newest first.

    `today` is the last of the days, as a number of days since 1970.
    """
    dated: list[tuple[str, str]] = []
    day = today
    for one, count in reversed(found):
        if one.outage:
            time = duration(one.outage)
            dated += [(_date(day - n), time) for n in range(count)]
        day -= count
    return dated


@lru_cache(maxsize=128)
def _date(day: int) -> str:
    return f"{datetime.fromtimestamp(day * DAY, UTC):%Y-%m-%d}"


def in_words(found: Runs, kinds: str, today: int) -> str:
    """Return what the picture shows, in words."""
    text, missing = f"{len(kinds)} days: ", kinds.count(Kind.NO_DATA)
    if missing == len(kinds):
        return f"{text}no data"
    parts = ["no outage"]
    if dated := outage_days(found, today):
        listed = [f"{date} {time}" for date, time in dated[:DATED]]
        more = ["earlier ones"] if len(dated) > DATED else []
        time = duration(total_of(found).outage)
        on = f"{time} of outage on {_days(len(dated))}"
        parts = [f"{on} ({', '.join([*listed, *more])})"]
    if apart := kinds.count(Kind.MAINTENANCE):
        parts.append(f"only maintenance on {_days(apart)}")
    if missing:
        parts.append(f"no data on {_days(missing)}")
    return text + ", ".join(parts)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def uptime_text(found: Runs) -> str | None:
    """Return the uptime as text with its period, e.g. `90 days: 99.97 %`."""
    share = uptime_of(total_of(found))
    if share is None:
        return None
    every = sum(count for _, count in found)
    days = sum(count for one, count in found if one.observed)
    period = every if days >= WHOLE else f"{days} of {every}"
    return f"{period} days: {percent(share)}"
