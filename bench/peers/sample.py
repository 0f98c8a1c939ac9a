"""Sample: what several rounds measured, with its spread.

In: one value for each round. Out: the median and its spread, as text; ratios.
It does not: measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Sample:
    """One value for each round, in a unit, e.g. `ms CPU`."""

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The median of all rounds."""
        return median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest round; of eight or more, the middle half."""
        ordered = sorted(self.values)
        cut = len(ordered) // 4 if len(ordered) >= 8 else 0
        return ordered[cut], ordered[-1 - cut]

    def ratio_to(self, other: "Sample") -> float:
        """Return how many times the other's median this one is."""
        return self.middle / other.middle

    @property
    def text(self) -> str:
        """The median with three digits."""
        return digits(self.middle)

    @property
    def spread_text(self) -> str:
        """The spread as `low to high`."""
        return " to ".join(map(digits, self.spread))


def digits(value: float) -> str:
    """Return a number with three digits, and no exponent."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
