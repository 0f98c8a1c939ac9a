"""The filter criteria of stream mappings."""

from typing import Any

import pytest

from bench.cost.filters import passes

RECORD = {"eventName": "INSERT", "dynamodb": {"NewImage": {"kind": {"S": "run"}}}}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("run", True),
        ("report", False),
        ({"anything-but": ["report"]}, True),
        ({"anything-but": "run"}, False),
        ({"prefix": "ru"}, True),
        ({"exists": True}, True),
        ({"exists": False}, False),
    ],
)
def test_each_operator(rule: object, expected: object) -> None:
    """One matching rule of a list is enough."""
    pattern = {"dynamodb": {"NewImage": {"kind": {"S": [rule]}}}}
    assert passes(pattern, RECORD) is expected


def test_all_parts_must_match() -> None:
    """A removal does not pass, whatever its kind."""
    pattern: dict[str, Any] = {"eventName": ["INSERT", "MODIFY"]}
    assert passes(pattern, RECORD)
    assert not passes(pattern, RECORD | {"eventName": "REMOVE"})


def test_an_absent_attribute_is_not_anything_but() -> None:
    """Only `exists: false` accepts an item without the attribute."""
    pattern = {"dynamodb": {"NewImage": {"outcome": {"S": [{"anything-but": "x"}]}}}}
    assert not passes(pattern, RECORD)
    pattern = {"dynamodb": {"NewImage": {"outcome": {"S": [{"exists": False}]}}}}
    assert passes(pattern, RECORD)


def test_an_unknown_operator_is_an_error() -> None:
    """It must not silently drop or pass every record."""
    with pytest.raises(ValueError, match="numeric"):
        passes({"eventName": [{"numeric": [">", 1]}]}, RECORD)
