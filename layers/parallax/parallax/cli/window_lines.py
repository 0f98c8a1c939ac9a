"""Window lines: the maintenance windows of a target, and when each is open.

In: a target of the targets file, an instant. Out: one line of text for each window.
It does not: read the clock, or print.
"""

from collections.abc import Iterator
from datetime import datetime

from parallax.model.target import Maintenance, Recurring, Target
from parallax.targets.maintenance import WEEKDAYS
from parallax.targets.time_zones import time_zone
from parallax.targets.windows import next_window

MINUTE = "%Y-%m-%d %H:%M %Z"


def window_lines(target: Target, now: datetime) -> Iterator[str]:
    """Yield the windows with two instants, then the recurring ones."""
    for window in target.maintenance:
        yield (
            f"{window.starts_at:{MINUTE}} to {window.ends_at:{MINUTE}}:"
            f" {window.reason}{_state(window, now)}"
        )
    for rule in target.recurring:
        yield f"{_rule(rule)}: {rule.reason}{_next(rule, now)}"


def _state(window: Maintenance, now: datetime) -> str:
    if now >= window.ends_at:
        return "; over"
    return "; open now" if now >= window.starts_at else ""


def _rule(rule: Recurring) -> str:
    weekdays = ", ".join(WEEKDAYS[day] for day in rule.weekdays)
    numbers = ", ".join(f"{day}" for day in rule.days_of_month)
    many = "s" if len(rule.days_of_month) > 1 else ""
    of_month = f"day{many} {numbers} of the month" if numbers else ""
    days = " on ".join(filter(None, (weekdays, of_month))) or "daily"
    return f"{days} {_clock(rule.begins)} to {_clock(rule.ends)} {rule.time_zone}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _next(rule: Recurring, now: datetime) -> str:
    """Return until when the window is open, else when it opens, in its own zone."""
    window = next_window(rule, now)
    if window is None:
        return ""
    is_open = now >= window.starts_at
    instant = window.ends_at if is_open else window.starts_at
    shown = instant.astimezone(time_zone(rule.time_zone))
    return f"; {'open until' if is_open else 'next'} {shown:{MINUTE}}"
