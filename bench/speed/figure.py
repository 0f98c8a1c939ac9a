"""Figure: one measured value and its limit.

In: what was measured. Out: a row of the table. It does not: measure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A value; `gate` None: it has no limit."""

    name: str
    value: float
    unit: str
    gate: float | None = None

    @property
    def ratio(self) -> float | None:
        """The share of its limit that it takes; more than 1 exceeds it."""
        return None if self.gate is None else self.value / self.gate

    @property
    def holds(self) -> bool:
        """Whether it keeps its limit."""
        return self.gate is None or self.value <= self.gate

    @property
    def row(self) -> str:
        """The figure as a row of a Markdown table."""
        gate = "" if self.gate is None else f"{self.gate:g} {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return f"| {self.name} | {self.value:.1f} {self.unit} | {gate} | {ratio} |"
