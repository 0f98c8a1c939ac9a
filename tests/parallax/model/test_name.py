"""Names: every script is allowed; text that no key can contain is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.name import NAME_BYTES, is_name, is_node_name


@pytest.mark.parametrize(
    "text", ["keybuzz", "東京", "zürich", "~", "مراقبة", "a b", "x" * NAME_BYTES, "é"]
)
def test_names_of_every_script_are_allowed(text: str) -> None:
    """For a cluster and for a node."""
    assert is_name(text)
    assert is_node_name(text)


@pytest.mark.parametrize(
    "text", ["", " ", "a\nb", "a\x00", "a\u202eb", "\ud800", "x" * 254, "東" * 85]
)
def test_what_no_key_or_terminal_can_hold_is_not_a_name(text: str) -> None:
    """Nothing, control characters, half of a surrogate pair, more than 253 bytes."""
    assert not is_name(text)
    assert not is_node_name(text)


def test_only_a_cluster_may_hold_a_slash() -> None:
    """Keys end with cluster, slash and node: the last slash has to divide them."""
    assert is_name("eu/prod")
    assert not is_node_name("eu/prod")


@given(st.text())
def test_a_name_is_utf_8_of_bounded_length(text: str) -> None:
    """Every valid name can be encoded, and fits."""
    if is_name(text):
        assert 0 < len(text.encode()) <= NAME_BYTES
