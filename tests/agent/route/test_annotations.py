"""Annotations that only controllers understand."""

import pytest

from parallax_agent.route import annotations
from tests.agent.shapes import ingress


@pytest.mark.parametrize(
    ("text", "yes"),
    [("true", True), ("T", True), ("1", True), ("yes", False), ("", False)],
)
def test_true_is_parsed_as_in_go(text: str, *, yes: bool) -> None:
    """As strconv.ParseBool parses it; an absent annotation is false."""
    assert annotations.is_true(ingress(annotations={"a": text}), "a") is yes
    assert not annotations.is_true(ingress(), "a")


def test_a_list_is_by_commas() -> None:
    """Blanks around a name and empty entries do not count."""
    item = ingress(annotations={"a": "one, two,,"})
    assert annotations.listed(item, "a") == ["one", "two"]
    assert annotations.listed(item, "b") == []


def test_the_spec_s_class_goes_before_the_annotation() -> None:
    """The annotation is the older form."""
    old = {annotations.CLASS: "old"}
    assert annotations.class_name(ingress(cls="new", annotations=old)) == "new"
    assert annotations.class_name(ingress(annotations=old)) == "old"
    assert annotations.class_name(ingress()) is None
