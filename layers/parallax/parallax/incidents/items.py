"""Items: what the incidents' table holds, each moved on by compare-and-set.

In: items with a `version`, a subject as their key. Out: the same, as last stored; keys
of those that a condition holds of; a value packed into an item's payload and back.
It does not: know what is packed; `parallax.incidents` and its `advice` do.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

from parallax.aws import client, refused_as
from parallax.model.wire import decode_json, encode

type Item = Mapping[str, Mapping[str, Any]]
"""An item in DynamoDB's words, or the new image of a stream record."""


class ConflictError(RuntimeError):
    """Another judgement moved the item in between: read it again."""


class UnreadableError(ValueError):
    """A stream record or an item is not what it should be; the text says why."""


class Items:
    """The items of one table."""

    def __init__(self, table: str) -> None:
        self.table = table
        self._dynamodb = client("dynamodb")

    def get(self, subject: str) -> Item | None:
        """Return a subject's item as last stored, or None."""
        found = self._dynamodb.get_item(
            TableName=self.table, Key={"pk": {"S": subject}}, ConsistentRead=True
        )
        return found.get("Item")

    def glance(self, subject: str, name: str) -> str | None:
        """Return one text of a subject's item, at most a second old, or None.

        Half the cost of `get`.
        """
        found = self._dynamodb.get_item(
            TableName=self.table,
            Key={"pk": {"S": subject}},
            ProjectionExpression="#name",
            ExpressionAttributeNames={"#name": name},
        )
        return found.get("Item", {}).get(name, {}).get("S")

    def put(self, item: Item, *, read: int) -> None:
        """Store an item as the successor of the version read (0: it is new).

        Raises `ConflictError` if that is no longer the version in the table.
        """
        try:
            self._dynamodb.put_item(
                TableName=self.table,
                Item=item,
                ConditionExpression="attribute_not_exists(#v) OR #v = :read",
                ExpressionAttributeNames={"#v": "version"},
                ExpressionAttributeValues={":read": {"N": str(read)}},
            )
        except self._dynamodb.exceptions.ClientError as error:
            if refused_as(error, "ConditionalCheckFailedException"):
                raise ConflictError(item["pk"]["S"]) from error
            raise

    def subjects(self, condition: str, **values: str) -> tuple[str, ...]:
        """Return the keys of all items that a condition holds of.

        In the condition `#name` and `:name` stand for a value given. Reads the whole
        table, which is small (an item a subject, and the marks of two weeks'
        findings): for a sweep now and then, not for a judgement.
        """
        names: Mapping[str, str] = {f"#{name}": name for name in values}
        given = {f":{name}": {"S": value} for name, value in values.items()}
        found: list[str] = []
        page: dict[str, Any] = {"LastEvaluatedKey": None}
        while "LastEvaluatedKey" in page:
            start = page["LastEvaluatedKey"]
            page = self._dynamodb.scan(
                TableName=self.table,
                FilterExpression=condition,
                ProjectionExpression="pk",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=given,
                ConsistentRead=True,
                **({"ExclusiveStartKey": start} if start else {}),
            )
            found += [item["pk"]["S"] for item in page["Items"]]
        return tuple(found)


def packed(value: object) -> bytes:
    """Return a value of the model as an item's payload."""
    text = json.dumps(encode(value), separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def unpacked[T](kind: type[T], image: Item) -> T:
    """Return the value in an item's payload, or in a stream record's new image.

    Raises `UnreadableError` for whatever holds none of this kind.
    """
    try:
        payload = image["payload"]["B"]
        raw = base64.b64decode(payload) if isinstance(payload, str) else payload
        return decode_json(kind, gzip.decompress(raw))
    except (KeyError, TypeError, ValueError, OSError, EOFError) as error:
        subject = image.get("pk", {}).get("S")
        raise UnreadableError(f"{subject}: {type(error).__name__}: {error}") from error


def count(image: Item, name: str) -> int:
    """Return a number that stands in clear beside the payload; 0 where there is none.

    A version or a number of findings, so that both outlive a payload nobody can read.
    """
    return int(image.get(name, {}).get("N", 0))
