"""Begun: what this process begins, so that it does not end at the same thing forever.

In: the name of what may end the process: a record, or an incident. Out: whether to
begin it. A note in the incidents table is written before and removed after. If it is
still there, an earlier process ended in between: out of memory, at its time limit, or
killed.
It does not: note records that are new. Nearly all are, so that nothing is written for
them; one that ends the process is not new when Lambda retries it.
"""

import logging
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from parallax.aws import client, failed_with
from parallax.stream import FUNCTION

NEW = timedelta(seconds=5)
"""Lambda delivers a record within a second; it states the second of its creation."""
KEPT = timedelta(minutes=30)
"""After this time, what ended a process is begun once more."""
log = logging.getLogger(__name__)


class Begun:
    """The notes of one invocation."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._invocation = uuid4().hex

    @contextmanager
    def begin(self, name: str) -> Generator[bool]:
        """Note that something begins; False: an earlier process ended in it.

        The note is removed after the block, also after an error: the process
        continues then. Raises botocore's errors.
        """
        if not self._noted(name):
            yield False
            return
        try:
            yield True
        except Exception:
            self._remove(name)
            raise
        self._remove(name)

    def _noted(self, name: str) -> bool:
        now = datetime.now(UTC)
        try:
            client("dynamodb").put_item(
                TableName=self._table,
                Item={
                    **_key(name),
                    "kind": {"S": "begun"},
                    "invocation": {"S": self._invocation},
                    "expires_at": {"N": str(int((now + KEPT).timestamp()))},
                },
                # Not a count: botocore repeats a request whose answer was lost.
                ConditionExpression="attribute_not_exists(pk)"
                " OR invocation = :invocation OR expires_at < :now",
                ExpressionAttributeValues={
                    ":invocation": {"S": self._invocation},
                    ":now": {"N": str(int(now.timestamp()))},
                },
            )
        except Exception as error:
            if failed_with(error, "ConditionalCheckFailedException"):
                return False
            self._remove(name)  # it may have been written
            raise
        return True

    def _remove(self, name: str) -> None:
        try:
            client("dynamodb").delete_item(TableName=self._table, Key=_key(name))
        except Exception:
            # At worst the record becomes a dead letter, which can be replayed.
            log.exception("note was not removed", extra={"begun": name})


def is_new(record: Mapping[str, Any]) -> bool:
    """Say whether a stream record comes at its first delivery, by its age."""
    created = record.get("dynamodb", {}).get("ApproximateCreationDateTime")
    if not isinstance(created, int | float):
        return True
    return abs(datetime.now(UTC).timestamp() - created) <= NEW.total_seconds()


def name_of(record: Mapping[str, Any]) -> str:
    """Return the name of a stream record, which no other record has."""
    return str(record.get("dynamodb", {}).get("SequenceNumber"))


def _key(name: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": f"begun/{os.environ.get(FUNCTION, '')}/{name}"}}
