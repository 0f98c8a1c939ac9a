"""Objective: uptime, and what is left of an error budget, from the tallies of days.

In: tallies, a goal in percent. Out: shares and seconds, as numbers and as text.
It does not: round an outage away: 99.9999 % is shown as 99.99 %, never as 100 %.

Time without data and time in maintenance count neither for nor against a target.
Source of the terms: Google, "Site Reliability Workbook", chapters 2 (error budget) and
5 (burn rate).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

from parallax.uptime.history import Days
from parallax.uptime.tally import DAY, NOTHING, Tally, total

SHOWN_DAYS = 90
WINDOW_DAYS = 30
"""Days of an error budget, with today as the last."""
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """An error budget: seconds of outage that a goal allows in its window.

    `burn` is how fast the last two days used it: at 1 it lasts exactly for a window;
    None: there is no data. `covered` is the share of the window with data.
    """

    allowed: float
    spent: float
    burn: float | None
    covered: float

    @property
    def left(self) -> float:
        """Seconds that are left; negative: the goal is missed."""
        return self.allowed - self.spent


def window(days: Days, today: int, length: int) -> tuple[Tally, ...]:
    """Return the tallies of the last days with today, oldest first."""
    range_ = range(today - length + 1, today + 1)
    return tuple([days.get(day, NOTHING) for day in range_])


def with_outage(days: Days, open_: Mapping[int, int]) -> Days:
    """Return the days with an outage that was not counted yet: seconds by day."""
    if not open_:
        return days
    more = {day: Tally(known=time, outage=time) for day, time in open_.items()}
    return {**days, **{d: days.get(d, NOTHING).plus(t) for d, t in more.items()}}


def uptime(tallies: Sequence[Tally]) -> float | None:
    """Return the share of observed time in service, 0 to 1; None: there is no data."""
    return uptime_of(total(tallies))


def uptime_of(summed: Tally) -> float | None:
    """Return the same of the sum of the tallies."""
    return None if not summed.known else 1 - summed.outage / summed.known


def budget(days: Days, today: int, slo: float) -> Budget:
    """Return the error budget of a target, whose goal is a percentage."""
    tallies = window(days, today, WINDOW_DAYS)
    summed = total(tallies)
    share = 1 - slo / 100
    recent = total(tallies[-2:])
    burn = recent.outage / recent.known / share if recent.known else None
    seconds = WINDOW_DAYS * DAY
    return Budget(
        allowed=share * seconds,
        spent=float(summed.outage),
        burn=burn,
        covered=min(1.0, summed.observed / seconds),
    )


def percent(share: float | None) -> str:
    """Return a share as text, rounded down to hundredths; `no data` for None."""
    if share is None:
        return "no data"
    hundredths = floor(share * 10_000 + 1e-9)
    return "100 %" if hundredths == 10_000 else f"{hundredths / 100:.2f} %"  # noqa: PLR2004 - all of them


def duration(seconds: float) -> str:
    """Return a time without its sign, e.g. `45 s`, `43 min`, `3 h 5 min`."""
    whole = int(abs(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    hours, minutes = whole // _HOUR, whole % _HOUR // _MINUTE
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
