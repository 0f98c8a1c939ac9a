"""Clock: the simulated time of one process.

In: the second of the simulation. Out: `datetime.now`, `time.time` and `time.monotonic`
that follow it. Inside an invocation the date is constant, and `monotonic` increases.
It does not: change the measurement of processor time. Install it before the functions
are imported: some of their modules keep `monotonic` as a default argument.
"""

import time
from datetime import UTC, datetime
from typing import Any

import time_machine

_REAL = time.monotonic


class Clock:
    """The time, from `start` on; `seconds` have passed since."""

    def __init__(self) -> None:
        began = datetime.now(UTC)
        self.start = began.replace(second=0, microsecond=0)
        self._base = _REAL()
        self._offset = 0.0
        self.seconds = 0.0
        """Since the start."""
        self._travel = time_machine.travel(self.start, tick=False)
        self._traveler: Any = self._travel.start()
        time.monotonic = lambda: _REAL() + self._offset

    def move_to(self, seconds: float) -> None:
        """Set the time, to the millisecond that an event happens."""
        self.seconds = seconds
        self._traveler.move_to(self.start.timestamp() + seconds)
        self._offset = self._base + seconds - _REAL()

    def close(self) -> None:
        """Use the real time again."""
        self._travel.stop()
        time.monotonic = _REAL
