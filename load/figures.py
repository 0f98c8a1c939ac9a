"""Figures: percentiles of a list of numbers.

In: numbers. Out: p50, p95, p99, the largest, as text too. It does not: measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """How numbers are spread; all 0 without any."""

    count: int
    p50: float
    p95: float
    p99: float
    largest: float

    def text(self, digits: int = 2) -> str:
        """Return the four numbers, e.g. `0.05 / 0.07 / 0.09 / 0.4`."""
        each = (self.p50, self.p95, self.p99, self.largest)
        return " / ".join(f"{one:,.{digits}f}" for one in each)


def spread(numbers: Sequence[float]) -> Spread:
    """Return the spread of numbers (nearest rank)."""
    ordered = sorted(numbers)
    if not ordered:
        return Spread(0, 0.0, 0.0, 0.0, 0.0)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return Spread(len(ordered), at(0.5), at(0.95), at(0.99), ordered[-1])
