"""Attributes: what a subscription of the alerts topic can filter on.

In: an alert. Out: at most ten SNS message attributes, each a short text or a list.
It does not: list everything. A label takes the place of `group`, the second that of
`place`, the third that of `hop`: a filter on these works for targets with fewer labels.
Source: Amazon SNS, message attributes and subscription filter policies: a message with
more than ten attributes does not reach a subscriber with raw delivery. A list
(`String.Array`) matches if one of its values does. An empty value is refused.
"""

import re
from collections.abc import Iterable
from itertools import islice

from parallax.model.alert import Alert
from parallax.model.place import PlaceKind
from parallax.model.plain import json_text, plain_line

LONGEST = 256
"""Characters of a value; a filter policy matches whole values."""
MOST = 10
LABELS = 3
"""Labels that become attributes, in the order of their keys."""
LABEL = "label."
LISTED = 100
"""Values of a list. Of a larger group, the first targets are listed."""

NAMES = {
    "severity": "`critical`, `warning` or `info`: the highest since the group began.",
    "target": "A list of the targets that fail; at the end, of those that failed.",
    "turn": "Why the alert is sent, e.g. `firing`, `cause_changed`, `resolved`.",
    "state": "The state of the target that stands for all.",
    "cause": "The id of the cause.",
    "class": "The component that the cause blames.",
    "cluster": "A list of the clusters of the targets.",
    "hop": "The hop that the cause blames.",
    "place": "The object that the cause blames, as `<kind>/<name>`.",
    "group": "The id of the group.",
}
"""Each attribute without the labels, and what it is."""
LABEL_TEXT = "A list of the values that the targets have for a label."

_REFUSED = re.compile(r"[^A-Za-z0-9_.-]")

type Attributes = dict[str, dict[str, str]]


def attributes(alert: Alert) -> Attributes:
    """Return the attributes of an alert; one without a value is left out."""
    finding, place = alert.finding, alert.place
    always = {
        "severity": text(alert.severity.value),
        "target": text_list(_targets(alert)),
        "turn": text(alert.turn.value),
        "state": text(finding.state.value),
        "cause": text(alert.cause),
        "class": text(finding.class_.value if finding.class_ else None),
        "cluster": text_list(_clusters(alert)),
    }
    rest = {
        "hop": text(finding.hop.value if finding.hop else None),
        "place": text(f"{place.kind.value}/{place.name}"),
        "group": text(alert.group),
    }
    every = always | _labels(alert) | rest
    return dict(islice(((k, v) for k, v in every.items() if v), MOST))


def _targets(alert: Alert) -> Iterable[str]:
    """Return the targets; at the end, those that were."""
    names = [m.target for m in alert.failing]
    return names or [*alert.recovered, *alert.moved] or [alert.finding.target]


def _clusters(alert: Alert) -> Iterable[str]:
    """Return the clusters of the targets, as far as their paths are known."""
    of_members = (place for member in alert.members for place in member.places)
    every = (*alert.finding.places, *of_members)
    return (place.name for place in every if place.kind is PlaceKind.CLUSTER)


def _labels(alert: Alert) -> Attributes:
    """Return an attribute for each key, with the values of all targets."""
    keys = list(dict.fromkeys(key for key, _ in alert.labels))[:LABELS]
    return {
        label_name(key): text_list(value for k, value in alert.labels if k == key)
        for key in keys
    }


def label_name(key: str) -> str:
    """Return the attribute of a label, e.g. `label.example.com-team`.

    SNS accepts letters, digits, `_`, `-` and `.` in a name, no two dots in a row and
    none at the end; a key with a prefix has a `/` too.
    """
    name = _REFUSED.sub("-", f"{LABEL}{key}")
    return re.sub(r"\.{2,}", ".", name).rstrip(".")[:LONGEST]


def text(value: str | None) -> dict[str, str]:
    """Return a text as an attribute, empty without a value."""
    if not value:
        return {}
    return {"DataType": "String", "StringValue": plain_line(value)[:LONGEST]}


def text_list(values: Iterable[str]) -> dict[str, str]:
    """Return a list as an attribute, empty without a value."""
    shown = list(dict.fromkeys(plain_line(value)[:LONGEST] for value in values))
    if not shown:
        return {}
    return {"DataType": "String.Array", "StringValue": json_text(shown[:LISTED])}
