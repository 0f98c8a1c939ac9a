"""Goals: what a stack may cost, next to two counted runs.

In: the counted run, a second one, prices. Out: rows of a table in docs/cost.md.
It does not: fail; a goal that is not reached has its reason in the page's text.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.cost.cells import money
from parallax.cost import Bill, Measured, Prices, Size, bill_of, usage_of

MONTH = 43_800.0
"""Minutes of a month-long outage."""
type Figure = Callable[[Measured, Prices], float]


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure in dollars a month, and the most that it may be."""

    name: str
    of: Figure
    most: float


def healthy(measured: Measured, prices: Prices, targets: int, nodes: int) -> Bill:
    """Return the bill of a stack without a failure."""
    size = Size(targets=targets, nodes=nodes)
    return bill_of(usage_of(size, measured), prices)


def outage(measured: Measured, prices: Prices, targets: int, nodes: int) -> float:
    """Return what a target adds that fails for a month."""
    size = Size(targets=targets, nodes=nodes, failing=1 / targets, outage_minutes=MONTH)
    ill = bill_of(usage_of(size, measured), prices)
    return ill.total - healthy(measured, prices, targets, nodes).total


def _each(targets: int, nodes: int) -> Figure:
    return lambda measured, prices: healthy(measured, prices, targets, nodes).per_target


GOALS = (
    Goal("2 targets, 5 nodes: whole stack", lambda m, p: healthy(m, p, 2, 5).total, 3),
    Goal("20, 10: for each target", _each(20, 10), 0.15),
    Goal("20, 10: one more target", lambda m, p: healthy(m, p, 20, 10).parts[2], 0.03),
    Goal("500, 100: for each target", _each(500, 100), 0.03),
    Goal("10,000, 500: for each target", _each(10_000, 500), 0.02),
    Goal("20, 10: one target fails for a month", lambda m, p: outage(m, p, 20, 10), 1),
    Goal(
        "500, 100: one target fails for a month",
        lambda m, p: outage(m, p, 500, 100),
        1,
    ),
)


def goals(
    measured: Measured, again: Measured | None, prices: Prices
) -> Iterator[Sequence[str]]:
    """Yield the head, and a row for each goal; `again` is the second run."""
    yield ("dollars a month", "counted", "counted again", "at most", "result")
    for goal in GOALS:
        first = goal.of(measured, prices)
        second = goal.of(again, prices) if again else None
        reached = max(first, second or 0.0) <= goal.most
        yield (
            goal.name,
            money(first),
            "" if second is None else money(second),
            money(goal.most),
            "reached" if reached else "not reached",
        )
