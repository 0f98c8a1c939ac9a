"""Queue mapping: a model of Lambda's event source mapping for a FIFO queue.

In: a handler, the queue in the emulator, the settings of the template, a clock that the
test moves. Out: what is invoked. It does not: batch, or expire a message.

The rules, from Amazon SQS, "FIFO queue delivery logic", and AWS Lambda, "Using Lambda
with Amazon SQS":
- Within a message group a message is delivered only after the one before it was
  deleted. Groups do not wait for each other.
- A message that failed, by an error or in `batchItemFailures`, is visible again after
  the visibility timeout; one that succeeded is deleted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import boto3
import time_machine

type Handler = Callable[[dict[str, Any], Any], Any]


@dataclass
class Waiting:
    """A message of the queue, and when it is visible."""

    record: dict[str, Any]
    group: str
    visible_at: datetime


@dataclass
class QueueMapping:
    """One queue's mapping, with batches of one message."""

    handler: Handler
    url: str
    visibility: timedelta
    now: datetime
    messages: list[Waiting] = field(default_factory=list[Waiting])
    failures: int = 0

    def run(self, time: timedelta = timedelta(0)) -> None:
        """Let a time pass, and deliver what is visible in it, until nothing is."""
        end = self.now + time
        while True:
            self._fetch()
            ready = [m.visible_at for m in self._heads()]
            if not ready or min(ready) > end:
                break
            self.now = max(self.now, min(ready))
            for message in [m for m in self._heads() if m.visible_at <= self.now]:
                self._invoke(message)
        self.now = end

    def _heads(self) -> list[Waiting]:
        """Return the oldest message of each group."""
        heads: dict[str, Waiting] = {}
        for message in self.messages:
            heads.setdefault(message.group, message)
        return list(heads.values())

    def _fetch(self) -> None:
        """Move the emulator's messages here, in their order."""
        sqs = boto3.client("sqs")
        while found := sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages"):
            for one in found:
                sqs.delete_message(
                    QueueUrl=self.url, ReceiptHandle=one["ReceiptHandle"]
                )
                group = one["Attributes"]["MessageGroupId"]
                record = _record(one, self.now)
                self.messages.append(Waiting(record, group, self.now))

    def _invoke(self, message: Waiting) -> None:
        with time_machine.travel(self.now, tick=False):
            try:
                response = self.handler({"Records": [message.record]}, None)
                failed = bool(response["batchItemFailures"])
            except Exception:  # noqa: BLE001 - whatever it is, Lambda sees a function error
                failed = True
        if failed:
            self.failures += 1
            message.visible_at = self.now + self.visibility
        else:
            self.messages.remove(message)


def _record(message: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return a message as Lambda passes it to a function."""
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": "handle",
        "body": message["Body"],
        "attributes": message["Attributes"]
        | {"SentTimestamp": str(int(now.timestamp() * 1000))},
        "messageAttributes": {
            name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
            for name, value in attributes.items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:routes.fifo",
    }
