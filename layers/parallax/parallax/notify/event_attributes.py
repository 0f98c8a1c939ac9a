"""Event attributes: what a subscription of the findings topic can filter on.

In: a CloudEvent. Out: SNS message attributes, each a short text.
It does not: list everything; a filter on the body needs another policy scope.
Source: Amazon SNS, "Amazon SNS message attributes": at most ten of them reach a queue
with raw message delivery. An empty value is refused.
"""

from collections.abc import Mapping
from typing import Any

from parallax.model.plain import plain_line
from parallax.notify.attributes import LONGEST, Attributes


def event_attributes(event: Mapping[str, Any]) -> Attributes:
    """Return the attributes of an event; one without a value is left out."""
    data = event["data"]
    finding: Mapping[str, Any] = data.get("finding", data)
    values = {
        "type": event["type"],
        "source": event["source"],
        "target": finding.get("target"),
        "group": data.get("group"),
        "state": finding.get("state"),
        "turn": data.get("turn"),
        "cause": finding.get("cause"),
        "class": finding.get("class"),
        "hop": finding.get("hop"),
        "severity": finding.get("severity"),
    }
    return {
        name: {"DataType": "String", "StringValue": plain_line(value)[:LONGEST]}
        for name, value in values.items()
        if value
    }
