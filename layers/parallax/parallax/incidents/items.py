"""Items: the items of the incidents' table, changed by compare-and-set.

In: items with a `version`, and a subject as their key. Out: the same, as last stored;
the keys of items that meet a condition; the value in an item's payload.
It does not: depend on the kind of value; `table` and `advice` choose it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from parallax.aws import client, failed_with
from parallax.model.packed import UnreadableError, in_clear, unpack

CONFLICTS = ("ConditionalCheckFailedException", "TransactionConflictException")
"""DynamoDB's codes for a write that met another one: it came later, or at the same time
as a transaction with the same item."""
DIGITS = 15
"""Most digits of a version or a number of findings; a DynamoDB number has up to 38."""

type Item = Mapping[str, Mapping[str, Any]]
"""An item in DynamoDB's JSON, or the new image of a stream record."""


class ConflictError(RuntimeError):
    """Another judgement changed the item in between: read it again."""


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

    def put(self, item: Item, *, read: int) -> None:
        """Store an item as the successor of the version read (0: it is new).

        Raises `ConflictError` if the table has another version now.
        """
        self._put_if(item, {"N": str(read)})

    def replace(self, item: Item, before: Item) -> None:
        """Store an item instead of an unreadable one.

        The version that was read is compared as stored, even if it is not a number.
        Raises `ConflictError` if the table has another version now.
        """
        self._put_if(item, before.get("version", {"N": "0"}))

    def _put_if(self, item: Item, version: Mapping[str, Any]) -> None:
        try:
            self._dynamodb.put_item(
                TableName=self.table,
                Item=item,
                **unchanged_since(version),
            )
        except self._dynamodb.exceptions.ClientError as error:
            if failed_with(error, *CONFLICTS):
                raise ConflictError(item["pk"]["S"]) from error
            raise

    def indexed(self, index: str, *attributes: str) -> list[Item]:
        """Return the items of a sparse index, with their key and these attributes.

        All of them have the value `1` in the attribute that has the index's name.
        """
        names = {f"#{name}": name for name in (index, *attributes)}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=index,
            KeyConditionExpression=f"#{index} = :one",
            ProjectionExpression=", ".join(["pk", *(f"#{a}" for a in attributes)]),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":one": {"S": "1"}},
        )
        return [item for page in pages for item in page["Items"]]

    def subjects(self, condition: str, **values: str | int) -> tuple[str, ...]:
        """Return the keys of all items that meet a condition.

        In the condition, `#name` and `:name` refer to a value in `values`, and `#name`
        to the attribute of this name; every name must occur. This reads
        the whole table, which is small: an item for each subject, and two weeks of
        marks. It is meant for the hourly sweep, not for a judgement.
        """
        return tuple(item["pk"]["S"] for item in self.scan(condition, "pk", **values))

    def scan(
        self, condition: str, attributes: str, **values: str | int
    ) -> Iterator[Item]:
        """Yield these attributes of all items that meet a condition, as `subjects`."""
        names = {f"#{name}": name for name in values}
        bound = {f":{name}": _typed(value) for name, value in values.items()}
        page: dict[str, Any] = {"LastEvaluatedKey": None}
        while "LastEvaluatedKey" in page:
            start = page["LastEvaluatedKey"]
            page = self._dynamodb.scan(
                TableName=self.table,
                FilterExpression=condition,
                ProjectionExpression=attributes,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=bound,
                ConsistentRead=True,
                **({"ExclusiveStartKey": start} if start else {}),
            )
            yield from page["Items"]


def unchanged_since(version: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition that an item is new, or has the version that was read."""
    return {
        "ConditionExpression": "attribute_not_exists(#v) OR #v = :read",
        "ExpressionAttributeNames": {"#v": "version"},
        "ExpressionAttributeValues": {":read": version},
    }


def _typed(value: str | int) -> dict[str, str]:
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def unpacked[T](kind: type[T], image: object) -> T:
    """Return the value in an item's payload, or in a stream record's new image.

    Raises `UnreadableError`, and nothing else, if the image holds none.
    """
    try:
        return unpack(kind, in_clear(image, "payload", "B"))
    except UnreadableError as error:
        raise UnreadableError(f"{in_clear(image, 'pk')}: {error}") from error


def check_version(image: Item, version: int) -> None:
    """Raise `UnreadableError` if the version beside the payload is a different one.

    `put` compares with the version beside the payload, so it would reject every
    successor of such an item. An item without a version has a successor.
    """
    stored = image.get("version", {"N": str(version)})
    if stored != {"N": str(version)}:
        raise UnreadableError(
            f"{in_clear(image, 'pk')}: the version beside the payload is not {version}"
        )


def count(image: object, name: str) -> int:
    """Return a number stored beside the payload; 0 if it is absent or unusable.

    The version and the number of findings are stored so, in case the payload becomes
    unreadable.
    """
    text = in_clear(image, name, "N") or ""
    fits = len(text) <= DIGITS and text.isascii() and text.isdigit()
    return int(text) if fits else 0
