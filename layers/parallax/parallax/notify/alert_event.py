"""Alert event: an alert as a CloudEvent, and back.

In: an alert. Out: a dict for `json.dumps`, at most `LIMIT` bytes of JSON; the alert in
such a dict.
It does not: contain a snapshot; `data.finding` refers to it, as the finding's own event
does. A group of hundreds of targets is listed in part; `data.counts` has all of them.
Source: CloudEvents 1.0.2; Amazon SNS quotas (256 KiB a message).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from parallax.model.alert import Alert
from parallax.model.group import Member
from parallax.model.wire import decode, encode
from parallax.notify.event import cloud_event, head
from parallax.notify.mail import Mail
from parallax.settings import SOURCE

TYPE = "io.parallax.alert.v1"
LISTED = 200
"""Targets of each kind that an event lists, in about 70 KB."""


def alert_event(alert: Alert, mail: Mail, source: str = SOURCE) -> dict[str, Any]:
    """Return an alert as a CloudEvent; its subject is the group's id."""
    listed = replace(
        alert,
        members=_listed(alert.members),
        pending=_listed(alert.pending),
        recovered=alert.recovered[:LISTED],
    )
    finding = replace(alert.finding, snapshot=None)
    data = encode(replace(listed, finding=finding))
    data.pop("id")
    data["finding"] = cloud_event(finding)["data"] | {"id": finding.id}
    data["severity"] = alert.finding.severity.value
    data["mail"] = {"subject": mail.subject, "text": mail.body}
    data["counts"] = {
        "failing": len(alert.failing),
        "confirmed": len(alert.members),
        "recovered": len(alert.recovered),
    }
    event = head(alert.id, TYPE, alert.group, "alert", source)
    return event | {"time": encode(alert.at), "data": data}


def alert_of(event: Mapping[str, Any]) -> Alert:
    """Return the alert in its CloudEvent; raises `ValueError` if it holds none."""
    if event.get("type") != TYPE:
        raise ValueError(f"type: expected {TYPE}, got {event.get('type')!r}")
    data, finding = event["data"], event["data"]["finding"]
    labels = tuple(finding.get("labels", {}).items())
    changed = {"id": event["id"], "finding": {**finding, "labels": labels}}
    return decode(Alert, {**data, **changed})


def _listed(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Return the first members, without the places on their paths."""
    return tuple(replace(member, places=()) for member in members[:LISTED])
