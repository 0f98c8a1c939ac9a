"""Tables: the units that requests to DynamoDB use, and the records of its streams.

In: a request's body and Moto's response. Out: units in the counter; a record for each
change of an item.
It does not: support transactions, local indexes, PartiQL, or reads of more than 1 MB;
a request that it does not know raises.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bench.cost.counter import Counter
from bench.cost.item_size import (
    Item,
    index_units,
    item_bytes,
    read_units,
    write_units,
)

type Record = dict[str, Any]
type Request = Mapping[str, Any]


class Table:
    """One table: its items as last written, its keys and its indexes."""

    def __init__(self, name: str, properties: Mapping[str, Any]) -> None:
        self.name = name
        self.keys = _key_names(properties)
        self.indexes = properties.get("GlobalSecondaryIndexes", [])
        self.items: dict[tuple[str, ...], Item] = {}
        self.streams = "StreamSpecification" in properties
        self.created_bytes = 0.0
        """Bytes of new items since the last reset."""

    def key(self, item: Item) -> tuple[str, ...]:
        """Return the values of an item's keys."""
        return tuple(next(iter(item[name].values())) for name in self.keys)

    def write(self, before: Item | None, after: Item | None) -> float:
        """Return the units of a write, with those of the indexes."""
        units = float(write_units(before, after))
        for index in self.indexes:
            keys = _key_names(index)
            old, new = (_view(one, index, self.keys) for one in (before, after))
            units += index_units(old, new, keys)
        return units


class Tables:
    """All tables.

    `stored` returns an item as Moto holds it, `again` the items of a query without its
    filter and projection; `on_change` receives each stream record.
    """

    def __init__(
        self,
        counter: Counter,
        stored: Callable[[str, Request], Item | None],
        again: Callable[[Request], list[Item]],
        on_change: Callable[[str, Record], None],
    ) -> None:
        self.tables: dict[str, Table] = {}
        self._counter = counter
        self._stored = stored
        self._again = again
        self._on_change = on_change
        self._sequence = 0

    def count(self, operation: str, request: Request, response: Request | None) -> None:
        """Count one request; without a response a condition was not met."""
        match operation:
            case "PutItem":
                self._write(request, request["Item"], response)
            case "DeleteItem":
                self._write(request, None, response)
            case "UpdateItem":
                after = self._stored(request["TableName"], request["Key"])
                self._write(request, after, response)
            case "GetItem":
                self._get(request["TableName"], request["Key"], request)
            case "Query" | "Scan":
                found = self._evaluated(request, response or {})
                self._read(sum(map(item_bytes, found)), request)
            case "BatchGetItem":
                self._batch_get(request)
            case "BatchWriteItem":
                self._batch_write(request, response)
            case "TransactWriteItems":
                self._transact(request, response)
            case _:
                raise NotImplementedError(f"DynamoDB {operation} is not counted")

    def _batch_get(self, request: Request) -> None:
        for table, wanted in request["RequestItems"].items():
            for key in wanted["Keys"]:
                self._get(table, key, wanted)

    def _batch_write(self, request: Request, response: Request | None) -> None:
        for table, changes in request["RequestItems"].items():
            for change in changes:
                ((kind, inner),) = change.items()
                after = inner["Item"] if kind == "PutRequest" else None
                self._write({"TableName": table, **inner}, after, response)

    def _transact(self, request: Request, response: Request | None) -> None:
        """Count each part twice: once to prepare it and once to commit it.

        Source: Amazon DynamoDB Developer Guide, "Transactions - Capacity management".
        """
        for part in request["TransactItems"]:
            ((kind, inner),) = part.items()
            key = inner.get("Key") or {}
            changes = kind in {"Put", "Delete"}
            after = (
                inner.get("Item") if changes else self._stored(inner["TableName"], key)
            )
            # A part that only checks a condition changes nothing, and costs as much.
            self._write(inner, after, response, times=2)

    def _get(self, table: str, key: Item, request: Request) -> None:
        known = self.tables[table]
        item = known.items.get(known.key(key))
        self._read(item_bytes(item) if item else 0, request)

    def _evaluated(self, request: Request, response: Request) -> Iterable[Item]:
        """Return what a query or scan reads, before its filter and projection."""
        if "KeyConditionExpression" not in request:
            return self.tables[request["TableName"]].items.values()
        if "FilterExpression" in request or "ProjectionExpression" in request:
            return self._again(request)
        return response.get("Items", ())

    def _read(self, size: int, request: Request) -> None:
        consistent = bool(request.get("ConsistentRead"))
        self._counter.add(
            "dynamodb.read_units", read_units(size, consistent=consistent)
        )

    def _write(
        self,
        request: Request,
        after: Item | None,
        response: Request | None,
        times: int = 1,
    ) -> None:
        table = self.tables[request["TableName"]]
        key = table.key(request.get("Item") or request["Key"])
        before = table.items.get(key)
        if response is None:
            units = times * write_units(before, after)
            self._counter.add("dynamodb.write_units", units)
            return
        self._counter.add("dynamodb.write_units", times * table.write(before, after))
        if after is None:
            table.items.pop(key, None)
        else:
            table.items[key] = after
            table.created_bytes += 0 if before else item_bytes(after) + 100
        if before != after and table.streams:
            self._on_change(table.name, self._record(table, before, after))

    def _record(self, table: Table, before: Item | None, after: Item | None) -> Record:
        """Return a change as Lambda passes it on; DynamoDB omits one without effect."""
        self._sequence += 1
        shown = after or before or {}
        change: dict[str, Any] = {
            "Keys": {name: shown[name] for name in table.keys},
            "SequenceNumber": str(self._sequence),
            "StreamViewType": "NEW_IMAGE",
        }
        if after:
            change["NewImage"] = after
        name = "REMOVE" if after is None else "MODIFY" if before else "INSERT"
        return {
            "eventID": f"{self._sequence:032x}",
            "eventName": name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1",
            "eventSourceARN": f"arn:{table.name}/stream",
            "dynamodb": change,
        }


def _key_names(properties: Mapping[str, Any]) -> list[str]:
    return [key["AttributeName"] for key in properties["KeySchema"]]


def _view(item: Item | None, index: Mapping[str, Any], keys: list[str]) -> Item | None:
    """Return an item as an index contains it; None: it lacks the index's keys."""
    own = _key_names(index)
    if item is None or any(name not in item for name in own):
        return None
    projection = index.get("Projection", {})
    if projection.get("ProjectionType") == "ALL":
        return item
    kept = {*own, *keys, *projection.get("NonKeyAttributes", [])}
    return {name: value for name, value in item.items() if name in kept}
