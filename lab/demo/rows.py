"""Rows: JSON text with one object on each row, so that a diff shows which one changed.

In: what `json.dumps` takes. Out: JSON text of the same value.
It does not: drop or change anything; only the order of keys differs.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ROW = 500
"""Characters; a smaller object stays on one row even if it holds a list of objects."""


def in_rows(value: object, indent: str = "") -> str:
    """Return a value as JSON text with one row for each object of a list.

    The plain fields of a larger object share its first row. Its lists of objects, and
    its objects that hold such lists, follow on rows of their own.
    """
    text = _compact(value)
    if not _holds_list(value):
        return text
    if isinstance(value, Sequence):
        return f"[\n{',\n'.join(_items(value, f'{indent} '))}]"
    if len(text) < ROW or not isinstance(value, Mapping):
        return text
    return "{" + ",\n".join(_fields(value, f"{indent} ")) + "}"


def _items(values: Sequence[Any], indent: str) -> Iterator[str]:
    for value in values:
        yield f"{indent}{in_rows(value, indent)}"


def _fields(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Yield the plain fields as one text, then each field that has rows of its own."""
    plain = [k for k in value if not _holds_list(value[k])]
    if plain:
        yield ", ".join(f"{_compact(k)}: {_compact(value[k])}" for k in plain)
    first = "" if plain else "\n"
    for key in (k for k in value if k not in plain):
        yield f"{first}{indent}{_compact(key)}: {in_rows(value[key], indent)}"
        first = ""


def _holds_list(value: object) -> bool:
    """Return whether a value is, or contains, a list of objects."""
    if isinstance(value, Mapping):
        return any(_holds_list(item) for item in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(isinstance(item, Mapping) or _holds_list(item) for item in value)
    return False


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
