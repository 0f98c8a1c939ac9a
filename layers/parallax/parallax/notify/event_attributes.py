"""Event attributes: what a subscription of the findings topic can filter on.

In: a CloudEvent. Out: SNS message attributes, each a short text or a list. Those of an
alert are of its whole group, so that whoever gets its beginning gets its end.
It does not: list everything; a filter on the body needs another policy scope.
Source: Amazon SNS, "Amazon SNS message attributes": at most ten of them reach a queue
with raw message delivery. An empty value is refused.
"""

from collections.abc import Mapping
from typing import Any

from parallax.notify.attributes import Attributes, text, text_list

NAMES = {
    "type": "`io.parallax.finding.v1`, `io.parallax.advice.v1` or"
    " `io.parallax.alert.v1`.",
    "source": "The stack, e.g. `/parallax/eu-central-1/123456789012/parallax`.",
    "target": "The target; of an alert a list of its targets, at most 100.",
    "group": "The id of the group; only of an alert.",
    "state": "The state, e.g. `firing`, `resolved`; of advice `given`, `gone`.",
    "turn": "Why a mail is sent, e.g. `firing`, `resolved`.",
    "cause": "The id of the cause.",
    "class": "The component that the cause blames.",
    "hop": "The hop that the cause blames.",
    "severity": "`critical`, `warning` or `info`.",
}
"""Each attribute, and what it is. A message has those that have a value."""


def event_attributes(event: Mapping[str, Any]) -> Attributes:
    """Return the attributes of an event; one without a value is left out."""
    data = event["data"]
    finding: Mapping[str, Any] = data.get("finding", data)
    values = {
        "type": event["type"],
        "source": event["source"],
        "group": data.get("group"),
        "state": finding.get("state"),
        "turn": data.get("turn"),
        "cause": data.get("cause") or finding.get("cause"),
        "class": finding.get("class"),
        "hop": finding.get("hop"),
        "severity": data.get("severity") or finding.get("severity"),
    }
    found = {name: text(value) for name, value in values.items() if value}
    return found | _targets(data, finding)


def _targets(data: Mapping[str, Any], finding: Mapping[str, Any]) -> Attributes:
    """Return the target of a finding, or those of an alert, as far as it lists them."""
    members = (*data.get("members", ()), *data.get("pending", ()))
    gone = (*data.get("recovered", ()), *data.get("moved", ()))
    names = [*(m["target"] for m in members), *gone]
    if names:
        return {"target": text_list(names)}
    name = finding.get("target")
    if not name:
        return {}
    return {"target": text(name)}
