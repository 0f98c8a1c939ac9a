"""Records: the stream records of the writes to a table.

In: a request to DynamoDB that succeeded. Out: a record for each item that changed, as
Lambda passes it on.
It does not: make a record of an update or a removal: no mapping of the template passes
one of those that the functions write.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from chaos.clock import START

type Record = dict[str, Any]
EPOCH = START.timestamp()


class Records:
    """The records of all tables of a case."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, ...], object] = {}
        self._sequence = 0

    def of(
        self, operation: str, body: Mapping[str, Any], now: float
    ) -> Iterator[tuple[str, Record]]:
        """Yield each changed item's table and record."""
        for table, item in _written(operation, body):
            key = (table, *(str(item[n]) for n in ("pk", "sk") if n in item))
            before = self._last.get(key)
            if before == item:
                continue
            self._last[key] = item
            yield table, self.record(table, item, now, is_new=before is None)

    def record(
        self, table: str, item: Mapping[str, Any], now: float, *, is_new: bool = True
    ) -> Record:
        """Return the record of an item."""
        self._sequence += 1
        return {
            "eventID": f"{self._sequence:032x}",
            "eventName": "INSERT" if is_new else "MODIFY",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1",
            "eventSourceARN": f"arn:{table}/stream",
            "dynamodb": {
                "ApproximateCreationDateTime": float(int(EPOCH + now)),
                "Keys": {n: item[n] for n in ("pk", "sk") if n in item},
                "NewImage": item,
                "SequenceNumber": f"{self._sequence:021d}",
                "StreamViewType": "NEW_IMAGE",
            },
        }


def _written(
    operation: str, body: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if operation == "PutItem":
        yield body["TableName"], body["Item"]
    if operation == "TransactWriteItems":
        for write in body["TransactItems"]:
            for one in write.values():
                if "Item" in one:
                    yield one["TableName"], one["Item"]
