"""Subject: a mail's one line on a locked phone.

In: a finding whose `turn` is set. Out: ASCII, one line, under 100 characters, as
SNS wants it: what happened, to whom, what users get, who is to blame.
It does not: say more than the body does.
Source of the limits: Amazon SNS, `Publish`, parameter Subject.
"""

import textwrap
from datetime import timedelta

from parallax.model.finding import (
    NOT_ESTABLISHED,
    UNWATCHED,
    Class,
    Finding,
    Trend,
    Turn,
)
from parallax.notify.paragraph import span

LIMIT = 99
WORDS = {
    Turn.CAUSE_CHANGED: "DOWN, CHANGED",
    Turn.TREND_CHANGED: "DOWN, CHANGED",
    Turn.REMINDER: "STILL DOWN",
    Turn.RESOLVED: "RESOLVED",
}
TRENDS = {Trend.PROGRESS: "DOWN, PROGRESS", Trend.DECLINE: "DOWN, WORSE"}


def write(finding: Finding) -> str:
    """Return the subject; one too long ends with whole words and three dots."""
    line = f"[Parallax] {_word(finding)} {finding.target}{_rest(finding)}"
    plain = line.encode("ascii", "replace").decode()
    return textwrap.shorten(plain, LIMIT, placeholder="...")


def is_monitor(finding: Finding) -> bool:
    """Say whether a finding is about Parallax itself."""
    return finding.class_ is Class.MONITOR


def answer(finding: Finding) -> str | None:
    """Return what users get, e.g. `503` or `timeout`; None: it is not known."""
    symptom = finding.symptom
    if symptom.status_code is not None:
        return str(symptom.status_code)
    return symptom.error_type.replace("_", " ") if symptom.error_type else None


def lasted(finding: Finding) -> timedelta:
    """Return how long it lasted; the good answers at the end do not count."""
    return (finding.well_since or finding.judged_at) - finding.since


def _word(finding: Finding) -> str:
    turn = finding.turn or Turn.FIRING
    if turn is not Turn.RESOLVED and is_monitor(finding):
        return "STILL BLIND" if turn is Turn.REMINDER else "BLIND"
    if turn is Turn.TREND_CHANGED:
        return TRENDS.get(finding.symptom.trend, WORDS[turn])
    return WORDS.get(turn, "DOWN")


def _rest(finding: Finding) -> str:
    if finding.turn is Turn.RESOLVED:
        return _end(finding)
    if is_monitor(finding):
        return f": {finding.title}"
    gets = answer(finding)
    what = f" ({gets})" if gets else ""
    if finding.cause == NOT_ESTABLISHED:
        return f"{what}: cause not established"
    return f"{what}: {_within(finding.title)}"


def _end(finding: Finding) -> str:
    if finding.cause == UNWATCHED:
        return f": {UNWATCHED}"
    time = span(lasted(finding))
    if is_monitor(finding):
        return f": heard again after {time}"
    was = "" if finding.cause == NOT_ESTABLISHED else f" (was {finding.cause})"
    return f": well again after {time}{was}"


def _within(title: str) -> str:
    """Return a title as it stands within a line; an abbreviation stays."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
