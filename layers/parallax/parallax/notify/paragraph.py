"""Paragraph: the building blocks of a plain-text mail.

In: words, instants, spans. Out: lines of at most `WIDTH` columns.
It does not: break a long word, so that URLs and names stay complete.
"""

import re
import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from parallax.model.plain import plain_line

WIDTH = 78


def hung(lead: str, text: str) -> str:
    """Return a text after a lead, with its other lines indented by the same width."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )


def bullets(title: str, entries: Iterable[str]) -> str:
    """Return a list with a title; an empty string for no entries."""
    listed = [hung("  - ", entry) for entry in entries]
    return "\n".join([f"{plain_line(title)}:", *listed]) if listed else ""


def stacked(*parts: str) -> str:
    """Return the parts that are not empty, one below the other."""
    return "\n".join(part for part in parts if part)


def clock(instant: datetime) -> str:
    """Return an instant in UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def minute(instant: datetime, day: datetime) -> str:
    """Return an instant as `HH:MM UTC`; with its date where that is not `day`'s."""
    at, today = instant.astimezone(UTC), day.astimezone(UTC).date()
    return at.strftime("%H:%M UTC" if at.date() == today else "%Y-%m-%d %H:%M UTC")


def span(time: timedelta) -> str:
    """Return a duration, e.g. `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`."""
    seconds = max(int(time.total_seconds()), 0)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if not minutes:
        return f"{seconds} s"
    if not hours:
        return f"{minutes} min"
    if not days:
        return f"{hours} h {minutes % 60} min"
    return f"{days} d {hours % 24} h"


def fill(text: str) -> str:
    """Return a text as one paragraph, with a doubled full stop reduced to one."""
    once = re.sub(r"(?<![./])\.\.(?=\s|$)", ".", text)
    return textwrap.fill(once, WIDTH, break_long_words=False, break_on_hyphens=False)
