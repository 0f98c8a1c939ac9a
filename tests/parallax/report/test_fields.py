"""Fields: an event of any shape leads to mappings, never to an error."""

import pytest

from parallax.report.fields import (
    FIELDS,
    QUERY_CHARACTERS,
    fields_in,
    fields_in_query,
    headers_in,
    mapping,
)


@pytest.mark.parametrize("value", [None, 5, "text", ["a"]])
def test_what_is_no_mapping_is_empty(value: object) -> None:
    """Also where headers or a query should be."""
    assert mapping(value) == {}
    assert headers_in({"headers": value}) == {}


def test_headers_have_lower_case_names() -> None:
    """As HTTP compares them."""
    assert headers_in({"headers": {"Accept-Encoding": "gzip"}}) == {
        "accept-encoding": "gzip"
    }


def test_a_repeated_field_is_left_out() -> None:
    """Nobody knows which of them is meant."""
    assert fields_in("s=1&e=2&s=3") == {"e": "2"}


def test_too_many_fields_and_too_long_a_query_have_none() -> None:
    """The limits are those of one page."""
    assert fields_in("&".join(f"f{n}=1" for n in range(FIELDS + 1))) == {}
    assert fields_in_query("s=" + "x" * QUERY_CHARACTERS) == {}
    assert fields_in_query(None) == {}
