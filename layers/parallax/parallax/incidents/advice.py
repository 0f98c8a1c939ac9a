"""Advice: one record a target, beside the incidents, published by the same stream.

In: the record that `diagnose` moved on. Out: the same, to the next judgement and,
through the table's stream, to `notify`.
It does not: decide what is told; `parallax.diagnose.advised` does.
"""

import logging
from dataclasses import replace
from typing import Any, Protocol

from parallax.incidents import table
from parallax.incidents.items import Item, Items, count, unpacked
from parallax.model.advice import AdviceRecord
from parallax.model.finding import Incident
from parallax.model.packed import UnreadableError, in_clear, pack

KIND = "advice"
log = logging.getLogger(__name__)


class Records(Protocol):
    """Where advice is kept."""

    def get(self, subject: str) -> AdviceRecord | None:
        """Return a target's record, or None."""
        ...

    def put(self, record: AdviceRecord) -> None:
        """Store a record as the successor of the version it was made from."""
        ...


class DynamoAdvice:
    """Advice in the incidents' table, one item a target."""

    def __init__(self, table: str) -> None:
        self._items = Items(table)

    def get(self, subject: str) -> AdviceRecord | None:
        """Return a target's record as last stored; an empty one if it is unreadable.

        The empty record keeps the number, so that no id of an event comes twice.
        Raises `ConflictError` if the version is unreadable as well and another
        judgement replaced the item in between.
        """
        item = self._items.get(subject)
        if item is None:
            return None
        try:
            return unpacked(AdviceRecord, item)
        except UnreadableError as error:
            log.error("unreadable advice replaced", extra={"reason": str(error)})  # noqa: TRY400 - the reason is enough
            version, number = count(item, "version"), count(item, "number")
            empty = AdviceRecord(subject=subject, version=version, number=number)
            if item.get("version", {"N": "0"}) != {"N": str(version)}:
                # `put` could never succeed such a version: only `replace` can.
                self._items.replace(to_item(empty), before=item)
            return empty

    def subjects(self) -> tuple[str, ...]:
        """Return the subjects of all records; for a sweep."""
        return self._items.subjects("#kind = :kind", kind=KIND)

    def put(self, record: AdviceRecord) -> None:
        """Store a record; raises `ConflictError` if somebody else moved it."""
        stored = replace(record, version=record.version + 1)
        self._items.put(to_item(stored), read=record.version)


def to_item(record: AdviceRecord) -> dict[str, dict[str, Any]]:
    """Return the item of a record."""
    return {
        "pk": {"S": record.subject},
        "kind": {"S": KIND},
        "version": {"N": str(record.version)},
        "number": {"N": str(record.number)},
        "payload": {"B": pack(record)},
    }


def from_image(image: Item) -> Incident | AdviceRecord:
    """Return what an item of the incidents' table holds: an incident, or advice.

    Raises `UnreadableError`, and nothing else, for an image that holds neither.
    """
    if in_clear(image, "kind") == KIND:
        return unpacked(AdviceRecord, image)
    return table.from_image(image)
