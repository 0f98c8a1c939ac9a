"""Days: what the tallies of some days say, in words.

In: tallies, the day of the last one. Out: the kind of each day; dates and times of
outages; the uptime with the number of days that it is of.
It does not: draw; `bars` does.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum

from parallax.uptime.objective import SHOWN_DAYS, duration, percent, uptime
from parallax.uptime.tally import DAY, Tally, total

LONG = 15 * 60
"""Seconds in a day from which an outage is a long one."""
DATED = 3
"""Days that the words of a picture name."""
WHOLE = SHOWN_DAYS - 1
"""Days with data from which an uptime needs no note; today may not be counted yet."""


class Kind(Enum):
    """The kind of a day: its class in the CSS, and its height."""

    GOOD = ("g", 14)
    SHORT = ("w", 17)
    """An outage of less than 15 minutes."""
    LONG = ("b", 20)
    MAINTENANCE = ("m", 8)
    NO_DATA = ("n", 3)


type Kinds = tuple[Kind, ...]


def kind_of(tally: Tally) -> Kind:
    """Return the kind of a day."""
    if not tally.observed:
        return Kind.NO_DATA
    if not tally.known:
        return Kind.MAINTENANCE
    if not tally.outage:
        return Kind.GOOD
    return Kind.LONG if tally.outage >= LONG else Kind.SHORT


def outage_days(tallies: Sequence[Tally], today: int) -> list[tuple[str, str]]:
    """Return the date and the time of each outage, the newest first.

    `today` is the day of the last tally, as a number of days since 1970.
    """
    last = len(tallies) - 1
    return [
        (
            datetime.fromtimestamp((today - last + n) * DAY, UTC).strftime("%Y-%m-%d"),
            duration(tallies[n].outage),
        )
        for n in range(last, -1, -1)
        if tallies[n].outage
    ]


def in_words(tallies: Sequence[Tally], kinds: Sequence[Kind], today: int) -> str:
    """Return what the picture shows, in words."""
    text, missing = f"{len(tallies)} days: ", kinds.count(Kind.NO_DATA)
    if missing == len(kinds):
        return f"{text}no data"
    parts = ["no outage"]
    if dated := outage_days(tallies, today):
        listed = [f"{date} {time}" for date, time in dated[:DATED]]
        more = ["earlier ones"] if len(dated) > DATED else []
        time = duration(total(tallies).outage)
        on = f"{time} of outage on {_days(len(dated))}"
        parts = [f"{on} ({', '.join([*listed, *more])})"]
    if apart := kinds.count(Kind.MAINTENANCE):
        parts.append(f"only maintenance on {_days(apart)}")
    if missing:
        parts.append(f"no data on {_days(missing)}")
    return text + ", ".join(parts)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def uptime_text(tallies: Sequence[Tally]) -> str | None:
    """Return the uptime as text with its period, e.g. `90 days: 99.97 %`."""
    share = uptime(tallies)
    if share is None:
        return None
    days = sum(tally.observed > 0 for tally in tallies)
    period = len(tallies) if days >= WHOLE else f"{days} of {len(tallies)}"
    return f"{period} days: {percent(share)}"
