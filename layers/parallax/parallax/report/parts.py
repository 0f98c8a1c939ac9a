"""Parts: which parts of a mail's text the page shows, and where.

In: an alert, its mail. Out: its title, its first lines, and its further parts.
It does not: show what the page has in a form of its own, or a time that has passed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parallax.model.alert import Alert
from parallax.model.finding import ENDS, NotificationReason
from parallax.notify.mail import Mail
from parallax.notify.mail.scope import is_joint, place, targets
from parallax.notify.mail.subject import LONGEST, write
from parallax.report.text import CAUSE, REFERENCE, Block, blocks, heading

SHOWN = (
    "PATH",
    "AFFECTED",
    "RUN THIS NEXT",
    "DO THIS NEXT",
    "THEN",
    "WHY",
    "STILL POSSIBLE",
    "ALSO TRUE",
    "RULED OUT",
    "NOT DETERMINED",
    "RESPONSE",
    "TIMELINE",
)
"""Beginnings of titles of the mail's parts that the page shows in its own form."""
UNAFFECTED = "Not affected (no open incident)"
"""Begins a part without a title that the page shows beside the affected targets."""
NAMED = 3
"""Targets that the title names; more are counted."""
LAST = ("ADVICE", REFERENCE)
"""Titles of the mail's parts at the end of the page."""
_STATE = re.compile(r"^(STILL )?(DOWN|INTERMITTENT|BLIND|MERGED)(, [A-Z]+)? ")
"""The state in a subject; the page has the present one beside its title."""
_SINCE = re.compile(r"^Since [^()]* UTC \([^()]* ago\)\. ?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A page's title, what users get, how often, and the parts in their order.

    `cause` is above the first step, `more` below all steps, `last` at the end.
    """

    title: str
    impact: tuple[str, ...]
    often: tuple[str, ...]
    cause: tuple[Block, ...]
    more: tuple[Block, ...]
    last: tuple[Block, ...]


def parts(alert: Alert, mail: Mail) -> Parts:
    """Return the parts of an alert's mail that the page shows."""
    found = [block for block in blocks(mail.body) if not _is_shown(block)]
    lines = list[str]()
    if found and not found[0].title.startswith((CAUSE, *LAST)):
        lines = _lines(found.pop(0))
    title = _STATE.sub("", write(alert, LONGEST)).replace(*_with_names(alert), 1)
    if alert.turn is NotificationReason.RESOLVED and lines:
        title = lines.pop(0)
    rest = [block for block in found if not block.title.startswith(LAST)]
    return Parts(
        title=title,
        impact=tuple(line for line in lines if not _SINCE.match(line)),
        often=tuple(line for line in map(_often, lines) if line),
        cause=_only(rest, is_cause=True),
        more=_only(rest, is_cause=False),
        last=tuple(block for block in found if block.title.startswith(LAST)),
    )


def _with_names(alert: Alert) -> tuple[str, str]:
    """Return the count of a few targets in a subject, and their names instead of it."""
    known, where = targets(alert), place(alert.place, short=True)
    names = [member.target for member in alert.failing]
    if not is_joint(alert) or alert.turn in ENDS or len(names) > NAMED:
        return known, known
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    return known, f"{listed} {where}".rstrip()


def _only(some: Sequence[Block], *, is_cause: bool) -> tuple[Block, ...]:
    return tuple(b for b in some if b.title.startswith(CAUSE) is is_cause)


def _lines(block: Block) -> list[str]:
    """Return a block's lines, the first of which begins with its title."""
    if not block.title:
        return list(block.lines)
    first, *others = block.lines or ("",)
    return [f"{heading(block.title)}: {first}", *others]


def _often(line: str) -> str:
    """Return how often requests fail, without the time, which the page has itself."""
    found = _SINCE.match(line)
    return line[found.end() :].strip() if found else ""


def _is_shown(block: Block) -> bool:
    """Return whether the page has a part of its own for this part of the mail."""
    if block.title:
        return block.title.startswith(SHOWN)
    return block.lines[0].startswith(UNAFFECTED)
