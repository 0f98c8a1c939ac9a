"""Pace: the rounds of probes as one container of ingest has seen them.

In: a function that reads the shards' last rounds. Out: seconds until a node's next
heartbeat.
It does not: compute them; `parallax.ingest.next_heartbeat` does.
"""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from parallax.ingest.next_heartbeat import next_seconds
from parallax.journal.round_times import RoundTimes

STARTS = 10
"""Starts of rounds that a container remembers for each shard."""


class Pace:
    """The last rounds, read with `read`, and when earlier ones began."""

    def __init__(self, read: Callable[[], Sequence[RoundTimes]]) -> None:
        self._read = read
        self._starts: dict[int, deque[datetime]] = {}

    def next_seconds(self, node: str, now: datetime) -> float:
        """Return the seconds until a node's next heartbeat.

        Raises what reading the rounds raises.
        """
        rounds = self._read()
        for one in rounds:
            starts = self._starts.setdefault(one.shard, deque(maxlen=STARTS))
            if one.started_at not in starts:
                starts.append(one.started_at)
        return next_seconds(now, rounds, self._starts, node)
