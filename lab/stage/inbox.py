"""Inbox: a subscriber of the findings queue and of the alerts topic.

In: the stack's outputs. Out: findings as CloudEvents, mails as they were sent.
It does not: read the tables; all it returns went through SQS or SNS. The emulator's
SNS sends no e-mail, so an SQS queue is subscribed to the topic. It gets each alert as a
CloudEvent, whose `data.mail` has the mail's subject and text.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lab.stage.emulator import client

FINDING = "io.parallax.finding.v1"


@dataclass(frozen=True, slots=True)
class Mail:
    """One alert as its recipient gets it; `targets` fail, by its group.

    `sent_at` is when the topic sent it.
    """

    subject: str
    text: str
    group: str = ""
    turn: str = ""
    targets: tuple[str, ...] = ()
    sent_at: datetime | None = None


class Inbox:
    """Receives everything that Parallax publishes, once."""

    def __init__(self, queue_url: str, topic_arn: str) -> None:
        self._sqs = client("sqs")
        self._findings_url = queue_url
        self._mail_url: str = self._sqs.create_queue(QueueName="inbox")["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._mail_url, AttributeNames=["QueueArn"]
        )["Attributes"]
        client("sns").subscribe(
            TopicArn=topic_arn, Protocol="sqs", Endpoint=attributes["QueueArn"]
        )

    def findings(self) -> list[dict[str, Any]]:
        """Receive the findings in the queue; advice events are left out."""
        events = [json.loads(body) for body, _ in self._receive(self._findings_url)]
        return [event for event in events if event["type"] == FINDING]

    def mails(self) -> list[Mail]:
        """Receive the mails since the last call."""
        notes = [(json.loads(body), at) for body, at in self._receive(self._mail_url)]
        return [
            replace(_mail(json.loads(note["Message"])["data"]), sent_at=at)
            for note, at in notes
        ]

    def _receive(self, url: str) -> list[tuple[str, datetime]]:
        """Return the body of each message, and when it was sent."""
        bodies: list[tuple[str, datetime]] = []
        while messages := self._sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["SentTimestamp"],
        ).get("Messages"):
            for message in messages:
                sent = int(message["Attributes"]["SentTimestamp"]) / 1000
                bodies.append((message["Body"], datetime.fromtimestamp(sent, UTC)))
                self._sqs.delete_message(
                    QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]
                )
        return bodies


def _mail(data: dict[str, Any]) -> Mail:
    """Return the mail in an alert's event."""
    failing = [*data["members"], *data["pending"]]
    return Mail(
        subject=data["mail"]["subject"],
        text=data["mail"]["text"],
        group=data["group"],
        turn=data["turn"],
        targets=tuple(member["target"] for member in failing),
    )
