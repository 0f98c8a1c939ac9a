"""Text: the mail of a digest, at most 50 lines however many targets it is about.

In: kinds of advice with their targets, an instant. Out: subject and body.
It does not: list every target; `parallax targets` and the queue's events do. No figure
in it is older than the mail: advice keeps the text with which it was published, so the
days until it is due are counted here.
"""

import textwrap
from collections.abc import Sequence
from datetime import datetime, timedelta

from parallax.advice import ADVISERS
from parallax.model.plain import REPLACEMENT, plain, plain_line
from parallax.notify.digest.choose import Entry, Kind
from parallax.notify.mail import Mail
from parallax.notify.mail.subject import LIMIT
from parallax.notify.paragraph import paragraph, sentence

LINES = 50
"""Lines of a mail at most."""
_FRAME, _PER_KIND = 8, 5
"""Lines of begin and end; lines of a kind beside its targets."""
_MOST = 10
"""Targets of a kind that are listed, if there is room."""
_SUMMARIES = {adviser.id: adviser.summary for adviser in ADVISERS}


def render(kinds: Sequence[Kind], now: datetime) -> Mail:
    """Return the mail of these kinds; there is at least one."""
    room = (LINES - _FRAME) // len(kinds) - _PER_KIND
    listed = max(1, min(_MOST, room))
    intro = (
        "This mail is not an alarm: it lists what will fail later if nobody acts. Each"
        " problem is mailed once, in one mail a day."
    )
    end = (
        "--\nAll advice is in the findings queue, type io.parallax.advice.v1, also"
        " when it is gone. Stack parameter AdviceMail=none ends these mails.\n"
        "severity warning"
    )
    parts = [intro, *(_kind(kind, listed, now) for kind in kinds), end]
    return Mail(subject=_subject(kinds), body=plain("\n\n".join(parts)) + "\n")


def _subject(kinds: Sequence[Kind]) -> str:
    targets = {entry.target for kind in kinds for entry in kind.entries}
    who = next(iter(targets)) if len(targets) == 1 else f"{len(targets)} URLs"
    more = f", and {len(kinds) - 1} more" if len(kinds) > 1 else ""
    what = _summary(kinds[0])
    what = what if what[1:2].isupper() else what[:1].lower() + what[1:]
    line = f"ADVICE {who}: {what}".encode("ascii", "replace").decode()
    short = textwrap.shorten(line, LIMIT - len(more), placeholder="...")
    return plain_line(short).replace(REPLACEMENT, "?") + more


def _kind(kind: Kind, listed: int, now: datetime) -> str:
    """Return the heading of a kind, its first step, and its first targets."""
    first, count = kind.entries[0], len(kind.entries)
    heading = f"{_summary(kind)} ({count} URL{'s' if count > 1 else ''})".upper()
    lines = [heading]
    shown = kind.entries[:listed]
    lines += [_line(entry, now) for entry in shown]
    if rest := count - len(shown):
        lines.append(f"- and {rest} more")
    return "\n".join([*lines, *_step(first, several=count > 1)])


def _summary(kind: Kind) -> str:
    """Return a kind's summary; of a kind that is no more, its first title."""
    title = kind.entries[0].advice.title
    return _SUMMARIES.get(kind.id, plain_line(paragraph(title)))


def _line(entry: Entry, now: datetime) -> str:
    advice = entry.advice
    if advice.due is None:
        return f"- {plain_line(entry.target)}: {sentence(advice.title)}"
    text = f"- {plain_line(entry.target)}: {_due(advice.due, now)}."
    return f"{text} {sentence(advice.evidence[0])}" if advice.evidence else text


def _due(due: datetime, now: datetime) -> str:
    left = due - now
    if left <= timedelta(0):
        return f"overdue since {due:%Y-%m-%d %H:%M UTC}"
    days, hours = left.days, left.seconds // 3600
    span = f"{days} day{'s' if days > 1 else ''}" if days else f"{hours} h"
    return f"due {due:%Y-%m-%d %H:%M UTC}, in {span}"


def _step(entry: Entry, *, several: bool) -> list[str]:
    """Return the first step of the first target, its command on a line of its own."""
    step = next(iter(entry.advice.next_steps), None)
    if step is None:
        return []
    whose = f"For {plain_line(entry.target)}: " if several else ""
    command = [plain_line(step.command)] if step.command else []
    undo = [f"Undo: {plain_line(step.way_back)}"] if step.way_back else []
    return [f"{whose}{paragraph(step.text)}", *command, *undo]
