"""Incidents: one story a subject, moved by compare-and-set, published by its stream.

In: the incident that `diagnose` moved on. Out: the same, to the next judgement
and, through the table's stream, to `notify`: a transactional outbox.
It does not: decide when an incident moves; `parallax.diagnose.advance` does.
"""

import base64
import gzip
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from parallax.aws import client, refused_as
from parallax.incidents import scan
from parallax.model.finding import Incident, State
from parallax.model.wire import decode_json, encode

ITEM_LIMIT = 380_000
"""Bytes of payload; DynamoDB takes 409,600 for the whole item."""

log = logging.getLogger(__name__)

type Aside = Callable[[Mapping[str, Any], str], None]
"""What becomes of an item that can't be read: the item, and why."""


class ConflictError(RuntimeError):
    """Another judgement moved the incident in between: read it again."""


class UnreadableError(ValueError):
    """A stream record or an item is not an incident; the text says why."""


def _tell(_item: Mapping[str, Any], reason: str) -> None:
    log.error("begun anew: %s", reason)


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
        self.table = table
        self._aside = aside
        self._dynamodb = client("dynamodb")

    def get(self, subject: str) -> Incident | None:
        """Return the incident of a subject, as last stored.

        One that can't be read must not leave its target unwatched, nor be told
        at every judgement: it is replaced by a resolved one, from which the next
        failure begins anew, and handed to `aside`, once. Raises `ConflictError`
        if somebody else replaced it in between.
        """
        found = self._dynamodb.get_item(
            TableName=self.table, Key={"pk": {"S": subject}}, ConsistentRead=True
        )
        if "Item" not in found:
            return None
        try:
            return from_image(found["Item"])
        except UnreadableError as error:
            stored = self.put(_stand_in(subject, found["Item"]))
            self._aside(found["Item"], str(error))
            return stored

    def state(self, subject: str) -> State | None:
        """Return where a subject's incident stands, or None; a glance, not a reading.

        Half the cost of `get`, and at most a second old.
        """
        found = self._dynamodb.get_item(
            TableName=self.table,
            Key={"pk": {"S": subject}},
            ProjectionExpression="#state",
            ExpressionAttributeNames={"#state": "state"},
        )
        told = found.get("Item", {}).get("state", {}).get("S")
        return State(told) if told in set(State) else None

    def put(self, incident: Incident) -> Incident:
        """Store an incident and return it with its new version.

        `incident.version` is the version it was read with (0: it is new).
        Raises `ConflictError` if that is no longer the version in the table.
        """
        stored = replace(incident, version=incident.version + 1)
        try:
            self._dynamodb.put_item(
                TableName=self.table,
                Item=to_item(stored),
                ConditionExpression="attribute_not_exists(#v) OR #v = :read",
                ExpressionAttributeNames={"#v": "version"},
                ExpressionAttributeValues={":read": {"N": str(incident.version)}},
            )
        except self._dynamodb.exceptions.ClientError as error:
            if refused_as(error, "ConditionalCheckFailedException"):
                raise ConflictError(incident.subject) from error
            raise
        return stored

    def unresolved(self) -> tuple[str, ...]:
        """Return the subjects of all incidents that have not ended; for a sweep."""
        condition = "#kind = :kind AND #state <> :state"
        resolved = State.RESOLVED.value
        return scan.subjects(self.table, condition, kind="incident", state=resolved)


def to_item(incident: Incident) -> dict[str, dict[str, Any]]:
    """Return the item of an incident.

    A finding too large for an item gives up its snapshot: better published
    without than not at all.
    """
    payload = _pack(incident)
    if len(payload) > ITEM_LIMIT and incident.finding:
        finding = replace(incident.finding, snapshot=None)
        payload = _pack(replace(incident, finding=finding))
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


def _stand_in(subject: str, item: Mapping[str, Mapping[str, Any]]) -> Incident:
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
        version=int(item.get("version", {}).get("N", 0)),
        number=int(item.get("number", {}).get("N", 0)),
    )


def _pack(incident: Incident) -> bytes:
    text = json.dumps(encode(incident), separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def from_image(image: Mapping[str, Mapping[str, Any]]) -> Incident:
    """Return the incident in an item, or in the new image of a stream record.

    Raises `UnreadableError` for whatever is none.
    """
    try:
        payload = image["payload"]["B"]
        packed = base64.b64decode(payload) if isinstance(payload, str) else payload
        return decode_json(Incident, gzip.decompress(packed))
    except (KeyError, TypeError, ValueError, OSError, EOFError) as error:
        subject = image.get("pk", {}).get("S")
        raise UnreadableError(f"{subject}: {type(error).__name__}: {error}") from error
