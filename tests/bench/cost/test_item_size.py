"""Item sizes and units, as DynamoDB's guide computes them."""

import base64

from bench.cost.item_size import index_units, item_bytes, read_units, write_units


def test_names_and_values_count() -> None:
    """Text counts its bytes, a number half of its digits, binary what it decodes to."""
    packed = base64.b64encode(b"x" * 100).decode()
    assert item_bytes({"pk": {"S": "ä"}}) == 4
    assert item_bytes({"n": {"N": "1700000000"}}) == 8
    assert item_bytes({"b": {"B": packed}}) == 101
    assert item_bytes({"l": {"L": [{"S": "ab"}, {"BOOL": True}]}}) == 1 + 3 + 3 + 2


def test_a_write_costs_the_larger_version() -> None:
    """A small item that replaces a large one costs as much as the large one."""
    large, small = {"a": {"S": "x" * 2500}}, {"a": {"S": "x"}}
    assert write_units(large, small) == write_units(None, large) == 3
    assert write_units(None, None) == 1


def test_a_read_costs_pieces_of_four_kilobytes() -> None:
    """A read that need not be consistent costs half, and nothing costs one."""
    assert read_units(0, consistent=True) == 1
    assert read_units(4097, consistent=True) == 2
    assert read_units(4097, consistent=False) == 1


def test_an_index_costs_only_what_changes_in_it() -> None:
    """An entry with a new key is deleted and written."""
    first, other = {"open": {"S": "1"}}, {"open": {"S": "2"}}
    assert index_units(None, None, ["open"]) == 0
    assert index_units(first, first, ["open"]) == 0
    assert index_units(None, first, ["open"]) == 1
    assert index_units(first, other, ["open"]) == 2
