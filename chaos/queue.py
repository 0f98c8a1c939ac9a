"""Queue: a FIFO queue and its mapping, as SQS and Lambda work together.

In: messages; a function that handles one; a timeline. Out: each message handled in the
order of its message group, again after the visibility timeout if it failed.
It does not: batch.
Source: Amazon SQS, "FIFO queue delivery logic" and "Exactly-once processing" (a
deduplication id counts for five minutes); AWS Lambda, "Using Lambda with Amazon SQS".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.cost.timeline import Timeline

DEDUPLICATION = 300.0
VISIBILITY = 90.0
POLL = 0.1


@dataclass
class Message:
    """A message, and when it is visible; all times in seconds of the case."""

    record: dict[str, Any]
    group: str
    sent_at: float
    visible_at: float


@dataclass
class FifoQueue:
    """One queue; `handle` returns whether a message is done, and what that took."""

    timeline: Timeline
    epoch: float
    handle: Callable[[Message], tuple[bool, float]]
    retention: float = 345_600.0
    messages: list[Message] = field(default_factory=list[Message])
    expired: list[Message] = field(default_factory=list[Message])
    _known: dict[str, float] = field(default_factory=dict[str, float])
    _number: int = 0

    def send(
        self, body: str, group: str, identity: str, attributes: Mapping[str, Any]
    ) -> bool:
        """Put a message into the queue; False: it is a duplicate of five minutes."""
        now = self.timeline.now
        if now - self._known.get(identity, float("-inf")) < DEDUPLICATION:
            return False
        self._known[identity] = now
        self._number += 1
        record = {
            "messageId": f"message-{self._number}",
            "receiptHandle": "handle",
            "body": body,
            "attributes": {
                "SentTimestamp": str(int((self.epoch + now) * 1000)),
                "MessageGroupId": group,
            },
            "messageAttributes": dict(attributes),
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:routes.fifo",
        }
        self.messages.append(Message(record, group, now, now))
        self.timeline.later(POLL, self.poll)
        return True

    def poll(self) -> None:
        """Handle the oldest message of each group that is visible."""
        now = self.timeline.now
        old = [m for m in self.messages if now - m.sent_at > self.retention]
        self.expired += old
        self.messages = [m for m in self.messages if m not in old]
        heads: dict[str, Message] = {}
        for message in self.messages:
            heads.setdefault(message.group, message)
        for message in heads.values():
            if message.visible_at <= now:
                self._take(message)

    def _take(self, message: Message) -> None:
        message.visible_at = self.timeline.now + VISIBILITY
        done, seconds = self.handle(message)
        if done:
            self.messages.remove(message)
            self.timeline.later(seconds + POLL, self.poll)
        else:
            self.timeline.at(message.visible_at, self.poll)
