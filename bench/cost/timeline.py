"""Timeline: calls at their simulated times, one after the other.

In: calls with their seconds. Out: each call, with the clock set to its time.
It does not: run two calls at the same time.
"""

import heapq
from collections.abc import Callable
from itertools import count

from bench.cost.clock import Clock

type Call = Callable[[], object]


class Timeline:
    """The calls that are still to come."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._queue: list[tuple[float, int, Call]] = []
        self._order = count()

    @property
    def now(self) -> float:
        """The seconds since the start."""
        return self._clock.seconds

    def at(self, seconds: float, call: Call) -> None:
        """Schedule a call."""
        heapq.heappush(self._queue, (seconds, next(self._order), call))

    def later(self, seconds: float, call: Call) -> None:
        """Schedule a call so many seconds from now."""
        self.at(self.now + seconds, call)

    def skip(self, seconds: float) -> None:
        """Let so much time pass in which nothing happens; all calls come later."""
        self._clock.move_to(self.now + seconds)
        self._queue = [(at + seconds, n, call) for at, n, call in self._queue]

    def until(self, seconds: float) -> None:
        """Make all calls before this time."""
        while self._queue and self._queue[0][0] < seconds:
            at, _, call = heapq.heappop(self._queue)
            self._clock.move_to(at)
            call()
