"""Published: records of the incidents' stream, and what was sent for them.

In: findings. Out: stream records as Lambda has them, of incidents for the queue and of
alerts for the mails; ids in queue and inbox, in order.
It does not: publish.
"""

import base64
import json
import re
from dataclasses import replace
from itertools import count
from typing import Any

from parallax.groups.alert import alone
from parallax.groups.table import alert_item
from parallax.incidents.table import to_item
from parallax.model.finding import Incident, NotificationReason, State
from tests.parallax.sent_finding import FINDING, NOON

_numbers = count(1)


def record(
    subject: str,
    number: int,
    turn: NotificationReason | None = NotificationReason.FIRING,
    **incident: Any,
) -> dict[str, Any]:
    """Make the stream's record of an incident's finding with this number."""
    finding = replace(FINDING, id=f"{subject}-{number}", target=subject, turn=turn)
    story = Incident(
        id=subject,
        subject=subject,
        state=State.RESOLVED if turn is NotificationReason.RESOLVED else State.FIRING,
        since=NOON,
        changed_at=NOON,
        cause=FINDING.cause,
        number=number,
        version=number,
        found_in=number,
        finding=finding,
        mailed_at=NOON if turn else None,
        mailed_cause=FINDING.cause if turn else None,
    )
    return _changed(to_item(replace(story, **incident)))


def alert_record(
    group: str, number: int, turn: NotificationReason = NotificationReason.FIRING
) -> dict[str, Any]:
    """Make the stream's record of a group's alert with this number."""
    finding = replace(FINDING, id=f"{group}-{number}", target=group, turn=turn)
    identity = f"alert-{group}-{number}"  # as in life, not that of its finding
    alert = replace(alone(finding), id=identity, group=group, number=number)
    return _changed(alert_item(alert))


def _changed(image: dict[str, Any]) -> dict[str, Any]:
    image["payload"] = {"B": base64.b64encode(image["payload"]["B"]).decode()}
    change = {"NewImage": image, "SequenceNumber": f"{next(_numbers)}"}
    return {"eventName": "MODIFY", "dynamodb": change}


def queued(cloud: Any) -> list[str]:
    """Return and remove the ids in the findings queue."""
    return [json.loads(text)["id"] for text in cloud.messages(cloud.queue)]


def mailed(cloud: Any) -> list[str]:
    """Return and remove the ids of the findings in the inbox."""
    texts = [event["data"]["mail"]["text"] for event in alerts_of(cloud)]
    return [found for text in texts for found in re.findall(r"finding (\S+)", text)]


def alerts_of(cloud: Any) -> list[dict[str, Any]]:
    """Return and remove the events in the inbox."""
    notes = [json.loads(text) for text in cloud.messages(cloud.inbox)]
    return [json.loads(note["Message"]) for note in notes]


def dead_letters_of(cloud: Any) -> list[dict[str, Any]]:
    """Return and remove the dead letters."""
    return [json.loads(text) for text in cloud.messages(cloud.dead_letters)]
