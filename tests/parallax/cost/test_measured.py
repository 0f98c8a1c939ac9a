"""The counted run: its units reproduce each simulated size."""

from collections.abc import Mapping
from typing import Any

import pytest

from parallax.cost import Size, bill_of, read_measured, read_prices, usage_of
from parallax.cost.measured import Measured, Units, features
from parallax.cost.usage import MONTH_MINUTES

MEASURED = read_measured()
HEALTHY = [run for run in MEASURED.runs if not run["failing"]]
ERROR = 0.1
"""Relative error of the bill of a size, from units instead of its own counts."""


@pytest.mark.parametrize("run", HEALTHY, ids=lambda r: f"{r['targets']}, {r['nodes']}")
def test_units_reproduce_what_was_counted(run: Mapping[str, Any]) -> None:
    """The bill of each simulated size is right within a few percent."""
    counts = {f"count.{name}": value for name, value in run["counts"].items()}
    counted: Mapping[str, float] = {**run["per_minute"], **counts}
    size = Size(targets=run["targets"], nodes=run["nodes"], clusters=run["clusters"])
    own = {meter: Units(fixed=value) for meter, value in counted.items()}
    fitted = {k: v for k, v in MEASURED.healthy.items() if k in counted}
    assert _total(size, fitted) == pytest.approx(_total(size, own), rel=ERROR)


def _total(size: Size, healthy: Mapping[str, Units]) -> float:
    measured = Measured(date="", healthy=healthy, failing={}, outage={}, long_outage={})
    return bill_of(usage_of(size, measured), read_prices("us-east-1")).total


def test_no_function_failed_while_it_was_counted() -> None:
    """A run with errors would count too little."""
    assert [run["errors"] for run in MEASURED.runs if run["errors"]] == []


def test_features_of_a_size() -> None:
    """300 targets are two shards; the first cluster is part of what is fixed."""
    found = features(300, 4, 3)
    assert found == {
        "fixed": 1,
        "cluster": 2,
        "node": 4,
        "target": 300,
        "shard": 1,
        "sharded_node": 4,
        "pair": 1200,
    }
    assert MONTH_MINUTES == 43_800
