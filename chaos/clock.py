"""Clock: the simulated time of a case, and what an invocation takes of it.

In: the second of the simulation. Out: the time as every module sees it. `sleep` and
waiting for AWS take simulated seconds only.
It does not: let the time of one invocation delay another one: they overlap, as in
Lambda.
"""

import time
from datetime import UTC, datetime
from itertools import count

from bench.cost.clock import Clock

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""Always the same, so that a seed gives the same case."""


class ChaosClock(Clock):
    """The time of one process."""

    def __init__(self) -> None:
        self.skew = 0.0
        super().__init__()
        self.spent = 0.0
        """Seconds that the present invocation has taken."""
        # `skew`: seconds by which the present container's clock is wrong.
        self._began = 0.0
        self._sleep = time.sleep
        self._ticks = count()
        time.sleep = self.take
        time.monotonic = self._monotonic
        self.restart()

    def _monotonic(self) -> float:
        """Return simulated seconds; real ones would make each run another one."""
        return 1000.0 + self.seconds + next(self._ticks) * 1e-9

    def restart(self) -> None:
        """Begin another case."""
        self.start = START
        self.spent = self.skew = self._began = 0.0
        self.move_to(0.0)

    def move_to(self, seconds: float) -> None:
        """Set the time; the wall clock of the present container may be wrong."""
        super().move_to(seconds)
        if self.skew:
            self._traveler.move_to(self.start.timestamp() + seconds + self.skew)

    def enter(self, skew: float = 0.0) -> None:
        """Begin an invocation in a container with this clock."""
        self._began, self.spent, self.skew = self.seconds, 0.0, skew
        self.take(0.0)

    def leave(self) -> float:
        """End an invocation; return what it took. The time is again that of before."""
        spent, self.spent, self.skew = self.spent, 0.0, 0.0
        self.move_to(self._began)
        return spent

    def take(self, seconds: float) -> None:
        """Let simulated seconds pass in the present invocation."""
        self.spent += max(0.0, seconds)
        self.move_to(self._began + self.spent)

    def close(self) -> None:
        """Use the real time again."""
        time.sleep = self._sleep
        super().close()
