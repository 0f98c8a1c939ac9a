"""Options: the cheapest way to Prometheus is the one that was chosen."""

import pytest

from bench.cost.options import MEASURED, options
from bench.cost.page import REGION
from bench.cost.points import ASKED
from parallax.cost import read_prices
from parallax.targets.shard import shards

ROWS = {
    str(name): [float(one) for one in dollars]
    for name, *dollars in options(read_prices(REGION), dict.fromkeys(ASKED, 400_000.0))
}


def test_every_size_of_the_page_was_measured() -> None:
    """With the number of shards that so many targets have."""
    assert list(MEASURED) == list(ASKED)
    for (targets, _), one in MEASURED.items():
        assert one.shards == shards(targets)


@pytest.mark.parametrize("size", range(len(ASKED)))
def test_a_scrape_is_cheaper_than_a_file_and_a_push(size: int) -> None:
    """And each is cheaper than custom metrics, at every size."""
    scrape = ROWS["`MetricsToken`: a scrape a minute"][size]
    push = ROWS["`OtlpUrl`: a push a minute"][size]
    assert scrape < ROWS["not chosen: a file in S3 each minute"][size]
    assert scrape < push < ROWS["`Metrics=phases`"][size]


def test_a_small_stack_exports_for_cents() -> None:
    """Less than a tenth of its bill; a dashboard beyond the free ones doubles it."""
    assert ROWS["`MetricsToken`: a scrape a minute"][0] < 0.26
    assert ROWS["`Dashboard=true`, from the fourth on"][0] == 3.0
    assert ROWS["`Tracing=Active`, at most"][0] == pytest.approx(2.0)


def test_what_a_route_and_a_page_cost_does_not_depend_on_the_targets() -> None:
    """An idle queue costs more than the messages in it."""
    names = ("routes: an empty queue that is polled, at most", "`StatusPageBucket`")
    for name in names:
        assert len(set(ROWS[name])) == 1
    assert ROWS[names[0]][0] == pytest.approx(0.33, abs=0.01)
    assert ROWS[names[1]][0] < 0.1
    assert ROWS["1,000 views of the overview"][0] < 0.05
