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
    Item,
    Items,
    count,
    unpacked,
)
from parallax.model.finding import Incident, State
from parallax.model.packed import ITEM_LIMIT, UnreadableError, in_clear, pack

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

        An unreadable item must neither leave its target unwatched nor be reported at
        every judgement. It is replaced by a resolved incident, so that the next
        failure starts a new one, and is passed to `aside` once. Raises
        `ConflictError` if another judgement replaced it in between.
        """
        item = self._items.get(subject)
        if item is None:
            return None
        try:
            return from_image(item)
        except UnreadableError as error:
            stand_in = _stand_in(subject, item)
            self._items.replace(to_item(stand_in), before=item)
            self._aside(item, str(error))
            return stand_in

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
    payload = pack(incident)
    if len(payload) > ITEM_LIMIT and incident.finding:
        finding = replace(incident.finding, snapshot=None)
        payload = pack(replace(incident, finding=finding))
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
    """Return a resolved incident in place of an unreadable one, one version later.

    Version, id and number are stored beside the payload: a new finding with the id
    of a published one would not be mailed.
    """
    now = datetime.now(UTC)
    return Incident(
        id=in_clear(item, "id") or "",
        subject=subject,
        state=State.RESOLVED,
        since=now,
        changed_at=now,
        cause=in_clear(item, "cause") or "",
        version=count(item, "version") + 1,
        number=count(item, "number"),
    )


def from_image(image: Item) -> Incident:
    """Return the incident in an item, or in the new image of a stream record.

    Raises `UnreadableError`, and nothing else, for an image that holds none.
    """
    return unpacked(Incident, image)
