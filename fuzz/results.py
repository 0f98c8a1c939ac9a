"""Results: what a run found.

In: outcomes of inputs. Out: the counts of its last line. It does not: run anything.
"""

from dataclasses import dataclass, field

from fuzz.watchdog import Outcome


@dataclass(slots=True)
class Results:
    """Counts of a run; failures with the same first line are counted once."""

    inputs: int = 0
    guided: int = 0
    crashes: int = 0
    hangs: int = 0
    slowest: tuple[float, str] = (0.0, "-")
    memory: tuple[int, str] = (0, "-")
    known: set[str] = field(default_factory=set[str])

    def add(self, entry: str, outcome: Outcome) -> bool:
        """Count an outcome; tell whether it is a failure that is not known yet."""
        self.inputs += 1
        if not outcome.memory:  # measured inputs are slower
            self.slowest = max(self.slowest, (outcome.seconds, entry))
        self.memory = max(self.memory, (outcome.memory, entry))
        if outcome.failure is None:
            return False
        self.crashes += outcome.kind == "crash"
        self.hangs += outcome.kind == "hang"
        first = f"{entry}: {outcome.failure.partition('\n')[0]}"
        new = first not in self.known
        self.known.add(first)
        return new

    def merge(self, other: "Results") -> None:
        """Add what another process counted."""
        self.inputs += other.inputs
        self.guided += other.guided
        self.crashes += other.crashes
        self.hangs += other.hangs
        self.slowest = max(self.slowest, other.slowest)
        self.memory = max(self.memory, other.memory)
        self.known |= other.known

    @property
    def line(self) -> str:
        """The last line of a run."""
        return (
            f"inputs {self.inputs + self.guided} (guided by coverage {self.guided}), "
            f"crashes {self.crashes}, hangs {self.hangs}, "
            f"slowest {self.slowest[0]:.3f} s ({self.slowest[1]}), "
            f"largest memory {self.memory[0] / 1e6:.1f} MB ({self.memory[1]})"
        )
