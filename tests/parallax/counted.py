"""Counted: the requests to DynamoDB, by operation and table.

In: a block of code. Out: a count of each operation and table. It does not: count units,
or replace the emulator.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from parallax.aws import client

EVENT = "provide-client-params.dynamodb.*"


@contextmanager
def counted() -> Iterator[Counter[tuple[str, str]]]:
    """Count the requests of a block."""
    calls: Counter[tuple[str, str]] = Counter()

    def count(params: dict[str, Any], model: Any, **_: Any) -> None:
        calls[model.name, params.get("TableName", "")] += 1

    events = client("dynamodb").meta.events
    events.register(EVENT, count)
    try:
        yield calls
    finally:
        events.unregister(EVENT, count)
