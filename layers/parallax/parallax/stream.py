"""Stream: the records of a table's stream, and what to do with one nobody can read.

In: an event of a DynamoDB stream as Lambda hands it over. Out: what its records
hold; a record that can't be read goes to the dead letters, the others go on.
It does not: raise for a record. Only when a dead letter can't be sent either does
it raise, so that the whole batch comes again and nothing is lost.
"""

import base64
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from parallax.aws import client

LETTER_LIMIT = 900_000
"""Bytes of a record in a dead letter; SQS takes 1,048,576."""
log = logging.getLogger(__name__)

type Record = Mapping[str, Any]
"""One of `event["Records"]`."""


def contents[T](
    event: Mapping[str, Any],
    decode: Callable[[Mapping[str, Any]], T],
    dead_letters_url: str | None,
) -> Iterator[tuple[Record, T]]:
    """Yield each record with what its new image holds; put the unreadable aside.

    `decode` raises ValueError for an image it can't read. Removals are skipped.
    """
    for record in event["Records"]:
        try:
            if record.get("eventName") == "REMOVE":
                continue
            value = decode(record["dynamodb"]["NewImage"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            bury(record, f"{type(error).__name__}: {error}", dead_letters_url)
        else:
            yield record, value


def bury(record: Record, reason: str, dead_letters_url: str | None) -> None:
    """Put a record aside with the reason, where an alarm sees it."""
    log.error("record could not be processed", extra={"reason": reason})
    letter = {"reason": reason, "record": record}
    body = json.dumps(letter, default=_text, ensure_ascii=False)
    if len(body.encode()) > LETTER_LIMIT:
        body = json.dumps({"reason": reason, "record": "too large to be kept"})
    if dead_letters_url is None:
        log.warning("record dropped: no dead-letter queue is configured")
        return
    client("sqs").send_message(QueueUrl=dead_letters_url, MessageBody=body)


def _text(value: object) -> str:
    """Return bytes as a stream record has them, and whatever else as it prints."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
