"""Figures, and the page that shows them."""

from bench.speed.figure import Figure
from bench.speed.page import page


def test_a_figure_says_which_part_of_its_limit_it_takes() -> None:
    """A ratio above 1 exceeds the limit; without a limit there is no ratio."""
    small, large = Figure("a", 75, "MB", 150), Figure("b", 151, "MB", 150)
    free = Figure("c", 1, "s")
    assert (small.ratio, small.holds, large.holds) == (0.5, True, False)
    assert (free.ratio, free.holds) == (None, True)
    assert small.row == "| a | 75.0 MB | 150 MB | 0.50 |"
    assert free.row == "| c | 1.0 s |  |  |"


def test_the_page_has_every_figure_and_how_it_came() -> None:
    """One row each, between the head and the notes."""
    text = page([Figure("a", 1, "s"), Figure("b", 2, "s", 4)])
    assert text.startswith("# Benchmarks\n")
    assert "| a | 1.0 s |  |  |\n| b | 2.0 s | 4 s | 0.50 |\n\n## How" in text
