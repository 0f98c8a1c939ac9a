"""Write units of an item, as DynamoDB bills them.

In: an item in DynamoDB's JSON. Out: its size in bytes, and the write units of a put.
It does not: call DynamoDB.
Source: Amazon DynamoDB, "DynamoDB item sizes and formats".
"""

from math import ceil
from typing import Any


def size(item: dict[str, dict[str, Any]]) -> int:
    """Return the bytes of an item: the names and values of its attributes."""
    return sum(len(name.encode()) + _size(**value) for name, value in item.items())


def _size(S: str = "", N: str = "", B: bytes = b"") -> int:  # noqa: N803 - DynamoDB's names
    number = 1 + ceil(len(N) / 2) if N else 0
    return len(S.encode()) + number + len(B)


def write_units(item: dict[str, dict[str, Any]]) -> int:
    """Return the write units of a put: one for each KB begun."""
    return ceil(size(item) / 1024)
