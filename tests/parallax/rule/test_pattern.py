"""A pattern means what it means in Python, and no page makes it slow."""

import random
import re
import time

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from parallax.rule.pattern import matches
from parallax.rule.program import LONGEST, PatternError, compiled

HOSTILE = 64 * 1024
RANDOM = "".join(random.Random(1).choices("ab", k=HOSTILE))  # noqa: S311 - no secret
ATOMS = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", "^", "$", r"\Z", r"\n"]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: f"({a}|{b})", inner, inner),
        st.builds(
            lambda a, times: f"(?:{a}){times}",
            inner,
            st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?", "{2,}"]),
        ),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.text("ab1 \n", max_size=12))
def test_a_pattern_matches_where_python_s_does(pattern: str, text: str) -> None:
    """For every supported pattern, at both ends of the text too."""
    assume(len(pattern) <= LONGEST)
    try:
        expected = re.search(pattern, text) is not None
        assert matches(pattern, text) == expected
    except (PatternError, re.error):
        reject()


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_a_pattern_or_a_problem(pattern: str, text: str) -> None:
    """No pattern ends with another error."""
    try:
        compiled(pattern)
    except PatternError:
        return
    assert matches(pattern, text) in {True, False}


@pytest.mark.parametrize(
    ("pattern", "page"),
    [
        (r"(a+)+$", "a" * HOSTILE + "b"),
        (r"(a|a)*b", "a" * HOSTILE),
        (r"(.*,){20}x", "," * HOSTILE),
        (r"x.*y", "x" * HOSTILE),
        (r"a*a*a*a*a*b", "a" * HOSTILE),
        (r"(a|b)*a(a|b){60}c", RANDOM),
    ],
)
def test_no_page_makes_a_pattern_slow(pattern: str, page: str) -> None:
    """The worst pages for a search that backtracks take linear time."""
    began = time.process_time()
    assert not matches(pattern, page)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"(a)\1", "a backreference is not supported"),
        (r"a(?=b)", "a lookaround is not supported"),
        (r"\bword", r"\\b is not supported"),
        (r"a++", "a possessive quantifier is not supported"),
        (r"(?>a)", "an atomic group is not supported"),
        (r"(?m)^a", r"only \(\?i\) and \(\?s\)"),
        (r"a{500}", "repetitions are too many"),
        (r"((a{9}){9}){9}", "repetitions are too many"),
        ("(" * 60 + ")" * 60, "nested too deeply"),
        ("a" * 201, "it has 201 characters"),
        (r"(", "unterminated"),
        (r"[[a]", "nested set"),
    ],
)
def test_what_is_not_supported_is_named(pattern: str, reason: str) -> None:
    """A person learns why their pattern is not used."""
    with pytest.raises(PatternError, match=reason):
        compiled(pattern)


def test_flags_at_the_begin_are_used() -> None:
    """Case is ignored, and a dot matches a line break."""
    assert matches("(?i)OK", "all ok")
    assert matches("(?s)a.b", "a\nb")
    assert not matches("a.b", "a\nb")
