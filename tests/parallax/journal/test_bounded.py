"""Bounded: a container's memory has a limit."""

from parallax.journal.bounded import Bounded


def test_what_was_used_longest_ago_is_forgotten() -> None:
    """Reading a value counts as using it."""
    bounded: Bounded[str, int] = Bounded(2)
    bounded.put("a", 1)
    bounded.put("b", 2)
    assert bounded.get("a") == 1
    bounded.put("c", 3)
    assert [bounded.get(name) for name in "abc"] == [1, None, 3]
    bounded.put("a", 4)
    assert [bounded.get(name) for name in "ac"] == [4, 3]
