"""Handling: the messages of the routes' queue.

In: an event of the queue, as Lambda passes it: alerts as the findings topic sent them,
and copies of them, each for one receiver. Out: Lambda's partial batch response; copies
in the queue, or requests to receivers. What no retry can help is a dead letter.
It does not: let a receiver wait for another one: each copy is in a message group of its
own, `<receiver>-<group>`.
Source: Amazon SQS, FIFO queues, "message group"; AWS Lambda, "Using Lambda with Amazon
SQS": a message that failed blocks its message group until it succeeds; with
`ReportBatchItemFailures`, errors do not reduce how many messages Lambda polls; Amazon
SNS, "Subscription filter policies": a new one takes effect within 15 minutes.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    SqsFifoPartialProcessor,
    process_partial_response,  # pyright: ignore[reportUnknownVariableType] - its record_handler has no types
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from parallax.aws import client
from parallax.notify.findings_topic import group
from parallax.routes.attempt import Attempts
from parallax.routes.kinds import KINDS, wants
from parallax.routes.notice import Notice, OtherEventError, notice_of
from parallax.routes.sending import RejectedError
from parallax.settings import Settings
from parallax.stream import send_to_dead_letters

ROUTE = "route"
"""The message attribute with the receiver's name; an alert of the topic has none."""
log = logging.getLogger(__name__)


class CopyError(RuntimeError):
    """SQS did not accept every copy; the alert is copied again."""


def handle(event: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Deliver each message, or copy it; return those that wait for a retry.

    If all of them wait, the invocation raises, which counts as a Lambda error:
    `RoutesFailingAlarm` counts these.
    """
    handling = _Handling(settings, is_redrive=bool(event.get("redrive")))
    response = process_partial_response(
        event=event,
        record_handler=handling.take,
        processor=SqsFifoPartialProcessor(skip_group_on_error=True),
    )
    return dict(response)


class _Handling:
    """The messages of one invocation."""

    def __init__(self, settings: Settings, *, is_redrive: bool) -> None:
        self._settings = settings
        self._attempts = Attempts(settings, is_redrive=is_redrive)

    def take(self, record: SQSRecord) -> None:
        """Handle one message; raises if a retry may help."""
        raw: Mapping[str, Any] = record.raw_event
        name, body, queued_at = _read(raw)
        try:
            notice = notice_of(body, datetime.now(UTC))
            if name is None:
                self._attempts.check_age(notice.now - queued_at, "it was not copied")
                self._copy(body, notice)
            elif name in KINDS:
                self._attempts.deliver(name, notice, queued_at)
            else:
                raise RejectedError("no receiver has this name")  # noqa: TRY301 - a dead letter as the others
        except OtherEventError as error:
            # SNS applies the filter of a new subscription only after some minutes.
            log.info(
                "event was dropped: it is not an alert", extra={"type": str(error)}
            )
        except (RejectedError, ValueError) as error:
            reason = f"{name or 'routes'}: {error}"
            send_to_dead_letters(raw, reason, self._settings.dead_letters_url)
        except Exception as error:
            facts = {"route": name or "", "reason": f"{type(error).__name__}: {error}"}
            log.warning("alert was not sent yet", extra=facts)
            raise

    def _copy(self, body: str, notice: Notice) -> None:
        """Put one copy of an alert into the queue for each receiver that wants it."""
        names = [name for name in self._settings.routes if wants(name, notice)]
        if not names:
            return
        response = client("sqs").send_message_batch(
            QueueUrl=self._settings.need("routes_queue_url"),
            Entries=[_entry(name, body, notice) for name in names],
        )
        if failed := response.get("Failed"):
            refused = ", ".join(one["Id"] for one in failed)
            raise CopyError(f"not copied for {refused}: {failed[0].get('Code')}")


def _read(raw: Mapping[str, Any]) -> tuple[str | None, str, datetime]:
    """Return a copy's receiver, the text, and since when the message waits."""
    given: Mapping[str, Any] = raw.get("messageAttributes") or {}
    system: Mapping[str, str] = raw.get("attributes") or {}
    name, sent = given.get(ROUTE, {}).get("stringValue"), system.get("SentTimestamp")
    at = datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else datetime.now(UTC)
    return name, raw.get("body", ""), at


def _entry(name: str, body: str, notice: Notice) -> dict[str, Any]:
    """Return the copy for one receiver; SQS drops duplicates of five minutes."""
    return {
        "Id": name,
        "MessageBody": body,
        "MessageGroupId": group(f"{name}-{notice.group}"),
        "MessageDeduplicationId": group(f"{name}-{notice.id}"),
        "MessageAttributes": {ROUTE: {"DataType": "String", "StringValue": name}},
    }
