"""Subject: the one line of a mail that a locked phone shows.

In: a finding whose `turn` is set. Out: one line of UTF-8 of at most
78 characters: what happened, to which target, the response, the cause. The first 40
characters have state and target. Letters of
every script stay readable; control characters become `?`.
It does not: state anything that the body does not state.
Source of the limits: Amazon SNS API, `Publish`, parameter Subject, as botocore's model
of 2010-03-31 has it: "UTF-8 text with no line breaks or control characters, and less
than 100 characters long" (older pages say ASCII).
"""

import re
import textwrap
from datetime import timedelta

from parallax.model.finding import Finding, NotificationReason
from parallax.model.judgement import (
    NOT_ESTABLISHED,
    UNWATCHED,
    Class,
    Constancy,
    Symptom,
    Trend,
)
from parallax.model.plain import REPLACEMENT, plain_line
from parallax.notify.paragraph import span

LIMIT = 78
"""Characters: as many as a phone shows; SNS accepts 99. Those beyond U+FFFF count
twice, as in Java and JavaScript."""
DOWN, INTERMITTENT = "DOWN", "INTERMITTENT"
"""All requests of users fail, or some."""
STATES = {
    NotificationReason.CAUSE_CHANGED: "{}, CHANGED",
    NotificationReason.TREND_CHANGED: "{}, CHANGED",
    NotificationReason.REMINDER: "STILL {}",
    NotificationReason.RESOLVED: "RESOLVED",
}
TRENDS = {Trend.PROGRESS: "{}, PROGRESS", Trend.DECLINE: "{}, WORSE"}

NAMES = ("Hetzner", "Parallax", "Kubernetes")
"""Names with which a title may begin."""
WORDS = {"tls": "TLS failure", "body_incomplete": "incomplete response"}
"""Errors whose name is not a phrase."""


def write(finding: Finding) -> str:
    """Return the subject; a long one is cut after a whole word and ends in `...`."""
    line = f"{_state(finding)} {finding.target}{_rest(finding)}"
    # Line breaks become spaces first, so that none of them becomes a `?`.
    plain = plain_line(" ".join(line.split())).replace(REPLACEMENT, "?")
    width = LIMIT - _counted_twice(plain)
    return textwrap.shorten(plain, max(width, len(INTERMITTENT)), placeholder="...")


def _counted_twice(text: str) -> int:
    """Count the characters beyond U+FFFF within the limit."""
    return sum(character > "\uffff" for character in text[:LIMIT])


def is_monitor(finding: Finding) -> bool:
    """Say whether a finding is about Parallax itself."""
    return finding.class_ is Class.MONITOR


def response(finding: Finding) -> str | None:
    """Return what users get, e.g. `503` or `timeout`; None: unknown."""
    symptom = finding.symptom
    if symptom.status_code is not None:
        return str(symptom.status_code)
    error = symptom.error_type
    return WORDS.get(error, error.replace("_", " ")) if error else None


def lasted(finding: Finding) -> timedelta:
    """Return how long the failure lasted, without the quiet time at the end."""
    return (finding.well_since or finding.judged_at) - finding.since


def _state(finding: Finding) -> str:
    turn = finding.turn or NotificationReason.FIRING
    if turn is not NotificationReason.RESOLVED and is_monitor(finding):
        return "STILL BLIND" if turn is NotificationReason.REMINDER else "BLIND"
    some = finding.symptom.constancy is Constancy.INTERMITTENT
    state = STATES.get(turn, "{}")
    if turn is NotificationReason.TREND_CHANGED:
        state = TRENDS.get(finding.symptom.trend, state)
    return state.format(INTERMITTENT if some else DOWN)


def _rest(finding: Finding) -> str:
    if finding.turn is NotificationReason.RESOLVED:
        return _end(finding)
    if is_monitor(finding):
        return f": {finding.title}"
    got = response(finding)
    what = f" {got}{_often(finding.symptom)}" if got else ""
    if finding.cause == NOT_ESTABLISHED:
        return f"{what}: cause not established"
    return f"{what}: {_inline(_short(finding.title))}"


def _often(symptom: Symptom) -> str:
    """Return e.g. ` (2 of 11)`, if only some requests fail."""
    intermittent = symptom.constancy is Constancy.INTERMITTENT
    return f" ({symptom.failed} of {symptom.total})" if intermittent else ""


def _end(finding: Finding) -> str:
    if finding.cause == UNWATCHED:
        return ": no longer watched"
    time = span(lasted(finding))
    named = not is_monitor(finding) and finding.cause != NOT_ESTABLISHED
    was = f" (was {finding.cause})" if named else ""
    return f" after {time}{was}"


def _short(title: str) -> str:
    """Return a title with `LB` for the load balancer: the line has few characters."""
    return re.sub(r"\b[Tt]he load balancer(?=\b|')", "LB", title)


def _inline(title: str) -> str:
    """Return a title with a small first letter, unless it is an abbreviation."""
    if title.startswith(NAMES):
        return title
    is_word = title[1:2].islower() or title[1:2] == " "
    return title[:1].lower() + title[1:] if is_word else title
