"""Inbox: a subscriber of the findings queue and of the alerts topic.

In: the stack's outputs. Out: findings as CloudEvents, mails as they were sent.
It does not: read the functions' minds: what it returns went through SQS and SNS.
The emulator's SNS sends no e-mail, so the inbox is an SQS queue subscribed to
the topic; subject and text are those that a mail would have.
"""

import json
from dataclasses import dataclass
from typing import Any

from lab.stage.emulator import client

FINDING = "io.parallax.finding.v1"


@dataclass(frozen=True, slots=True)
class Mail:
    """One alert as its receiver gets it."""

    subject: str
    text: str


class Inbox:
    """Takes what Parallax publishes, once each."""

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
        """Take the findings that are waiting in the queue; advice tells no story."""
        events = [json.loads(body) for body in self._take(self._findings_url)]
        return [event for event in events if event["type"] == FINDING]

    def mails(self) -> list[Mail]:
        """Take the mails that came since the last call."""
        notes = [json.loads(body) for body in self._take(self._mail_url)]
        return [Mail(n.get("Subject") or "", n["Message"]) for n in notes]

    def _take(self, url: str) -> list[str]:
        bodies: list[str] = []
        while messages := self._sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                self._sqs.delete_message(
                    QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]
                )
        return bodies
