"""Footer: how to judge again, when the next mail comes, and what identifies a finding.

In: a finding. Out: lines. It does not: describe the failure.
"""

from datetime import timedelta

from parallax.model.finding import Finding, NotificationReason
from parallax.model.plain import plain_line
from parallax.notify.mail.subject import is_monitor
from parallax.notify.paragraph import clock, minute, paragraph, span, stacked


def footer(finding: Finding) -> str:
    """Return the last lines; the line `-- ` begins a signature for mail programs."""
    return stacked("-- ", _snapshot(finding), _next_mail(finding), _ids(finding))


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


def _next_mail(finding: Finding) -> str:
    if finding.turn is NotificationReason.RESOLVED or finding.next_mail_at is None:
        return ""
    at = minute(finding.next_mail_at, finding.judged_at)
    quiet = timedelta(seconds=finding.quiet_seconds or 0)
    healthy = f" (healthy for {span(quiet)})" if quiet else ""
    return f"Next mail: on a change, on recovery{healthy}, or at {at}."


def _ids(finding: Finding) -> str:
    """Return what identifies the finding."""
    request = _request_id(finding)
    first = f" · first request {request} (X-Request-Id)" if request else ""
    shown = "" if is_monitor(finding) else first
    return plain_line(
        f"judged {clock(finding.judged_at)} · cause {finding.cause}"
        f" · incident {finding.incident} · finding {finding.id}{shown}"
    )


def _request_id(finding: Finding) -> str | None:
    """Return the id of the run's first request; earlier releases did not store it."""
    run = finding.snapshot.run if finding.snapshot else None
    return finding.request_id or (run.first.request_id if run else None)
