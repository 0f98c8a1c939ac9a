"""Rendered: the mail of one finding, without a group.

In: a finding. Out: its mail; a finding without a mail is rendered as the first one.
It does not: send.
"""

from dataclasses import replace

from parallax.groups.alert import alone
from parallax.model.alert import Alert
from parallax.model.finding import Finding, NotificationReason
from parallax.notify.mail import Mail, render


def alert_of(finding: Finding) -> Alert:
    """Return the alert of one finding."""
    turn = finding.turn or NotificationReason.FIRING
    return alone(replace(finding, turn=turn))


def mail_of(finding: Finding) -> Mail:
    """Return the mail of one finding."""
    return render(alert_of(finding))
