"""Sets of status codes, as people write and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.status_codes import VALID, codes_text, read


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        (200, [200]),
        ("404", [404]),
        ("2xx", range(200, 300)),
        ("5XX", range(500, 600)),
        ("200-204", range(200, 205)),
        ("301 - 302", [301, 302]),
    ],
)
def test_a_number_a_class_and_a_range_are_codes(
    written: object, codes: list[int]
) -> None:
    """In the spellings that people use."""
    found = read(written)
    assert found is not None
    assert list(found) == list(codes)


@pytest.mark.parametrize(
    "written",
    [True, 99, 600, 200.0, None, "", "6xx", "2x", "xx", "299-200", "99-200", "٢٠٠"],
)
def test_anything_else_is_not_a_code(written: object) -> None:
    """Not even a boolean, which Python counts as a number."""
    assert read(written) is None


@given(st.sets(st.sampled_from(VALID), min_size=1))
def test_the_text_of_codes_reads_as_the_same_codes(codes: set[int]) -> None:
    """A class for a whole hundred, a range for neighbors."""
    parts = [read(part) for part in codes_text(codes).split(", ")]
    assert {code for part in parts if part is not None for code in part} == codes


@given(st.text(max_size=12))
def test_any_text_is_codes_or_none(written: str) -> None:
    """Every code that is read is a valid one."""
    assert set(read(written) or ()) <= set(VALID)


def test_the_text_is_short() -> None:
    """E.g. for a rule with a class and single codes."""
    codes = [*range(200, 300), 401, 500, 501, 502, 304]
    assert codes_text(codes) == "2xx, 304, 401, 500-502"
    assert codes_text(range(200, 400)) == "2xx, 3xx"
