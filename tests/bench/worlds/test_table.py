"""Specification of the table of worlds: `bench.worlds.table`."""

from bench.worlds.reports import WORLDS
from bench.worlds.run import Tally
from bench.worlds.table import page


def test_what_was_stated_first_is_shown_apart() -> None:
    """Two tables, each with its own row; the figures count both."""
    stated = next(w for w in WORLDS if w.stated and w.named)
    other = next(w for w in WORLDS if not w.stated and w.named)
    one = Tally(world=stated)
    one.add("draw-0", next(iter(stated.accept)))
    two = Tally(world=other)
    two.add("draw-0", "not-established")
    two.add("draw-1", "some-other-cause")
    text = page([one, two])
    first, second = text.split("## Others")
    assert f"`{stated.id}`" in first
    assert f"`{other.id}`" in second
    assert "| wrong blames | 1 | 0 | 1 |" in text
    assert "1 of 3 (33%)" in text
    assert "some-other-cause 1" in second
