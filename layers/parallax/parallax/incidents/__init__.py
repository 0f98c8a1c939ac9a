"""Incidents: one story a subject, moved by compare-and-set, published by its stream.

In: the incident that `diagnose` moved on. Out: the same, to the next judgement
and, through the table's stream, to `notify`: a transactional outbox.
It does not: decide when an incident moves; `parallax.diagnose.advance` does.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from parallax.incidents.items import (
    ConflictError,
    Item,
    Items,
    UnreadableError,
    count,
    packed,
    unpacked,
)
from parallax.model.finding import Incident, State

__all__ = [
    "ConflictError",
    "DynamoIncidents",
    "Incidents",
    "UnreadableError",
    "from_image",
    "to_item",
]

ITEM_LIMIT = 380_000
"""Bytes of payload; DynamoDB takes 409,600 for the whole item."""

log = logging.getLogger(__name__)

type Aside = Callable[[Mapping[str, Any], str], None]
"""What becomes of an item that can't be read: the item, and why."""


def _tell(_item: Mapping[str, Any], reason: str) -> None:
    log.error("unreadable incident replaced", extra={"reason": reason})


class Incidents(Protocol):
    """Where incidents are kept."""

    def get(self, subject: str) -> Incident | None:
        """Return the incident of a subject, or None."""
        ...

    def put(self, incident: Incident) -> Incident:
        """Store an incident as the successor of the version it was made from."""
        ...

    def unresolved(self) -> tuple[str, ...]:
        """Return the subjects of all incidents that have not ended."""
        ...


class DynamoIncidents:
    """Incidents in a DynamoDB table, one item a subject."""

    def __init__(self, table: str, aside: Aside = _tell) -> None:
        self._items = Items(table)
        self._aside = aside

    def get(self, subject: str) -> Incident | None:
        """Return the incident of a subject, as last stored.

        One that can't be read must not leave its target unwatched, nor be told
        at every judgement: it is replaced by a resolved one, from which the next
        failure begins anew, and handed to `aside`, once. Raises `ConflictError`
        if somebody else replaced it in between.
        """
        item = self._items.get(subject)
        if item is None:
            return None
        try:
            return from_image(item)
        except UnreadableError as error:
            stored = self.put(_stand_in(subject, item))
            self._aside(item, str(error))
            return stored

    def state(self, subject: str) -> State | None:
        """Return where a subject's incident stands, or None; a glance, not a reading.

        Half the cost of `get`, and at most a second old.
        """
        told = self._items.glance(subject, "state")
        return State(told) if told in set(State) else None

    def put(self, incident: Incident) -> Incident:
        """Store an incident and return it with its new version.

        `incident.version` is the version it was read with (0: it is new).
        Raises `ConflictError` if that is no longer the version in the table.
        """
        stored = replace(incident, version=incident.version + 1)
        self._items.put(to_item(stored), read=incident.version)
        return stored

    def unresolved(self) -> tuple[str, ...]:
        """Return the subjects of all incidents that have not ended; for a sweep."""
        condition = "#kind = :kind AND #state <> :state"
        resolved = State.RESOLVED.value
        return self._items.subjects(condition, kind="incident", state=resolved)


def to_item(incident: Incident) -> dict[str, dict[str, Any]]:
    """Return the item of an incident.

    A finding too large for an item gives up its snapshot: better published
    without than not at all.
    """
    payload = packed(incident)
    if len(payload) > ITEM_LIMIT and incident.finding:
        finding = replace(incident.finding, snapshot=None)
        payload = packed(replace(incident, finding=finding))
    return {
        "pk": {"S": incident.subject},
        "kind": {"S": "incident"},
        "id": {"S": incident.id},
        "state": {"S": incident.state.value},
        "cause": {"S": incident.cause},
        "version": {"N": str(incident.version)},
        "number": {"N": str(incident.number)},
        "payload": {"B": payload},
    }


def _stand_in(subject: str, item: Item) -> Incident:
    """Return a resolved incident in place of one that can't be read.

    Version, id and number stand in clear: the next finding must not bear the id
    of one that is out already, or nobody would be mailed.
    """
    now = datetime.now(UTC)
    return Incident(
        id=item.get("id", {}).get("S", ""),
        subject=subject,
        state=State.RESOLVED,
        since=now,
        changed_at=now,
        cause=item.get("cause", {}).get("S", ""),
        version=count(item, "version"),
        number=count(item, "number"),
    )


def from_image(image: Item) -> Incident:
    """Return the incident in an item, or in the new image of a stream record.

    Raises `UnreadableError` for whatever is none.
    """
    return unpacked(Incident, image)
