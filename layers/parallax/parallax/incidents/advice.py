"""Advice: one record a target, beside the incidents, published by the same stream.

In: the record that `diagnose` moved on. Out: the same, to the next judgement and,
through the table's stream, to `notify`.
It does not: decide what is told; `parallax.diagnose.advised` does.
"""

from dataclasses import replace
from typing import Any, Protocol

from parallax import incidents
from parallax.incidents.items import (
    Item,
    Items,
    UnreadableError,
    count,
    packed,
    unpacked,
)
from parallax.model.advice import AdviceRecord
from parallax.model.finding import Incident

KIND = "advice"


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
        """Return a target's record as last stored; one that can't be read is none."""
        item = self._items.get(subject)
        if item is None:
            return None
        try:
            return unpacked(AdviceRecord, item)
        except UnreadableError:
            version, number = count(item, "version"), count(item, "number")
            return AdviceRecord(subject=subject, version=version, number=number)

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
        "payload": {"B": packed(record)},
    }


def from_image(image: Item) -> Incident | AdviceRecord:
    """Return what an item of the incidents' table holds: an incident, or advice.

    Raises `UnreadableError` for whatever is neither.
    """
    if image.get("kind", {}).get("S") == KIND:
        return unpacked(AdviceRecord, image)
    return incidents.from_image(image)
