"""Table: the histories of all targets in DynamoDB, one item for each part.

In: parts, or a history. Out: histories; whether one was stored.
It does not: replace a history that another invocation changed meanwhile, or that a
newer version of Parallax wrote.
Source: Amazon DynamoDB, `BatchGetItem`: at most 100 items, and those of a throttled
table come back as unprocessed.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from parallax.aws import client
from parallax.journal.conditional import held
from parallax.model.packed import UnreadableError, in_clear
from parallax.uptime.history import (
    PARTS,
    PREFIX,
    History,
    NewerError,
    history_item,
    key_of,
    part_of,
    read_history,
)

ATTEMPTS = 4
"""Requests for what DynamoDB left unprocessed."""
log = logging.getLogger(__name__)


class ThrottledError(Exception):
    """DynamoDB left parts unread; a later attempt may succeed."""


class Histories:
    """The histories of a stack."""

    def __init__(self, table: str) -> None:
        self.table = table

    def of(self, targets: Iterable[str]) -> Mapping[int, History | None]:
        """Return the histories of the parts of these targets, by part.

        None: a newer version wrote it, which is logged. A part without an item is left
        out, and a damaged one has no days.
        Raises `ThrottledError` and botocore's errors.
        """
        return self._read({part_of(target) for target in targets})

    def all(self) -> Mapping[int, History | None]:
        """Return the histories of all parts, as `of` does."""
        return self._read(range(PARTS))

    def put(self, history: History, read: int | None) -> bool:
        """Store a history in place of the one with the `until` that was read.

        `read` None: no readable one is stored. Returns False if another invocation
        stored one meanwhile. Raises botocore's errors.
        """
        condition = "attribute_not_exists(#until)"
        values: dict[str, Any] = {}
        if read is not None:
            condition = "#until = :read"
            values = {"ExpressionAttributeValues": {":read": {"N": f"{read}"}}}
        return held(
            client("dynamodb").put_item,
            TableName=self.table,
            Item=history_item(history),
            ConditionExpression=condition,
            ExpressionAttributeNames={"#until": "until"},
            **values,
        )

    def _read(self, parts: Iterable[int]) -> Mapping[int, History | None]:
        wanted: list[Any] = [key_of(part) for part in sorted(parts)]
        found: dict[int, History | None] = {}
        for _ in range(ATTEMPTS):
            if not wanted:
                return found
            page = client("dynamodb").batch_get_item(
                RequestItems={self.table: {"Keys": wanted}}
            )
            for item in page["Responses"].get(self.table, ()):
                found |= _history(item)
            wanted = page.get("UnprocessedKeys", {}).get(self.table, {}).get("Keys", [])
        if wanted:
            raise ThrottledError(f"{len(wanted)} parts were not read")
        return found


def _history(item: Mapping[str, Any]) -> dict[int, History | None]:
    """Return the history in an item.

    A damaged one has lost its days, so that it is replaced by one without any.
    """
    part = in_clear(item, "pk") or ""
    number = int(part.removeprefix(PREFIX))
    try:
        return {number: read_history(item)}
    except NewerError as error:
        log.error("uptime of a newer version was skipped", extra={"reason": str(error)})  # noqa: TRY400 - the reason is enough
        return {number: None}
    except UnreadableError as error:
        log.error("uptime was damaged", extra={"reason": str(error)})  # noqa: TRY400 - the same
    until = in_clear(item, "until", "N") or ""
    return {number: History(part=number, until=int(until)) if until.isdigit() else None}
