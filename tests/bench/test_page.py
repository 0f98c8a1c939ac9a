"""The page: every figure of a run, and how it was measured."""

from bench.page import Run, page
from bench.peers.coldstart import BARE
from bench.peers.functions import Work
from bench.peers.sample import Sample
from bench.peers.turns import Measured
from bench.speed.figure import Figure


def test_the_page_has_every_table_the_chart_and_how_it_was_measured() -> None:
    """The limits have one row each."""
    one = Sample("parallax", "ms CPU", (1.0,))
    both = {"parallax": one}
    run = Run(
        Measured(both, both, both, both, both, both),
        [Sample(BARE, "ms CPU", (6.0,)), Sample("probe", "ms CPU", (180.0,))],
        Work(one, one, one, one),
        18,
        [Figure("a", 1, "s"), Figure("b", 2, "s", 4)],
    )
    text = page(run)
    assert text.startswith("# Benchmarks\n")
    assert "(benchmarks.svg)" in text
    assert "\n18 s in the lab" in text
    assert "| a | 1.0 s |  |  |\n| b | 2.0 s | 4 s | 0.50 |\n\n## How" in text
    assert (
        "| start of probe, of a bare interpreter's | 30.0 |  | 33 x | reached |" in text
    )
    assert "{" not in text
