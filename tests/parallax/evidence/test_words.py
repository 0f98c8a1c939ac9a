"""Specification of the words of evidence: `parallax.evidence.words`."""

from parallax.evidence.words import every


def test_one_of_something_is_the_only_one() -> None:
    """`all 1 nodes` is not English."""
    assert every(1, "node", "nodes") == "the only node"
    assert every(5, "node", "nodes") == "all 5 nodes"
