"""What a person probably meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.targets.hint import hint

KEYS = ("status_codes", "body_contains", "max_seconds", "GET")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("status_code", "status_codes"),
        ("statusCodes", "status_codes"),
        ("body-contains", "body_contains"),
        ("MAX_SECOND", "max_seconds"),
        ("get", "GET"),
    ],
)
def test_a_similar_word_is_named(word: str, meant: str) -> None:
    """Whatever the case, and with hyphens."""
    assert hint(word, KEYS) == f"; did you mean {meant}?"


@given(st.text() | st.integers() | st.none())
def test_any_other_word_has_no_hint_and_is_not_repeated(word: object) -> None:
    """A hint has only possible words; the other one may be a secret."""
    found = hint(word, KEYS)
    assert found in {"", *(f"; did you mean {key}?" for key in KEYS)}


def test_a_long_word_is_not_compared() -> None:
    """Comparing a word of twice the length takes four times as long."""
    assert hint("status_codes" * 1000, KEYS) == ""
