"""Health: whether the agent's cycles still end, by its own clock.

In: the end of every cycle. Out: alive (else restart it) and ready (one cycle has
ended).
It does not: depend on `ingest` or the Kubernetes API; a restart repairs neither.
"""

import time
from collections.abc import Callable

MISSED = 8
"""Intervals without a cycle after which the agent counts as hung."""
SHORTEST = 180.0
"""Seconds; slow hops and a slow API may prolong a cycle this much."""


class Health:
    """The time at which the last cycle ended, successful or not."""

    def __init__(
        self, interval: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._now = now
        self._patience = max(MISSED * interval, SHORTEST)
        self._last = now()
        self._cycle_ended = False

    def beat(self) -> None:
        """Record that a cycle ended."""
        self._last, self._cycle_ended = self._now(), True

    def alive(self) -> bool:
        """Tell whether cycles still end."""
        return self._now() - self._last <= self._patience

    def ready(self) -> bool:
        """Tell whether the first cycle has ended and cycles still end."""
        return self._cycle_ended and self.alive()
