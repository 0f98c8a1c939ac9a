"""Subject: a mail's one line on a locked phone.

In: a finding whose `turn` is set. Out: one line of UTF-8, under 100 characters, as SNS
takes it: what happened, to whom, what users get, who is to blame. Names of every
script stay readable; characters that control a line become `?`.
It does not: say more than the body does.
Source of the limits: Amazon SNS API, `Publish`, parameter Subject, as botocore's model
of 2010-03-31 has it: "UTF-8 text with no line breaks or control characters, and less
than 100 characters long" (older pages say ASCII).
"""

import textwrap
from datetime import timedelta

from parallax.model.finding import Finding, NotificationReason
from parallax.model.judgement import NOT_ESTABLISHED, UNWATCHED, Class, Trend
from parallax.model.plain import REPLACEMENT, plain_line
from parallax.notify.paragraph import span

LIMIT = 99
"""Characters, those beyond U+FFFF counted twice, as Java and JavaScript count."""
HEAD = "[Parallax] "
WORDS = {
    NotificationReason.CAUSE_CHANGED: "DOWN, CHANGED",
    NotificationReason.TREND_CHANGED: "DOWN, CHANGED",
    NotificationReason.REMINDER: "STILL DOWN",
    NotificationReason.RESOLVED: "RESOLVED",
}
TRENDS = {Trend.PROGRESS: "DOWN, PROGRESS", Trend.DECLINE: "DOWN, WORSE"}


def write(finding: Finding) -> str:
    """Return the subject; one too long ends with whole words and three dots."""
    line = f"{HEAD}{_word(finding)} {finding.target}{_rest(finding)}"
    # Line breaks first: between words they are spaces, and no mark is needed.
    plain = plain_line(" ".join(line.split())).replace(REPLACEMENT, "?")
    width = LIMIT - _counted_twice(plain)
    return textwrap.shorten(plain, max(width, len(HEAD)), placeholder="...")


def _counted_twice(text: str) -> int:
    """Count the characters beyond U+FFFF that may stand within the limit."""
    return sum(character > "\uffff" for character in text[:LIMIT])


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
    turn = finding.turn or NotificationReason.FIRING
    if turn is not NotificationReason.RESOLVED and is_monitor(finding):
        return "STILL BLIND" if turn is NotificationReason.REMINDER else "BLIND"
    if turn is NotificationReason.TREND_CHANGED:
        return TRENDS.get(finding.symptom.trend, WORDS[turn])
    return WORDS.get(turn, "DOWN")


def _rest(finding: Finding) -> str:
    if finding.turn is NotificationReason.RESOLVED:
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
