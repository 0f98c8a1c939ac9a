"""Paragraph: the building blocks of a plain-text mail.

In: words, instants, spans. Out: paragraphs of one line each. The reader's program wraps
them: a phone has 40 columns, and a command that is broken cannot be pasted.
It does not: limit a text. Line breaks inside a text become spaces, so that no text from
the network starts a line of its own.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from parallax.model.plain import plain_line


def paragraph(text: str) -> str:
    """Return a text as one line, with a doubled full stop reduced to one."""
    return re.sub(r"(?<![./])\.\.(?=\s|$)", ".", " ".join(text.split()))


def sentence(text: str) -> str:
    """Return a text as one line that ends with a full stop.

    The first letter stays: it may be that of a name, and names are case-sensitive.
    """
    line = paragraph(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."


def bullets(title: str, entries: Iterable[str]) -> str:
    """Return a list with a title; an empty string for no entries."""
    listed = [f"- {paragraph(entry)}" for entry in entries]
    return "\n".join([plain_line(title), *listed]) if listed else ""


def stacked(*parts: str) -> str:
    """Return the parts that are not empty, one below the other."""
    return "\n".join(part for part in parts if part)


def clock(instant: datetime) -> str:
    """Return an instant in UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def minute(instant: datetime, day: datetime) -> str:
    """Return an instant as `HH:MM UTC`; with its date where that is not `day`'s."""
    return f"{_dated(instant, day, '%H:%M')} UTC"


def second(instant: datetime, day: datetime) -> str:
    """Return an instant as `HH:MM:SS`; with its date where that is not `day`'s."""
    return _dated(instant, day, "%H:%M:%S")


def _dated(instant: datetime, day: datetime, form: str) -> str:
    at, today = instant.astimezone(UTC), day.astimezone(UTC).date()
    return at.strftime(form if at.date() == today else f"%Y-%m-%d {form}")


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
