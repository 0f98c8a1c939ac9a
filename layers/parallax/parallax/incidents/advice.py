"""Advice: one record a target, beside the incidents, published by the same stream.

In: the record that `diagnose` moved on. Out: the same, to the next judgement and,
through the table's stream, to `notify`.
It does not: decide what is told; `parallax.diagnose.advised` does.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from parallax import incidents
from parallax.aws import client, refused_as
from parallax.incidents import scan
from parallax.model.advice import AdviceRecord
from parallax.model.finding import Incident
from parallax.model.wire import decode_json, encode

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
        self.table = table
        self._dynamodb = client("dynamodb")

    def get(self, subject: str) -> AdviceRecord | None:
        """Return a target's record as last stored; one that can't be read is none."""
        found = self._dynamodb.get_item(
            TableName=self.table, Key={"pk": {"S": subject}}, ConsistentRead=True
        )
        if "Item" not in found:
            return None
        try:
            return _from_image(found["Item"])
        except incidents.UnreadableError:
            version = int(found["Item"].get("version", {}).get("N", 0))
            number = int(found["Item"].get("number", {}).get("N", 0))
            return AdviceRecord(subject=subject, version=version, number=number)

    def subjects(self) -> tuple[str, ...]:
        """Return the subjects of all records; for a sweep."""
        return scan.subjects(self.table, "#kind = :kind", kind=KIND)

    def put(self, record: AdviceRecord) -> None:
        """Store a record; raises `ConflictError` if somebody else moved it."""
        stored = replace(record, version=record.version + 1)
        try:
            self._dynamodb.put_item(
                TableName=self.table,
                Item=to_item(stored),
                ConditionExpression="attribute_not_exists(#v) OR #v = :read",
                ExpressionAttributeNames={"#v": "version"},
                ExpressionAttributeValues={":read": {"N": str(record.version)}},
            )
        except self._dynamodb.exceptions.ClientError as error:
            if refused_as(error, "ConditionalCheckFailedException"):
                raise incidents.ConflictError(record.subject) from error
            raise


def to_item(record: AdviceRecord) -> dict[str, dict[str, Any]]:
    """Return the item of a record."""
    text = json.dumps(encode(record), separators=(",", ":"), ensure_ascii=False)
    return {
        "pk": {"S": record.subject},
        "kind": {"S": KIND},
        "version": {"N": str(record.version)},
        "number": {"N": str(record.number)},
        "payload": {"B": gzip.compress(text.encode(), mtime=0)},
    }


def from_image(image: Mapping[str, Mapping[str, Any]]) -> Incident | AdviceRecord:
    """Return what an item of the incidents' table holds: an incident, or advice.

    Raises `UnreadableError` for whatever is neither.
    """
    if image.get("kind", {}).get("S") == KIND:
        return _from_image(image)
    return incidents.from_image(image)


def _from_image(image: Mapping[str, Mapping[str, Any]]) -> AdviceRecord:
    try:
        payload = image["payload"]["B"]
        packed = base64.b64decode(payload) if isinstance(payload, str) else payload
        return decode_json(AdviceRecord, gzip.decompress(packed))
    except (KeyError, TypeError, ValueError, OSError, EOFError) as error:
        text = f"{image.get('pk', {}).get('S')}: {type(error).__name__}: {error}"
        raise incidents.UnreadableError(text) from error
