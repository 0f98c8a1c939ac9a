"""Notices: alerts as a receiver's format gets them.

In: a turn, texts from the network. Out: the queue's text, and its notice.
It does not: send.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from parallax.model.finding import NotificationReason
from parallax.notify.findings_topic import message
from parallax.routes.notice import Notice, notice_of
from tests.parallax.notify.alerts import alert
from tests.parallax.sent_finding import NOON

SOURCE = "/parallax/eu-central-1/123456789012/parallax"
KEY = "whsec_" + "c2VjcmV0" * 4
PLACE = {
    "slack_url": "https://hooks.slack.example/services/T0/B0/secret",
    "teams_url": "https://flows.example/workflows/secret?api-version=1",
    "pagerduty_key": "R0UT1NGK3Y",
    "pagerduty_url": "https://events.pagerduty.com/v2/enqueue",
    "opsgenie_key": "0psgenie-key",
    "opsgenie_url": "https://api.opsgenie.com/v2/alerts",
    "alertmanager_url": "https://alertmanager.example",
    "alertmanager_token": "am-token",
    "webhook_url": "https://receiver.example/hook",
    "webhook_secret": KEY,
    "ntfy_url": "https://ntfy.example/my-topic",
    "ntfy_token": "tk_secret",
}
"""The fields of the secret of a stack with every route."""


def body(
    turn: NotificationReason = NotificationReason.FIRING, number: int = 1, **given: Any
) -> str:
    """Return the message of the findings topic about one alert."""
    return message(alert(turn, number, **given), SOURCE)[0]


def notice(
    turn: NotificationReason = NotificationReason.FIRING,
    *,
    late: timedelta = timedelta(seconds=5),
    **given: Any,
) -> Notice:
    """Return the notice of an alert, so long after it was made."""
    return notice_of(body(turn, **given), NOON + late)


def changed(text: str, now: datetime = NOON) -> Notice:
    """Return a notice in which a hostile text stands wherever a name can stand."""
    event = json.loads(body())
    data = event["data"]
    data["mail"] = {"subject": text, "text": f"{text}\n\n{text}\n"}
    data["cause"] = data["place"]["name"] = text
    data["labels"] = {text: [text, text]}
    data["acknowledged"] = {"by": text, "at": "2025-11-20T12:00:00Z"}
    data["finding"] |= {"url": text, "runbook": text}
    for member in data["members"]:
        member["target"] = text
    return notice_of(json.dumps(event), now)
