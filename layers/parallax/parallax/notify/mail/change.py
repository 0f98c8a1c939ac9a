"""Change: what is new since the last mail of an incident.

In: an alert. Out: one line, or nothing for a first mail.
It does not: describe the failure.
"""

from parallax.model.alert import Alert
from parallax.model.finding import NotificationReason
from parallax.model.judgement import Trend
from parallax.notify.mail.scope import short
from parallax.notify.paragraph import paragraph, span

_TRENDS = {
    Trend.PROGRESS: "requests now get further, but still fail",
    Trend.DECLINE: "requests now fail at an earlier hop",
    Trend.UNCHANGED: "requests now fail at a different hop",
    Trend.UNKNOWN: "requests now fail at a different hop",
}


def change(alert: Alert) -> str:
    """Return what changed since the last mail, or that nothing did."""
    turn, finding = alert.turn, alert.finding
    texts = {
        NotificationReason.CAUSE_CHANGED: f"CHANGED: the cause is now {finding.cause}.",
        NotificationReason.TREND_CHANGED: f"CHANGED: {_TRENDS[finding.symptom.trend]}.",
        NotificationReason.REMINDER: (
            f"REMINDER: still failing, for {span(alert.at - alert.since)}."
        ),
        NotificationReason.GROWN: _grown(alert),
    }
    return paragraph(texts.get(turn, ""))


def _grown(alert: Alert) -> str:
    """Return how many targets fail now, or that they are not those of the last mail.

    If those recovered, a single mail would otherwise seem to repeat the last one.
    """
    if len(alert.failing) > alert.was:
        fail = f"{len(alert.failing)} URLs fail now"
        return f"GROWN: {fail}, {alert.was} at the last mail."
    return "CHANGED: the failing URLs differ from those of the last mail."


def came_from(alert: Alert) -> str:
    """Return in which incident the target was before."""
    if alert.joined_from is None:
        return ""
    return paragraph(
        f"Before, {alert.finding.target} failed by another cause, in incident"
        f" {short(alert.joined_from)}."
    )
