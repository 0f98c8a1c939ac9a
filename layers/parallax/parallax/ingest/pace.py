"""Pace: the rounds of probes as one container of ingest has seen them.

In: a function that reads the shards' last rounds. Out: seconds until a node's next
heartbeat.
It does not: compute them; `parallax.ingest.next_heartbeat` does.
"""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from parallax.ingest.next_heartbeat import MANY, current, first_start, next_seconds
from parallax.journal.round_times import RoundTimes


class Pace:
    """The last rounds, read with `read`, and when those of earlier minutes began."""

    def __init__(self, read: Callable[[], Sequence[RoundTimes]]) -> None:
        self._read = read
        self._starts: deque[datetime] = deque(maxlen=MANY)

    def next_seconds(self, node: str, now: datetime) -> float:
        """Return the seconds until a node's next heartbeat.

        Raises what reading the rounds raises.
        """
        rounds = self._read()
        begun = first_start(current(now, rounds))
        if begun is not None and begun not in self._starts:
            self._starts.append(begun)
        return next_seconds(now, rounds, self._starts, node)
