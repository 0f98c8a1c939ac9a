"""docs/cost.md is the page of the last counted run."""

from bench.cost.__main__ import PAGE, written


def test_the_page_belongs_to_the_counted_run_and_the_prices() -> None:
    """`python -m bench.cost --page` would not change it."""
    assert PAGE.read_text() == written()
