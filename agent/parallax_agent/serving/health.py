"""Health: whether the agent still looks, by its own clock.

In: the end of every cycle. Out: alive (else restart it) and ready (it has looked once).
It does not: depend on `ingest` or the Kubernetes API; restarting mends neither.
"""

import time
from collections.abc import Callable

MISSED = 8
"""Intervals without a cycle after which it hangs."""
SHORTEST = 180.0
"""Seconds: a cycle may wait for slow hops and a slow API, and is no hang."""


class Health:
    """The time of the last cycle that ended, well or not."""

    def __init__(
        self, interval: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._now = now
        self._patience = max(MISSED * interval, SHORTEST)
        self._last = now()
        self._cycle_ended = False

    def beat(self) -> None:
        """Take down that a cycle ended."""
        self._last, self._cycle_ended = self._now(), True

    def alive(self) -> bool:
        """Say whether cycles still end."""
        return self._now() - self._last <= self._patience

    def ready(self) -> bool:
        """Say whether the first cycle has ended, and it still lives."""
        return self._cycle_ended and self.alive()
