"""Any text becomes short and harmless, and JSON keeps its form."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parallax.mcp import untrusted
from parallax.model.plain import plain, plain_line
from tests.parallax.hostile import POISON

TEXTS = st.text(st.characters(), max_size=700) | st.just(POISON * 100)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda parts: (
        st.lists(parts, max_size=3) | st.dictionaries(TEXTS, parts, max_size=3)
    ),
    max_leaves=6,
)


@given(TEXTS)
def test_a_text_is_short_and_on_one_line(text: str) -> None:
    """Names, URLs, sentences and commands."""
    for made, most in (
        (untrusted.name(text), untrusted.NAME),
        (untrusted.url(text) or "", untrusted.URL),
        (untrusted.sentence(text), untrusted.SENTENCE),
        (untrusted.command(text) or "", untrusted.COMMAND),
    ):
        assert len(made) <= most
        assert plain_line(made) == made


@given(st.lists(TEXTS, max_size=8), st.integers(1, 8))
def test_a_long_list_states_how_many_are_left_out(texts: list[str], most: int) -> None:
    """No sentence is lost without a word."""
    made = untrusted.sentences(texts, most)
    assert len(made) <= most + 1
    left = len(texts) - most
    assert (
        (made[-1:] == [f"… and {left} more"]) if left > 0 else len(made) == len(texts)
    )


@given(JSON)
def test_json_keeps_its_form(value: Any) -> None:
    """Only texts change; what is harmless and short stays the same."""
    for made in (untrusted.lines(value), untrusted.texts(value)):
        assert type(made) is type(value)
        written = json.dumps(made, ensure_ascii=False)
        assert plain(written) == written
    short = {"a": ["b", 1, None, True]}
    assert untrusted.lines(short) == untrusted.texts(short) == short
