"""Subject: the one line of a mail that a locked phone shows.

In: an alert. Out: one line of UTF-8 of at most 78 characters: what happened, to which
target or how many of them and where, the response, the cause. The first 40 characters
have state and scope. Letters of every script stay readable; control characters become
`?`.
It does not: state anything that the body does not state.
Source of the limits: Amazon SNS API, `Publish`, parameter Subject, as botocore's model
of 2010-03-31 has it: "UTF-8 text with no line breaks or control characters, and less
than 100 characters long" (older pages say ASCII).
"""

import re
import textwrap

from parallax.model.alert import Alert
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
from parallax.notify.mail.scope import (
    is_intermittent,
    is_joint,
    lasted,
    short,
    targets,
)
from parallax.notify.paragraph import span

LIMIT = 78
"""Characters: as many as a phone shows; SNS accepts 99. Those beyond U+FFFF count
twice, as in Java and JavaScript."""
LONGEST = 1000
"""Characters that are read of a line: a title may hold text from the network."""
DOWN, INTERMITTENT = "DOWN", "INTERMITTENT"
"""All requests of users fail, or some."""
STATES = {
    NotificationReason.CAUSE_CHANGED: "{}, CHANGED",
    NotificationReason.TREND_CHANGED: "{}, CHANGED",
    NotificationReason.REMINDER: "STILL {}",
    NotificationReason.RESOLVED: "RESOLVED",
    NotificationReason.MERGED: "MERGED",
}
TRENDS = {Trend.PROGRESS: "{}, PROGRESS", Trend.DECLINE: "{}, WORSE"}

WORDS = {"tls": "TLS failure", "body_incomplete": "incomplete response"}
"""Errors whose name is not a phrase."""
NAMES = ("Hetzner", "Parallax")
"""Names with which titles begin."""


def write(alert: Alert, limit: int = LIMIT) -> str:
    """Return the subject; a long one is cut after a whole word and ends in `...`."""
    # Line breaks become spaces first, so that none of them becomes a `?`.
    words = " ".join(_line(alert)[:LONGEST].split())
    plain = plain_line(words).replace(REPLACEMENT, "?")
    width = limit - _counted_twice(plain, limit)
    return textwrap.shorten(plain, max(width, len(INTERMITTENT)), placeholder="...")


def _line(alert: Alert) -> str:
    return f"{_state(alert)} {targets(alert)}{_rest(alert)}"


def _counted_twice(text: str, limit: int) -> int:
    """Count the characters beyond U+FFFF within the limit."""
    return sum(character > "\uffff" for character in text[:limit])


def is_monitor(finding: Finding) -> bool:
    """Say whether a finding is about Parallax itself."""
    return finding.class_ is Class.MONITOR


def response(status_code: int | None, error_type: str | None) -> str | None:
    """Return what users get, e.g. `503` or `timeout`; None: unknown."""
    if status_code is not None:
        return str(status_code)
    if not error_type:
        return None
    return WORDS.get(error_type, error_type.replace("_", " "))


def _state(alert: Alert) -> str:
    turn, finding = alert.turn, alert.finding
    if turn is not NotificationReason.RESOLVED and is_monitor(finding):
        return "STILL BLIND" if turn is NotificationReason.REMINDER else "BLIND"
    state = STATES.get(turn, "{}")
    if turn is NotificationReason.TREND_CHANGED:
        state = TRENDS.get(finding.symptom.trend, state)
    return state.format(INTERMITTENT if is_intermittent(alert) else DOWN)


def _rest(alert: Alert) -> str:
    finding = alert.finding
    if alert.turn is NotificationReason.MERGED:
        into = f" into incident {short(alert.merged_into)}" if alert.merged_into else ""
        return f"{into}: {_cause(finding)}"
    if alert.turn is NotificationReason.RESOLVED:
        return _end(alert)
    if is_monitor(finding):
        return f": {finding.title}"
    if is_joint(alert):
        was = f" (was {alert.was})" if alert.turn is NotificationReason.GROWN else ""
        return f"{was}: {_cause(finding)}"
    symptom = finding.symptom
    got = response(symptom.status_code, symptom.error_type)
    lacks = f", {symptom.unmet}" if symptom.unmet else ""
    return f"{f' {got}{lacks}{_often(symptom)}' if got else ''}: {_cause(finding)}"


def _cause(finding: Finding) -> str:
    if finding.cause == NOT_ESTABLISHED:
        return "cause not established"
    return _inline(_short(finding.title))


def _often(symptom: Symptom) -> str:
    """Return e.g. ` (2 of 11)`, if only some requests fail."""
    intermittent = symptom.constancy is Constancy.INTERMITTENT
    return f" ({symptom.failed} of {symptom.total})" if intermittent else ""


def _end(alert: Alert) -> str:
    finding = alert.finding
    if finding.cause == UNWATCHED and not is_joint(alert):
        return ": no longer watched"
    named = not is_monitor(finding) and alert.cause != NOT_ESTABLISHED
    was = f" (was {alert.cause})" if named else ""
    return f" after {span(lasted(alert))}{was}"


def _short(title: str) -> str:
    """Return a title with `LB` for the load balancer: the line has few characters."""
    return re.sub(r"\b[Tt]he load balancer(?=\b|')", "LB", title)


def _inline(title: str) -> str:
    """Return a title with a small first letter, unless it begins with a name."""
    is_word = title[1:2].islower() or title[1:2] == " "
    keeps = title.startswith(NAMES) or not is_word
    return title if keeps else title[:1].lower() + title[1:]
