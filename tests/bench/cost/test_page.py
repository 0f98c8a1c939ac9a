"""docs/cost.md is the page of the last counted run."""

from bench.cost.__main__ import PAGE
from bench.cost.page import page
from parallax.cost import read_measured


def test_the_page_belongs_to_the_counted_run_and_the_prices() -> None:
    """`python -m bench.cost --page` would not change it."""
    assert PAGE.read_text() == page(read_measured())
