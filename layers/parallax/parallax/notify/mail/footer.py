"""Footer: how to judge again, when the next mail comes, and what identifies an alert.

In: an alert. Out: lines. It does not: describe the failure.
"""

from datetime import timedelta

from parallax.links.signature import LIFETIME
from parallax.model.alert import Alert
from parallax.model.finding import ENDS, Finding, NotificationReason
from parallax.model.plain import plain_line
from parallax.notify.mail.scope import short
from parallax.notify.mail.subject import is_monitor
from parallax.notify.paragraph import clock, minute, paragraph, span, stacked

LABELS = 5
"""Labels that a mail shows."""
LINK_DAYS = LIFETIME.days
"""Days after which a link to the incident expires."""


def footer(alert: Alert) -> str:
    """Return the last lines; the line `-- ` begins a signature for mail programs."""
    runbook = alert.finding.runbook
    return stacked(
        "-- ",
        _snapshot(alert.finding),
        f"Runbook: {plain_line(runbook)}" if runbook else "",
        _people(alert),
        _next_mail(alert),
        plain_line(f"{_routing(alert)} · {_ids(alert)}"),
    )


def link_line(url: str | None) -> str:
    """Return the line that leads to the incident; empty without a link."""
    if url is None:
        return ""
    return (
        f"Incident (see, acknowledge, mute): {plain_line(url)}  (expires in"
        f" {LINK_DAYS} days)"
    )


def _snapshot(finding: Finding) -> str:
    """Return the command that judges the finding again, or why there is none.

    `parallax judge` judges a target, so a source of evidence has only the address.
    """
    if finding.snapshot_problem:
        return paragraph(finding.snapshot_problem)
    if finding.snapshot_ref is None:
        return ""
    url = plain_line(finding.snapshot_ref.url)
    if is_monitor(finding):
        return f"Observations:\n{url}"
    return f"All observations and answers:\nparallax judge {url}"


def _people(alert: Alert) -> str:
    """Return who works on it, and whether mails are muted."""
    done, texts = alert.acknowledged, list[str]()
    if done:
        texts.append(f"Acknowledged by {done.by} at {minute(done.at, alert.at)}.")
        if alert.turn is NotificationReason.GROWN:
            texts.append("That may not cover each URL of this mail.")
    if alert.muted:
        texts.append("Muted: this alert was not mailed.")
    return paragraph(" ".join(texts))


def _next_mail(alert: Alert) -> str:
    if alert.turn in ENDS:
        return ""
    quiet = timedelta(seconds=alert.finding.quiet_seconds or 0)
    healthy = f" (healthy for {span(quiet)})" if quiet else ""
    if alert.acknowledged:
        return f"Next mail: on a change, or on recovery{healthy}. No reminders."
    if alert.next_mail_at is None:
        return ""
    at = minute(alert.next_mail_at, alert.at)
    return f"Next mail: on a change, on recovery{healthy}, or at {at}."


def _routing(alert: Alert) -> str:
    """Return the severity and the labels."""
    shown = [f"{key}={value}" for key, value in alert.labels[:LABELS]]
    more = len(alert.labels) - len(shown)
    rest = [f"and {more} more labels"] if more else []
    return " · ".join([f"severity {alert.severity.value}", *shown, *rest])


def _ids(alert: Alert) -> str:
    """Return what identifies the alert."""
    finding = alert.finding
    request = _request_id(finding)
    first = f" · first request {request} (X-Request-Id)" if request else ""
    shown = "" if is_monitor(finding) else first
    cause = "was" if alert.turn is NotificationReason.MERGED else "cause"
    # The end is the time of this alert, and not that of the cause.
    done = "closed" if alert.turn is NotificationReason.RESOLVED else "judged"
    return (
        f"incident {short(alert.group)} · {cause} {alert.cause}"
        f" · {done} {clock(finding.judged_at)} · finding {finding.id}{shown}"
    )


def _request_id(finding: Finding) -> str | None:
    """Return the id of the run's first request; earlier releases did not store it."""
    run = finding.snapshot.run if finding.snapshot else None
    return finding.request_id or (run.first.request_id if run else None)
