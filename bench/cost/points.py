"""Points: the sizes that are simulated, and the units that explain all of them.

In: nothing. Out: sizes; from their results the content of `measured.json`.
It does not: simulate.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.cost.fit import fit
from bench.cost.stack import SETTLED, WARM_MINUTES, Size
from parallax.cost.measured import features, reporting

ASKED = ((2, 5), (20, 10), (500, 100), (10_000, 500))
"""Targets and nodes for which the bill is stated."""
HEALTHY = (
    Size(targets=2, nodes=5, minutes=60),
    Size(targets=20, nodes=10, minutes=60),
    # A shard stores its past in each fifteenth minute.
    Size(targets=500, nodes=100, minutes=15, muted=1),
    Size(targets=10_000, nodes=500, minutes=1, warm=1, muted=1),
    # These tell apart what targets, nodes and clusters add.
    Size(targets=200, nodes=10, minutes=15, muted=1),
    Size(targets=20, nodes=100, minutes=15, muted=1),
    Size(targets=20, nodes=10, clusters=5, minutes=15),
    # These are the same as failing ones.
    Size(targets=2, nodes=10, minutes=30),
    Size(targets=2, nodes=50, minutes=15),
)
NEW, LONG = WARM_MINUTES, WARM_MINUTES + 16
LONGEST = WARM_MINUTES + 2 + SETTLED
"""Minutes before an outage is measured, by its age."""
FAILING = (
    Size(targets=2, nodes=5, failing=1, warm=NEW, minutes=8),
    Size(targets=2, nodes=10, failing=1, warm=NEW, minutes=8),
    Size(targets=2, nodes=5, failing=1, warm=LONG, minutes=5),
    Size(targets=2, nodes=10, failing=1, warm=LONG, minutes=5),
    # An investigation follows every twenty minutes.
    Size(targets=2, nodes=5, failing=1, warm=LONGEST, skipped=180, minutes=20),
    Size(targets=2, nodes=10, failing=1, warm=LONGEST, skipped=180, minutes=20),
)
"""One target fails: its first minutes, after a quarter of an hour, after two hours."""
SHARE = (
    Size(targets=20, nodes=10, failing=1, warm=NEW, minutes=8),
    Size(targets=500, nodes=100, failing=5, warm=NEW + 1, minutes=3, muted=1),
    Size(
        targets=10_000,
        nodes=500,
        failing=100,
        warm=1,
        fails_after=1,
        minutes=2,
        muted=1,
    ),
)
"""One percent fails, at larger sizes. Of the largest only the first two minutes of the
failure are simulated; only the rest of the time is computed, not the size."""

NOISE = 1e-6


def age(warm: int) -> int:
    """Return which of the three ages a failure has in a run: `NEW` for a young one."""
    return warm if warm in {LONG, LONGEST} else NEW


type Result = Mapping[str, Any]


def meters(result: Result) -> dict[str, float]:
    """Return all meters of a result; things that exist are named `count.…`."""
    counts = {f"count.{name}": value for name, value in result["counts"].items()}
    return {**result["per_minute"], **counts}


def row(size: Size) -> Mapping[str, float]:
    """Return how often each unit counts for a size."""
    return features(size.targets, size.nodes, size.clusters)


def healthy_units(
    sizes: Sequence[Size], results: Sequence[Result]
) -> dict[str, dict[str, float]]:
    """Return the units of each meter of a healthy stack."""
    found = [meters(result) for result in results]
    rows = [row(size) for size in sizes]
    names = sorted({name for one in found for name in one})
    fitted = {name: fit(rows, [one.get(name, 0.0) for one in found]) for name in names}
    return {name: units for name, units in fitted.items() if units}


def failing_units(
    pairs: Sequence[tuple[Size, Result, Result]],
) -> dict[str, dict[str, float]]:
    """Return what a minute of one failing target adds, from runs with and without it.

    A meter that a failure lowers, e.g. since fewer agents wait, counts as unchanged.
    """
    rows = [
        {"fixed": 1.0, "node": reporting(size.nodes / size.clusters)}
        for size, _, _ in pairs
    ]
    added = [
        _difference(meters(failing), meters(healthy), size.failing)
        for size, failing, healthy in pairs
    ]
    names = sorted({name for one in added for name in one if ".cpu" not in name})
    fitted = {
        name: fit(rows, [_added(one.get(name, 0.0)) for one in added])
        for name in names
        if not name.startswith("count.")
    }
    return {name: units for name, units in fitted.items() if units}


def _added(value: float) -> float:
    """Return a difference, without what only rounding left of equal numbers."""
    return value if value > NOISE else 0.0


def _difference(
    failing: Mapping[str, float], healthy: Mapping[str, float], count: int
) -> dict[str, float]:
    return {
        name: (value - healthy.get(name, 0.0)) / count
        for name, value in failing.items()
    }
