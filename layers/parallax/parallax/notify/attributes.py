"""Attributes: what a subscription of the alerts topic can filter on.

In: an alert. Out: SNS message attributes, each a short text.
It does not: list everything; a filter on the body needs another policy scope.
Source: Amazon SNS, message attributes and subscription filter policies: at most ten
attributes reach a subscriber with raw delivery. An empty value is refused.
"""

from parallax.model.alert import Alert
from parallax.model.plain import plain_line

LONGEST = 256
"""Characters of a value; a filter policy matches whole values."""

type Attributes = dict[str, dict[str, str]]


def attributes(alert: Alert) -> Attributes:
    """Return the attributes of an alert; one without a value is left out."""
    finding = alert.finding
    cluster = finding.snapshot.target.reached.cluster if finding.snapshot else None
    values = {
        "target": finding.target,
        "group": alert.group,
        "state": finding.state.value,
        "turn": alert.turn.value,
        "cause": finding.cause,
        "reason": finding.reason,
        "class": finding.class_.value if finding.class_ else None,
        "hop": finding.hop.value if finding.hop else None,
        "cluster": cluster,
        "severity": finding.severity.value,
    }
    return {
        name: {"DataType": "String", "StringValue": plain_line(value)[:LONGEST]}
        for name, value in values.items()
        if value
    }
