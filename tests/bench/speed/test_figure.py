"""Figures: a value, and its share of a limit."""

from bench.speed.figure import Figure


def test_a_figure_says_which_part_of_its_limit_it_takes() -> None:
    """A ratio above 1 exceeds the limit; without a limit there is no ratio."""
    small, large = Figure("a", 75, "MB", 150), Figure("b", 151, "MB", 150)
    free = Figure("c", 1, "s")
    assert (small.ratio, small.holds, large.holds) == (0.5, True, False)
    assert (free.ratio, free.holds) == (None, True)
    assert small.row == "| a | 75.0 MB | 150 MB | 0.50 |"
    assert free.row == "| c | 1.0 s |  |  |"
