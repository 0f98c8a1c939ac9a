"""Alert event: an alert as a CloudEvent, for programs that subscribe to alerts.

In: an alert, its mail. Out: a dict for `json.dumps`. `data.mail` has the mail's subject
and text, for a program that forwards it.
It does not: send, or contain a snapshot; `data.finding.snapshot_ref` says where it is.
Source: CloudEvents 1.0.2.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from parallax.model.alert import Alert
from parallax.model.group import Member
from parallax.model.plain import json_text
from parallax.model.wire import encode
from parallax.notify.event import finding_data, head
from parallax.notify.mail import Mail
from parallax.settings import SOURCE

TYPE = "io.parallax.alert.v1"
LIMIT = 40_000
"""Bytes of an event as one of the texts of a message: five protocols get it, and SNS
accepts 262,144 bytes in all."""
FEW = 20
"""Targets that stay in an event that is too large."""
STEPS = 3
TEXT = 2000
"""Characters of the mail that stay."""
LISTS = ("members", "pending", "recovered", "moved", "unaffected")
DETAILS = ("assessments", "path", "proof", "advice", "lead", "timeline", "response")


def alert_event(alert: Alert, mail: Mail, source: str = SOURCE) -> dict[str, Any]:
    """Return an alert as a CloudEvent; `data.trimmed` lists what a large one lost."""
    event = head(alert.id, TYPE, alert.group, "alert", source) | {
        "time": encode(alert.at),
        "data": _data(alert, mail),
    }
    removed: list[str] = []
    for name, trim in TRIMS:
        if size(event) <= LIMIT:
            break
        removed.append(name)
        event["data"] = trim(event["data"]) | {"trimmed": removed}
    return event


def size(event: dict[str, Any]) -> int:
    """Return the bytes of an event as a text within a message."""
    return len(json_text(json_text(event)).encode())


def _data(alert: Alert, mail: Mail) -> dict[str, Any]:
    finding = replace(alert.finding, snapshot=None)
    bare = replace(alert, finding=finding, failure=None)
    data: dict[str, Any] = encode(bare)
    data.pop("id")
    labels: dict[str, list[str]] = {}
    for key, value in alert.labels:
        labels.setdefault(key, []).append(value)
    published = finding_data(alert.finding)
    published.pop("snapshot")
    return data | {
        "members": [_member(member) for member in alert.members],
        "pending": [_member(member) for member in alert.pending],
        "counts": {
            "failing": len(alert.failing),
            "confirmed": len(alert.members),
            "recovered": len(alert.recovered),
            "moved": len(alert.moved),
        },
        "labels": labels,
        "finding": published,
        "mail": {"subject": mail.subject, "text": mail.body},
    }


def _member(member: Member) -> dict[str, Any]:
    """Return a member without the places on its path: they would fill the message."""
    data: dict[str, Any] = encode(member) | {"labels": dict(member.labels)}
    data.pop("places")
    return data


def _supported(data: dict[str, Any]) -> dict[str, Any]:
    """Keep the assessments of causes that are true."""
    finding = data["finding"]
    true = [a for a in finding["assessments"] if a["answer"] == "supported"]
    return data | {"finding": finding | {"assessments": true}}


def _few_targets(data: dict[str, Any]) -> dict[str, Any]:
    return data | {name: data[name][:FEW] for name in LISTS}


def _no_details(data: dict[str, Any]) -> dict[str, Any]:
    """Keep who fails, since when, the cause and the first steps."""
    finding = data["finding"]
    kept = {name: value for name, value in finding.items() if name not in DETAILS}
    kept["next_steps"] = finding["next_steps"][:STEPS]
    return data | {"finding": kept}


def _short_mail(data: dict[str, Any]) -> dict[str, Any]:
    mail = data["mail"]
    return data | {"mail": mail | {"text": mail["text"][:TEXT]}}


def _bare(data: dict[str, Any]) -> dict[str, Any]:
    """Keep what identifies the alert, as its other texts may be of any length."""
    names = ("group", "number", "turn", "at", "since", "severity", "counts", "muted")
    return {name: data[name] for name in names} | {
        "cause": data["cause"][:TEXT],
        "mail": data["mail"],
    }


TRIMS: tuple[tuple[str, Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
    ("assessments", _supported),
    ("targets", _few_targets),
    ("details", _no_details),
    ("mail", _short_mail),
    ("all", _bare),
)
"""What is removed, least important first. The counts and the mail's subject stay."""
