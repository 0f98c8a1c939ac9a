"""Publish: a finding goes to the queue, and a turn of an incident to the topic too.

In: a finding. Out: one CloudEvent in the findings queue, one mail on the alerts
topic; and a mark of each, so that none goes out twice.
It does not: write either; see `parallax.notify.event` and `parallax.notify.mail`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from parallax.aws import client, may_pass
from parallax.model.advice import AdviceNews
from parallax.model.finding import Finding
from parallax.settings import Settings

MARKS_KEPT = timedelta(days=14)
"""As long as the queue keeps a message."""
MESSAGE_LIMIT = 1_000_000
"""Bytes of one message; SQS takes 1,048,576 with its attributes."""


class NotPublishedError(RuntimeError):
    """Part of a finding did not get out; `hopeless` if it never will."""

    def __init__(self, text: str, *, hopeless: bool) -> None:
        super().__init__(text)
        self.hopeless = hopeless


class Publisher:
    """Publishes findings; remembers in the incidents table what went out."""

    def __init__(self, table: str, queue_url: str, topic_arn: str) -> None:
        self.table = table
        self.queue_url = queue_url
        self.topic_arn = topic_arn

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        """Return a stack's publisher; raises `SettingsError` for what is absent."""
        return cls(
            settings.need("incidents_table"),
            settings.need("findings_queue_url"),
            settings.need("alerts_topic_arn"),
        )

    def publish(self, finding: Finding) -> tuple[str, ...]:
        """Publish what of a finding is not out yet; return where it went now.

        Queue and topic are independent: one that refuses holds up neither the
        other nor, when the finding comes again, is the other asked twice.
        Raises `NotPublishedError` when one refused.
        """
        ways = {"queue": lambda: self._enqueue(finding)}
        if finding.turn is not None:
            ways["topic"] = lambda: self._mail(finding)
        return self._go(finding.id, ways)

    def advise(self, news: AdviceNews) -> tuple[str, ...]:
        """Publish what is told of one advice to the queue, and never by mail."""
        return self._go(news.id, {"queue": lambda: self._tell(news)})

    def _go(
        self, identity: str, ways: dict[str, Callable[[], None]]
    ) -> tuple[str, ...]:
        try:
            marked = self._marks(identity)
        except Exception as error:
            text = f"{identity}: its marks: {error}"
            raise NotPublishedError(text, hopeless=not may_pass(error)) from error
        went: list[str] = []
        refusals: list[tuple[str, Exception]] = []
        for way, send in ways.items():
            if way in marked:
                continue
            try:
                send()
                self._mark(identity, way)
                went.append(way)
            except Exception as error:  # noqa: BLE001 - whatever fails one way must not hold up the other
                refusals.append((way, error))
        if refusals:
            text = "; ".join(f"{way}: {error}" for way, error in refusals)
            raise NotPublishedError(
                f"{identity}: {text}",
                hopeless=not any(may_pass(error) for _, error in refusals),
            )
        return tuple(went)

    def _enqueue(self, finding: Finding) -> None:
        self._send(message(finding), finding.target, finding.id)

    def _tell(self, news: AdviceNews) -> None:
        from parallax.notify.event import advice_event  # noqa: PLC0415 - with `mail`

        self._send(_json(advice_event(news)), news.target, news.id)

    def _send(self, body: str, target: str, identity: str) -> None:
        client("sqs").send_message(
            QueueUrl=self.queue_url,
            MessageBody=body,
            MessageGroupId=_group(target),
            MessageDeduplicationId=_group(identity),
        )

    def _mail(self, finding: Finding) -> None:
        from parallax.notify.mail import render  # noqa: PLC0415 - most findings mail none

        mail = render(finding)
        client("sns").publish(
            TopicArn=self.topic_arn, Subject=mail.subject, Message=mail.body
        )

    def _key(self, identity: str) -> dict[str, Any]:
        return {"pk": {"S": f"published/{identity}"}}

    def _marks(self, identity: str) -> set[str]:
        found = client("dynamodb").get_item(
            TableName=self.table, Key=self._key(identity), ConsistentRead=True
        )
        return set(found.get("Item", {}))

    def _mark(self, identity: str, way: str) -> None:
        now = datetime.now(UTC)
        expires_at = int((now + MARKS_KEPT).timestamp())
        client("dynamodb").update_item(
            TableName=self.table,
            Key=self._key(identity),
            UpdateExpression="SET #way = :at, expires_at = :expires, kind = :kind",
            ExpressionAttributeNames={"#way": way},
            ExpressionAttributeValues={
                ":at": {"S": now.isoformat()},
                ":expires": {"N": str(expires_at)},
                ":kind": {"S": "published"},
            },
        )


def message(finding: Finding) -> str:
    """Return the queue's message; one too large gives up its snapshot."""
    from parallax.notify.event import cloud_event  # noqa: PLC0415 - with `mail`

    text = _json(cloud_event(finding))
    if len(text.encode()) <= MESSAGE_LIMIT:
        return text
    return _json(cloud_event(replace(finding, snapshot=None)))


def _json(event: dict[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def preview(finding: Finding) -> dict[str, Any]:
    """Return what would go out for a finding: its event and, on a turn, its mail."""
    from parallax.notify.mail import render  # noqa: PLC0415 - as above

    event: dict[str, Any] = json.loads(message(finding))
    if finding.turn is None:
        return {"event": event, "mail": None}
    mail = render(finding)
    return {"event": event, "mail": {"subject": mail.subject, "body": mail.body}}


def _group(name: str) -> str:
    """Return a name as SQS takes it for a group or a deduplication: 128 characters."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)[-128:]
