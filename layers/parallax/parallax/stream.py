"""Stream: the records of a table's stream, each with its own outcome.

In: a DynamoDB stream's event as Lambda passes it. Out: Lambda's partial batch response.
An unreadable record goes to the dead-letter queue unchanged.
It does not: retry. Lambda retries from the first record that is reported as failed, so
that every function here must accept records it has already processed.
Source: AWS Lambda, "Configuring partial batch response with DynamoDB and Lambda".
"""

import base64
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,  # pyright: ignore[reportUnknownVariableType] - its record_handler has no types
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import (
    DynamoDBRecord,
)

from parallax.aws import client
from parallax.model.plain import json_text

LETTER_LIMIT = 900_000
"""Bytes of a record in a dead letter; SQS accepts 1,048,576."""
FUNCTION = "AWS_LAMBDA_FUNCTION_NAME"
"""The variable that Lambda sets to the function's name.

Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
"""
log = logging.getLogger(__name__)

type Record = Mapping[str, Any]
"""One of `event["Records"]`."""


def process(event: dict[str, Any], handle: Callable[[Record], None]) -> dict[str, Any]:
    """Pass every record to `handle`; return those that raised as batch item failures.

    An error does not stop the other records. If all records fail, the invocation raises
    `BatchProcessingError`, which counts as a Lambda error.
    """

    def take(record: DynamoDBRecord) -> None:
        try:
            handle(record.raw_event)
        except Exception:
            log.exception("record was not processed")
            raise

    if event.get("Records") == []:
        return {"batchItemFailures": []}
    response = process_partial_response(
        event=event,
        record_handler=take,
        processor=BatchProcessor(event_type=EventType.DynamoDBStreams),
    )
    return dict(response)


def read[T](
    record: Record,
    decode: Callable[[Mapping[str, Any]], T],
    dead_letters_url: str | None,
) -> T | None:
    """Return the value in a record's new image.

    It is None for a removal, and for an unreadable record, which is sent to the
    dead-letter queue. `decode` raises ValueError for an unreadable image.
    """
    try:
        if record.get("eventName") == "REMOVE":
            return None
        return decode(record["dynamodb"]["NewImage"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        send_to_dead_letters(
            record, f"{type(error).__name__}: {error}", dead_letters_url
        )
        return None


def send_to_dead_letters(
    record: Record, reason: str, dead_letters_url: str | None
) -> None:
    """Send a record with the reason to the dead-letter queue, which has an alarm.

    The letter contains the whole record and the function's name, so that it can be
    replayed: all functions share one queue. Raises botocore's error if the queue
    rejects it.
    """
    letter = {"reason": reason, "function": os.environ.get(FUNCTION), "record": record}
    body = json_text(letter, default=_text)
    if len(body.encode()) > LETTER_LIMIT:
        body = json_text(letter | {"record": "too large to store"})
    facts = {"reason": reason}
    if dead_letters_url is None:
        log.error("record was dropped: no dead-letter queue is configured", extra=facts)
        return
    client("sqs").send_message(QueueUrl=dead_letters_url, MessageBody=body)
    log.error("record was sent to the dead-letter queue", extra=facts)


def _text(value: object) -> str:
    """Return bytes in base64, as a stream record has them; other values as text."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
