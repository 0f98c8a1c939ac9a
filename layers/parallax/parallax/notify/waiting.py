"""Waiting: records that one route rejected for now, in order for each subject.

In: stream records of the incidents table. Out: the same, later. They are kept in that
table: one item for each record, and one item for each route that lists them.
It does not: send; `parallax.notify.delivery` does, once a minute.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import time_ns
from typing import Any

from parallax.aws import client
from parallax.model.packed import UnreadableError

KEPT = timedelta(days=14)
DIGITS = 40
"""Of a stream's sequence number, padded with zeros so that it sorts as text."""

type Image = Mapping[str, Any]
"""An item of the table, in DynamoDB's JSON."""


class Waiting:
    """The waiting records of one route."""

    def __init__(self, table: str, route: str) -> None:
        self.table = table
        self._list = f"waiting/{route}"

    def by_subject(self) -> dict[str, list[str]]:
        """Return the keys of waiting records, by subject, oldest first.

        Raises `UnreadableError` for a damaged list, and botocore's errors.
        """
        found = client("dynamodb").get_item(
            TableName=self.table, Key={"pk": {"S": self._list}}, ConsistentRead=True
        )
        entries: dict[str, list[str]] = found.get("Item", {}).get("entries", {"SS": []})
        if "SS" not in entries:
            raise UnreadableError(f"{self._list}: entries: expected a set of strings")
        keys = entries["SS"]
        waiting: dict[str, list[str]] = {}
        for key in sorted(keys):
            waiting.setdefault(key[DIGITS + 1 :], []).append(key)
        return waiting

    def add(self, subject: str, record: Mapping[str, Any]) -> None:
        """Store a record after those of its subject. Raises botocore's errors.

        The record is stored before its entry, so that each entry has its record.
        """
        change = record["dynamodb"]
        order = str(change.get("SequenceNumber") or time_ns()).zfill(DIGITS)
        key = f"{order}/{subject}"
        expires_at = int((datetime.now(UTC) + KEPT).timestamp())
        client("dynamodb").put_item(
            TableName=self.table,
            Item={
                **self._key(key),
                "kind": {"S": "waiting"},
                "image": {"M": _stored(change["NewImage"])},
                "expires_at": {"N": str(expires_at)},
            },
        )
        self._change("ADD", key)

    def image(self, key: str) -> Image | None:
        """Return the waiting image with this key, or None if its item is gone.

        Raises `UnreadableError` for an item without an image.
        """
        found = client("dynamodb").get_item(
            TableName=self.table, Key=self._key(key), ConsistentRead=True
        )
        item = found.get("Item")
        if item is None:
            return None
        if "M" not in item.get("image", {}):
            raise UnreadableError(f"{self._list}/{key}: image: expected a map")
        return item["image"]["M"]

    def remove(self, key: str) -> None:
        """Remove a record's entry, then the record. Raises botocore's errors."""
        self._change("DELETE", key)
        client("dynamodb").delete_item(TableName=self.table, Key=self._key(key))

    def _change(self, verb: str, key: str) -> None:
        client("dynamodb").update_item(
            TableName=self.table,
            Key={"pk": {"S": self._list}},
            UpdateExpression=f"SET #kind = :kind {verb} entries :entry",
            ExpressionAttributeNames={"#kind": "kind"},
            ExpressionAttributeValues={
                ":kind": {"S": "waiting"},
                ":entry": {"SS": [key]},
            },
        )

    def _key(self, key: str) -> dict[str, Any]:
        return {"pk": {"S": f"{self._list}/{key}"}}


def _stored(image: Image) -> Image:
    """Return an image with bytes instead of the base64 text of the stream's JSON."""
    return {name: _value(value) for name, value in image.items()}


def _value(value: Mapping[str, Any]) -> Mapping[str, Any]:
    packed = value.get("B")
    return {"B": base64.b64decode(packed)} if isinstance(packed, str) else value
