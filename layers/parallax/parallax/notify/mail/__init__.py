"""Mail: what an on-call engineer needs within ten seconds, as plain text.

In: a finding whose `turn` is set. Out: subject and body: one line for each paragraph
and command. Impact, cause and the next command come first. Text from the network in it
neither controls the reader's terminal nor starts a line of its own.
It does not: send, or decide whether a mail is due.
"""

from dataclasses import dataclass

from parallax.model.finding import Finding, NotificationReason
from parallax.model.judgement import UNWATCHED, Trend, View
from parallax.model.plain import plain
from parallax.notify.mail import subject
from parallax.notify.mail.advice import advice
from parallax.notify.mail.cause import cause, component, why
from parallax.notify.mail.footer import footer
from parallax.notify.mail.impact import impact, since
from parallax.notify.mail.others import also_true, excluded
from parallax.notify.mail.path import path
from parallax.notify.mail.response import response
from parallax.notify.mail.steps import first_step, further_steps
from parallax.notify.mail.subject import is_monitor, lasted
from parallax.notify.mail.timeline import timeline
from parallax.notify.paragraph import clock, paragraph, sentence, span, stacked

_TRENDS = {
    Trend.PROGRESS: "requests now get further, but still fail",
    Trend.DECLINE: "requests now fail at an earlier hop",
    Trend.UNCHANGED: "requests now fail at a different hop",
    Trend.UNKNOWN: "requests now fail at a different hop",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Subject and text of a mail, as SNS accepts them."""

    subject: str
    body: str


def render(finding: Finding) -> Mail:
    """Return the mail of a finding; without a reason it reads like a first alarm."""
    resolved = finding.turn is NotificationReason.RESOLVED
    parts = _recovery(finding) if resolved else _failure(finding)
    body = "\n\n".join(part for part in (*parts, footer(finding)) if part) + "\n"
    return Mail(subject=subject.write(finding), body=plain(body))


def _failure(finding: Finding) -> tuple[str, ...]:
    if is_monitor(finding):
        head = (_blind(finding),)
    else:
        head = (stacked(_change(finding), impact(finding)), cause(finding))
    return (
        *head,
        first_step(finding),
        path(finding.path, finding.hop),
        why(finding),
        also_true(finding),
        excluded(finding),
        further_steps(finding),
        response(finding),
        timeline(finding),
        advice(finding),
    )


def _recovery(finding: Finding) -> tuple[str, ...]:
    if finding.cause == UNWATCHED:
        return _unwatched(finding)
    end = finding.well_since or finding.judged_at
    duration = (
        f"It lasted {span(lasted(finding))}, from {clock(finding.since)}"
        f" to {clock(end)}."
    )
    if is_monitor(finding):
        text = f"Parallax is no longer blind: {finding.target} has recovered."
        was = f"The problem was: {sentence(finding.title)}"
        return (stacked(paragraph(text), duration, paragraph(was)),)
    text = f"{finding.target} ({finding.url}) has recovered."
    healthy = finding.symptom.external is View.HEALTHY
    now = f"Now: {finding.symptom.summary}." if healthy else ""
    head = (paragraph(text), duration, paragraph(_last_cause(finding)), paragraph(now))
    return (
        stacked(*head),
        path(finding.path, None) if healthy else "",
        timeline(finding),
    )


def _unwatched(finding: Finding) -> tuple[str, ...]:
    """Return that a target left the targets file; its state is not claimed."""
    text = (
        f"{finding.target} is no longer in the targets file, so Parallax does not"
        " watch it any more. Whether it works is unknown."
    )
    closed = f"Its incident, open since {clock(finding.since)}, is now closed."
    return paragraph(text), closed, sentence(finding.title)


def _last_cause(finding: Finding) -> str:
    """Return the last cause, with the title that the earlier mails have."""
    if finding.class_ is None:
        proof = finding.proof
        earlier = f" Earlier evidence showed {proof.cause}." if proof else ""
        return f"The cause was not established.{earlier}"
    return f'The cause was {component(finding)}: "{finding.title}" ({finding.cause}).'


def _change(finding: Finding) -> str:
    """Return what changed since the last mail, or that nothing did."""
    time = span(finding.judged_at - finding.since)
    texts = {
        NotificationReason.CAUSE_CHANGED: f"CHANGED: the cause is now {finding.cause}.",
        NotificationReason.TREND_CHANGED: f"CHANGED: {_TRENDS[finding.symptom.trend]}.",
        NotificationReason.REMINDER: f"REMINDER: still failing, for {time}.",
    }
    return paragraph(texts.get(finding.turn, "")) if finding.turn else ""


def _blind(finding: Finding) -> str:
    """Return which source of evidence is silent, and what that means."""
    time = span(finding.judged_at - finding.since)
    again = finding.turn is NotificationReason.REMINDER
    means = (
        "This alarm is about Parallax, not about your service. Until it ends, Parallax"
        " names no cause that only data from this source shows."
    )
    return stacked(
        f"REMINDER: still blind, for {time}." if again else "",
        paragraph(f"PARALLAX IS BLIND ({finding.target}): {sentence(finding.title)}"),
        since(finding),
        means,
    )
