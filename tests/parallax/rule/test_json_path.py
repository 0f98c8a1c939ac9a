"""A path leads to one value, or to none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.rule.json_path import MISSING, same, steps, value_at

DOCUMENT = {"status": "ok", "items": [{"id": 7}, None], "a b": {"c.d": 1}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status", "ok"),
        ("$.status", "ok"),
        ("items[0].id", 7),
        ("$.items[-1]", None),
        ('$["a b"]["c.d"]', 1),
        ("$['a b']['c.d']", 1),
        ("$", DOCUMENT),
        ("$.items[2]", MISSING),
        ("$.items.id", MISSING),
        ("$.status[0]", MISSING),
        ("$.none.more", MISSING),
    ],
)
def test_a_path_leads_to_a_value(path: str, value: object) -> None:
    """Names, positions and quoted names, with or without `$`."""
    assert value_at(DOCUMENT, path) == value


@pytest.mark.parametrize(
    "path", ["", "a..b", "$..a", "$.*", "a[*]", "a[0:1]", "a[", "$.", "a.", "a" * 201]
)
def test_what_leads_to_many_values_is_no_path(path: str) -> None:
    """Wildcards, slices and descents are not supported."""
    assert steps(path) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON, st.text(max_size=30))
def test_any_path_and_document_have_an_answer(document: object, path: str) -> None:
    """No text raises: it is not a path, or leads to a value or to none."""
    if steps(path) is not None:
        value_at(document, path)


@given(st.lists(st.text("ab_", min_size=1, max_size=4), min_size=1, max_size=5))
def test_names_are_read_in_order(names: list[str]) -> None:
    """Dots separate names."""
    assert steps(".".join(names)) == tuple(names)


@pytest.mark.parametrize(
    ("value", "wanted", "equal"),
    [
        (True, 1, False),
        (0, False, False),
        (True, True, True),
        (1, 1.0, True),
        ("1", 1, False),
        (None, None, True),
    ],
)
def test_types_are_compared_as_well(
    value: object, wanted: object, *, equal: bool
) -> None:
    """`true` is not the number 1; 1 and 1.0 are one number."""
    assert same(value, wanted) is equal
