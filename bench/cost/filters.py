"""Filters: whether a stream record passes the filter criteria of a mapping.

In: a pattern of template.yaml, a record. Out: yes or no.
It does not: support every operator; an unknown one raises.
Source: AWS Lambda Developer Guide, "Control which events Lambda sends".
"""

from collections.abc import Mapping
from typing import Any

type Json = Any

_ABSENT: Json = object()


def passes(pattern: Mapping[str, Any], record: Json) -> bool:
    """Return whether each part of the pattern matches its part of the record."""
    return all(_part(wanted, _of(record, key)) for key, wanted in pattern.items())


def _of(record: Json, key: str) -> Json:
    return record.get(key, _ABSENT) if isinstance(record, Mapping) else _ABSENT


def _part(wanted: Json, found: Json) -> bool:
    if isinstance(wanted, Mapping):
        return passes(wanted, found)
    return any(_one(rule, found) for rule in wanted)


def _one(rule: Json, found: Json) -> bool:
    if not isinstance(rule, Mapping):
        return found == rule
    ((operator, value),) = rule.items()
    match operator:
        case "exists":
            return (found is not _ABSENT) is value
        case "prefix":
            return isinstance(found, str) and found.startswith(value)
        case "anything-but":
            left_out = value if isinstance(value, list) else [value]
            return found is not _ABSENT and found not in left_out
        case _:
            raise ValueError(f"filter operator {operator}: not supported here")
