"""Tally: right, not established and wrong, counted.

In: cases. Out: a `Tally`. It judges. It does not: print.
"""

from collections import Counter
from dataclasses import dataclass, field

from bench.accuracy.label import NONE
from bench.accuracy.score import named
from bench.dimensions.drawn import Drawn
from parallax.model.judgement import NOT_ESTABLISHED


@dataclass(slots=True, kw_only=True)
class Tally:
    """Cases of one row."""

    title: str
    read: bool = True
    """Whether the agent may read what leads to the target."""
    right: int = 0
    silent: int = 0
    """No cause was named although the evidence is complete."""
    wrong: int = 0
    by_cause: Counter[str] = field(default_factory=Counter[str])
    """What was true where it was not named."""
    lines: list[str] = field(default_factory=list[str])
    """Each wrong case."""

    @property
    def count(self) -> int:
        """All cases."""
        return self.right + self.silent + self.wrong

    @property
    def share(self) -> float:
        """The share that is right."""
        return self.right / self.count if self.count else 0.0

    def add(self, case: Drawn) -> None:
        """Judge one case and count it."""
        cause = named(case.snapshot)[0]
        silent = cause in {NONE, NOT_ESTABLISHED}
        if not silent and cause not in case.label.accept:
            self.wrong += 1
            self.lines.append(f"{case.id}: {cause}, true was {case.label.cause}")
        elif silent and case.label.evidence == "complete":
            self.silent += 1
            self.by_cause[case.label.cause] += 1
        else:
            self.right += 1
