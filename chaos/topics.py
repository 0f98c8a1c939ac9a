"""Topics: what SNS does with a message that it accepted.

In: requests to publish, as SNS has them. Out: messages for the subscribed queues, by
the filters of the template; mails; messages of the chat's topic.
It does not: retry: AWS retries a queue for days.
Source: Amazon SNS, "Message deduplication for FIFO topics" (five minutes).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaos.ledger import CHAT, MAIL, QUEUE, Ledger
from chaos.queue import DEDUPLICATION
from chaos.stack import FILTERS

FINDINGS, ALERTS = "FindingsTopic.fifo", "AlertsTopic"


@dataclass
class Topics:
    """The topics of a case; `route` puts an alert into the queue of the routes."""

    ledger: Ledger
    now: Callable[[], float]
    route: Callable[[str, str, str], object]
    mailed: Callable[[str], object]
    """Called with the text of each mail."""
    _known: dict[str, float] = field(default_factory=dict[str, float])

    def published(self, body: Mapping[str, Any]) -> None:
        """Deliver a message."""
        channel, identity = identified(body)
        self.ledger.sent((channel, identity))
        if channel != QUEUE:
            self.ledger.delivered(channel, identity, self.now())
            if channel == MAIL:
                self.mailed(json.loads(body["Message"]).get("email", ""))
            return
        key = body["MessageDeduplicationId"]
        if self.now() - self._known.get(key, float("-inf")) < DEDUPLICATION:
            return
        self._known[key] = self.now()
        text = body["Message"]
        kind = json.loads(text)["type"]
        if kind in FILTERS["FindingsQueue"]:
            self.ledger.delivered(QUEUE, identity, self.now())
        if kind in FILTERS["RoutesQueue"]:
            self.route(text, body["MessageGroupId"], key)


def identified(body: Mapping[str, Any]) -> tuple[str, str]:
    """Return the channel of a message and the id of what it publishes."""
    topic = str(body.get("TopicArn", "")).rpartition(":")[2]
    message = json.loads(body.get("Message", "{}"))
    if topic == FINDINGS:
        return QUEUE, message["id"]
    if topic == ALERTS:
        return MAIL, json.loads(message.get("sqs", "{}")).get("id", "")
    return CHAT, message.get("id", "")
