"""Mail: what an on-call engineer needs within ten seconds, as plain text.

In: an alert, a link to its incident. Out: subject and body: one line for each paragraph
and command. Impact, link, cause and the next command come first. Text from the network
in it neither controls the reader's terminal nor starts a line of its own.
It does not: send, or decide whether a mail is due.
"""

from dataclasses import dataclass

from parallax.model.alert import Alert
from parallax.model.finding import ENDS, NotificationReason
from parallax.model.plain import plain
from parallax.notify.mail import subject
from parallax.notify.mail.advice import advice
from parallax.notify.mail.affected import affected
from parallax.notify.mail.cause import cause, possible, why
from parallax.notify.mail.change import came_from, change
from parallax.notify.mail.ending import ending
from parallax.notify.mail.footer import footer, link_line
from parallax.notify.mail.impact import impact, since
from parallax.notify.mail.others import also_true, excluded
from parallax.notify.mail.path import path
from parallax.notify.mail.response import response
from parallax.notify.mail.steps import first_step, further_steps
from parallax.notify.mail.subject import is_monitor
from parallax.notify.mail.timeline import timeline
from parallax.notify.paragraph import paragraph, sentence, span, stacked


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Subject and text of a mail, as SNS accepts them."""

    subject: str
    body: str


def render(alert: Alert, link: str | None = None) -> Mail:
    """Return the mail of an alert. `link` is the URL of its incident, if it has one."""
    line = link_line(link)
    parts = ending(alert, line) if alert.turn in ENDS else _failure(alert, line)
    body = "\n\n".join(part for part in (*parts, footer(alert)) if part) + "\n"
    return Mail(subject=subject.write(alert), body=plain(body))


def _failure(alert: Alert, link: str) -> tuple[str, ...]:
    finding = alert.finding
    if is_monitor(finding):
        head = (_blind(alert, link),)
    else:
        head = (
            stacked(change(alert), impact(alert), came_from(alert), link),
            cause(finding),
        )
    return (
        *head,
        first_step(finding),
        affected(alert),
        possible(finding),
        path(finding.path, finding.hop),
        why(finding),
        also_true(finding),
        excluded(finding, link),
        further_steps(finding),
        response(finding),
        timeline(finding),
        advice(finding),
    )


def _blind(alert: Alert, link: str) -> str:
    """Return which source of evidence is silent, and what that means."""
    finding = alert.finding
    again = alert.turn is NotificationReason.REMINDER
    means = (
        "This alarm is about Parallax, not about your service. Until it ends, Parallax"
        " names no cause that only data from this source shows."
    )
    time = span(alert.at - alert.since)
    return stacked(
        f"REMINDER: still blind, for {time}." if again else "",
        paragraph(f"PARALLAX IS BLIND ({finding.target}): {sentence(finding.title)}"),
        since(alert),
        link,
        means,
    )
