"""Advice: one record for each target, in the incidents' table and its stream.

In: an advice record after a judgement. Out: the same, to the next judgement and,
through the table's stream, to `notify`.
It does not: decide what is published; `parallax.story.advice` does.
"""

import logging
from dataclasses import replace
from typing import Any, Protocol

from parallax.incidents import table
from parallax.incidents.items import Item, Items, check_version, count, unpacked
from parallax.model.advice import AdviceRecord
from parallax.model.finding import Incident
from parallax.model.packed import UnreadableError, in_clear, pack

KIND = "advice"
log = logging.getLogger(__name__)


class Records(Protocol):
    """A store of advice records."""

    def get(self, subject: str) -> AdviceRecord | None:
        """Return a target's record, or None."""
        ...

    def put(self, record: AdviceRecord) -> None:
        """Store a record as the successor of the version that was read."""
        ...


class DynamoAdvice:
    """Advice records in the incidents' table, one item for each target."""

    def __init__(self, table: str) -> None:
        self._items = Items(table)

    def get(self, subject: str) -> AdviceRecord | None:
        """Return a target's record as last stored; an empty one if it is unreadable.

        The empty record keeps the number, so that the ids of events stay unique.
        Raises `ConflictError` if the version is unreadable as well, and another
        judgement replaced the item in between.
        """
        item = self._items.get(subject)
        if item is None:
            return None
        try:
            record = unpacked(AdviceRecord, item)
            check_version(item, record.version)
        except UnreadableError as error:
            log.error("unreadable advice replaced", extra={"reason": str(error)})  # noqa: TRY400 - the reason is enough
            version, number = count(item, "version"), count(item, "number")
            empty = AdviceRecord(subject=subject, version=version, number=number)
            if item.get("version", {"N": "0"}) != {"N": str(version)}:
                # No `put` succeeds for an unreadable version; `replace` does.
                self._items.replace(to_item(empty), before=item)
            return empty
        return record

    def subjects(self) -> tuple[str, ...]:
        """Return the subjects of all records."""
        return self._items.subjects("#kind = :kind", kind=KIND)

    def all(self) -> tuple[AdviceRecord, ...]:
        """Return all readable records; the next judgement replaces the others."""
        found: list[AdviceRecord] = []
        for item in self._items.scan("#kind = :kind", "pk, payload", kind=KIND):
            try:
                found.append(unpacked(AdviceRecord, item))
            except UnreadableError as error:
                log.warning("unreadable advice skipped", extra={"reason": str(error)})
        return tuple(found)

    def put(self, record: AdviceRecord) -> None:
        """Store a record; raises `ConflictError` if another judgement changed it."""
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
    """Return the incident or the advice record in an item of the incidents' table.

    Raises `UnreadableError`, and nothing else, if the image holds neither.
    """
    if in_clear(image, "kind") == KIND:
        return unpacked(AdviceRecord, image)
    return table.from_image(image)
