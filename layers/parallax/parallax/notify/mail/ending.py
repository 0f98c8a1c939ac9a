"""Ending: the mail of an incident that ended, or that became part of another one.

In: an alert. Out: paragraphs: who recovered, how long it lasted, what the cause was.
It does not: claim that a target works that left the targets file.
"""

from dataclasses import replace

from parallax.groups.alert import alone
from parallax.model.alert import Alert
from parallax.model.finding import NotificationReason
from parallax.model.judgement import NOT_ESTABLISHED, UNWATCHED, View
from parallax.notify.mail.affected import LISTED, names
from parallax.notify.mail.cause import cause, component
from parallax.notify.mail.impact import impact
from parallax.notify.mail.path import path
from parallax.notify.mail.scope import is_joint, lasted, place, short, urls
from parallax.notify.mail.subject import is_monitor
from parallax.notify.mail.timeline import timeline
from parallax.notify.paragraph import clock, paragraph, sentence, span, stacked


def ending(alert: Alert, link: str) -> tuple[str, ...]:
    """Return the paragraphs; `link` is the line that leads to the incident."""
    finding = alert.finding
    if alert.turn is NotificationReason.MERGED:
        return _merged(alert, link)
    if is_monitor(finding):
        text = f"Parallax is no longer blind: {finding.target} has recovered."
        was = paragraph(f"The problem was: {sentence(finding.title)}")
        return (stacked(paragraph(text), _duration(alert), was, link),)
    if finding.cause == UNWATCHED:
        return (stacked(*_unwatched(alert), link),)
    healthy = finding.symptom.external is View.HEALTHY
    who = f"{finding.target}: " if is_joint(alert) else ""
    now = f"Now: {who}{finding.symptom.summary}." if healthy else ""
    head = (_recovered(alert), _duration(alert), _last_cause(alert), now)
    return (
        stacked(*map(paragraph, head), link),
        path(finding.path, None) if healthy else "",
        timeline(finding),
    )


def _recovered(alert: Alert) -> str:
    finding, many = alert.finding, alert.recovered
    if not is_joint(alert):
        return f"{finding.target} ({finding.url}) has recovered."
    where = place(alert.place)
    at = f" {where}" if where else ""
    return f"{urls(len(many))}{at} recovered: {_all(many)}. {_moved(alert)}"


def _all(many: tuple[str, ...]) -> str:
    """Return all names, or the first few of them."""
    if len(many) <= LISTED:
        return ", ".join(many)
    return names(many)


def _moved(alert: Alert) -> str:
    if not alert.moved:
        return ""
    return f"In another incident now, not recovered: {_all(alert.moved)}."


def _duration(alert: Alert) -> str:
    """Return how long it lasted: until the last target recovered."""
    finding = alert.finding
    end = finding.well_since or finding.judged_at
    return (
        f"It lasted {span(lasted(alert))}, from {clock(alert.since)} to {clock(end)}."
    )


def _unwatched(alert: Alert) -> tuple[str, ...]:
    """Return that a target left the targets file; its state is not claimed."""
    finding = alert.finding
    text = (
        f"{finding.target} is no longer in the targets file, so Parallax does not"
        " watch it any more. Whether it works is unknown."
    )
    closed = f"Its incident, open since {clock(alert.since)}, is now closed."
    before = tuple(name for name in alert.recovered if name != finding.target)
    rest = f"Recovered before: {_all(before)}." if before else ""
    also = paragraph(f"{rest} {_moved(alert)}")
    return paragraph(text), closed, sentence(finding.title), also


def _last_cause(alert: Alert) -> str:
    """Return the last cause, with the title that the earlier mails have."""
    finding = alert.finding
    if alert.cause == NOT_ESTABLISHED or finding.class_ is None:
        proof = finding.proof
        earlier = f" Earlier evidence showed {proof.cause}." if proof else ""
        return f"The cause was not established.{earlier}"
    if alert.cause != finding.cause:
        return f"The cause was {alert.cause}."
    return f'The cause was {component(finding)}: "{finding.title}" ({finding.cause}).'


def _merged(alert: Alert, link: str) -> tuple[str, ...]:
    """Return which incident has the last target now, and what its users get."""
    finding, into = alert.finding, alert.merged_into
    other = f"incident {short(into)}" if into else "another incident"
    text = (
        f"STILL FAILING: {finding.target} is now part of {other}, with another cause."
        f" Incident {short(alert.group)} is closed; {other} has the next steps."
    )
    gone = alert.recovered
    rest = f"Recovered meanwhile: {_all(gone)}." if gone else ""
    now = impact(alone(replace(finding, turn=NotificationReason.FIRING)))
    return stacked(paragraph(text), now, paragraph(rest), link), cause(finding)
