"""Table: the incidents in DynamoDB, one item for each subject.

In: an incident. Out: the same with its new version; an incident by its subject.
It does not: decide when an incident changes; `parallax.story` does.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from parallax.incidents.index import INDEX, Open, read_open
from parallax.incidents.items import (
    Item,
    Items,
    check_version,
    count,
    unpacked,
)
from parallax.incidents.words import AFFECTED, set_aside, with_affected
from parallax.model.finding import Incident, State, without_snapshot
from parallax.model.packed import ITEM_LIMIT, UnreadableError, in_clear, pack

log = logging.getLogger(__name__)

SHRUNK = 600
"""Bytes of payload; an incident without its finding has about 250, with it 1,200 or
more."""

type OnUnreadable = Callable[[Mapping[str, Any], str], None]
"""Called with an item that cannot be read, and the reason."""


def _log_unreadable(_item: Mapping[str, Any], reason: str) -> None:
    log.error("unreadable incident replaced", extra={"reason": reason})


class Incidents(Protocol):
    """A store of incidents."""

    def get(self, subject: str) -> Incident | None:
        """Return the incident of a subject, or None."""
        ...

    def put(self, incident: Incident) -> Incident:
        """Store an incident as the successor of the version that was read."""
        ...

    def unresolved(self) -> tuple[str, ...]:
        """Return the subjects of all incidents that have not ended."""
        ...

    def open(self) -> Mapping[str, Open]:
        """Return the incidents that have not ended, by subject."""
        ...


class DynamoIncidents:
    """Incidents in a DynamoDB table, one item for each subject."""

    def __init__(
        self, table: str, on_unreadable: OnUnreadable = _log_unreadable
    ) -> None:
        self._items = Items(table)
        self._on_unreadable = on_unreadable

    def get(self, subject: str) -> Incident | None:
        """Return the incident of a subject, as last stored.

        An unreadable item must neither stop the target's judgements nor be reported at
        each of them. So it is replaced by a resolved incident, after which the next
        failure starts a new one, and is passed to `on_unreadable` once. Raises
        `ConflictError` if another judgement replaced it in between.
        """
        item = self._items.get(subject)
        if item is None:
            return None
        try:
            incident = from_image(item)
            check_version(item, incident.version)
        except UnreadableError as error:
            replacement = _replacement(subject, item)
            self._items.replace(to_item(replacement), before=item)
            self._on_unreadable(item, str(error))
            return replacement
        return incident

    def put(self, incident: Incident) -> Incident:
        """Store an incident and return it with its new version.

        `incident.version` is the version that was read (0: it is new).
        Raises `ConflictError` if the table has another version now.
        """
        stored = replace(incident, version=incident.version + 1)
        self._items.put(to_item(stored), read=incident.version)
        return stored

    def open(self) -> Mapping[str, Open]:
        """Return the incidents that have not ended, by subject, as `read_open`."""
        return read_open(self._items)

    def large_resolved(self) -> tuple[str, ...]:
        """Return the subjects of incidents that ended and still hold their finding."""
        condition = "#kind = :kind AND #state = :state AND size(#payload) > :payload"
        resolved = State.RESOLVED.value
        return self._items.subjects(
            condition, kind="incident", state=resolved, payload=SHRUNK
        )

    def unresolved(self) -> tuple[str, ...]:
        """Return the subjects of all incidents that have not ended, from the table."""
        condition = "#kind = :kind AND #state <> :state"
        resolved = State.RESOLVED.value
        return self._items.subjects(condition, kind="incident", state=resolved)


def to_item(incident: Incident) -> dict[str, dict[str, Any]]:
    """Return the item of an incident.

    A finding that is too large for an item is stored without its snapshot, so that it
    is published nevertheless.
    """
    incident, affected = set_aside(incident)
    payload = pack(incident)
    if len(payload) > ITEM_LIMIT and incident.finding:
        finding = without_snapshot(incident.finding, "incidents table")
        payload = pack(replace(incident, finding=finding))
    item: dict[str, dict[str, Any]] = {
        "pk": {"S": incident.subject},
        "kind": {"S": "incident"},
        "id": {"S": incident.id},
        "state": {"S": incident.state.value},
        "cause": {"S": incident.cause},
        "version": {"N": str(incident.version)},
        "number": {"N": str(incident.number)},
        "since": {"S": incident.since.astimezone(UTC).isoformat()},
        "payload": {"B": payload},
    }
    if affected:
        item[AFFECTED] = {"L": [{"S": hop.value} for hop in affected]}
    if incident.state is not State.RESOLVED:
        item[INDEX] = {"S": "1"}
    return item


def _replacement(subject: str, item: Item) -> Incident:
    """Return a resolved incident instead of an unreadable one, one version later.

    Version, id and number are stored beside the payload. They continue, since a new
    finding with the id of a published one would not be mailed.
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

    Raises `UnreadableError`, and nothing else, if the image holds none.
    """
    hops: list[object] = in_clear(image, AFFECTED, "L") or []
    named = {in_clear({"hop": one}, "hop") for one in hops}
    return with_affected(unpacked(Incident, image), named)
