"""Item size: how many bytes DynamoDB bills for an item, and how many units.

In: items in DynamoDB's JSON, as a request or a response has them. Out: bytes and units.
It does not: count the 100 bytes that storage adds to each item.
Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats" and
"DynamoDB read and write operations".
"""

from collections.abc import Callable, Iterable, Mapping
from math import ceil
from typing import Any

WRITE_BYTES = 1024
READ_BYTES = 4096

type Item = Mapping[str, Mapping[str, Any]]


def item_bytes(item: Item) -> int:
    """Return the size of an item: names and values."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Mapping[str, Any]) -> int:
    ((kind, inner),) = value.items()
    return _SIZES.get(kind, _one_byte)(inner)


def _text(text: str) -> int:
    return len(text.encode())


def _number(text: str) -> int:
    return len(text.strip("-.")) // 2 + 2


def _binary(text: str) -> int:
    """Return the bytes behind base64 text."""
    return len(text) * 3 // 4 - text[-2:].count("=")


def _set(items: Iterable[str]) -> int:
    return sum(len(item.encode()) for item in items) + 3


def _list(items: Iterable[Mapping[str, Any]]) -> int:
    return 3 + sum(1 + _value(item) for item in items)


def _map(items: Mapping[str, Mapping[str, Any]]) -> int:
    return 3 + sum(len(n.encode()) + 1 + _value(v) for n, v in items.items())


def _one_byte(_inner: object) -> int:
    """Return the size of a boolean or null."""
    return 1


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": _text,
    "N": _number,
    "B": _binary,
    "SS": _set,
    "NS": _set,
    "BS": _set,
    "L": _list,
    "M": _map,
}


def write_units(before: Item | None, after: Item | None) -> int:
    """Return the units of one write: the larger of both versions, rounded up."""
    largest = max(item_bytes(one) if one else 0 for one in (before, after))
    return max(1, ceil(largest / WRITE_BYTES))


def index_units(before: Item | None, after: Item | None, keys: list[str]) -> int:
    """Return the units that one index adds to a write.

    `before` and `after` are the item as projected into the index; None: not in it. An
    entry whose key changes is deleted and written.
    """
    if before == after:
        return 0
    if before and after and all(before[key] == after[key] for key in keys):
        return write_units(before, after)
    return sum(write_units(None, one) for one in (before, after) if one)


def read_units(size: int, *, consistent: bool) -> float:
    """Return the units of one read of so many bytes; a read of nothing costs one."""
    units = max(1, ceil(size / READ_BYTES))
    return units if consistent else units / 2
