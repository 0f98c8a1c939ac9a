"""Selectors: the API's own grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.selectors import SelectorError, matches_fields, matches_labels

LABELS = {"app": "api", "tier": "back"}
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        ("", True),
        ("app=api", True),
        ("app==api,tier=back", True),
        ("app!=api", False),
        ("app!=front", True),
        ("other!=x", True),
        ("app in (api, front)", True),
        ("app notin (api, front)", False),
        ("other notin (x)", True),
        ("app", True),
        ("!app", False),
        ("!other,tier in (back)", True),
    ],
)
def test_label_selectors(selector: str, *, matches: bool) -> None:
    """Equality, sets and existence, joined by commas."""
    assert matches_labels(selector, LABELS) is matches


def test_field_selectors_follow_a_dotted_path() -> None:
    """An absent field counts as empty."""
    pod = {"metadata": {"name": "a"}, "spec": {"nodeName": "worker-01"}}
    assert matches_fields("spec.nodeName=worker-01,metadata.name!=b", pod)
    assert matches_fields("status.phase=", pod)
    assert not matches_fields("spec.nodeName=worker-02", pod)


def test_an_invalid_selector_is_rejected() -> None:
    """The API responds with 400, so it must not count as an empty selector."""
    with pytest.raises(SelectorError):
        matches_labels("app=api=x", LABELS)


@given(key=NAMES, value=NAMES, other=NAMES)
def test_in_and_notin_are_opposites(key: str, value: str, other: str) -> None:
    """Every label set satisfies exactly one of the two."""
    labels = {key: value}
    inside = matches_labels(f"{key} in ({value},{other})", labels)
    assert inside != matches_labels(f"{key} notin ({value},{other})", labels)
