"""Nodes: agents that push in simulated time, by the rules of the real one.

In: a cluster, a number of nodes, whether a target of it fails. Out: when each node
pushes next, and what it still has. It does not: make the bytes; `pushes` does.
The waits, the capacity and the backlog are the agent's own constants.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from parallax.ingest.alert import YOUNG_SECONDS
from parallax.model.reporters import MOST
from parallax_agent.pace.agenda import HEARTBEAT_SECONDS, UNKNOWN_PHASE_SECONDS
from parallax_agent.push.pusher import (
    BACKLOG_SECONDS,
    CAPACITY,
    FIRST_WAIT,
    MAX_WAIT,
)

INGRESS_NODES = 10
"""Nodes with an ingress pod, in each cluster: they report a failing target as well."""


APART = 3.0
"""Seconds between a heartbeat and a report: due at once, both would be one push."""


@dataclass(slots=True, eq=False)
class Message:
    """What waits to be sent; `made` is the second when it was put into the buffer."""

    made: float
    is_report: bool
    sequence: int = 0
    attempts: int = 0


@dataclass(slots=True, eq=False)
class Node:
    """One agent."""

    cluster: str
    name: str
    chance: Random
    reports: bool
    heartbeat_at: float
    report_at: float
    stops_at: float
    waiting: deque[Message] = field(default_factory=deque[Message])
    send_at: float | None = None
    dropped: int = 0
    made: int = 0
    _failures: int = 0
    _sequence: int = 0

    def next_at(self) -> float | None:
        """Return the second of its next act; None: nothing is left to do."""
        due = [self.send_at] if self.send_at is not None else []
        if min(self.heartbeat_at, self.report_at) < self.stops_at:
            due.append(min(self.heartbeat_at, self.report_at))
        return min(due) if due else None

    def observe(self, now: float) -> None:
        """Put into the buffer what is due."""
        fresh = False
        if self.heartbeat_at <= now < self.stops_at:
            # An older heartbeat says nothing that a newer one does not say.
            kept = [one for one in self.waiting if one.is_report]
            self.waiting = deque(kept)
            self._sequence += 1
            self.waiting.append(Message(now, is_report=False, sequence=self._sequence))
            self.heartbeat_at = now + HEARTBEAT_SECONDS
            fresh = True
        if self.report_at <= now < self.stops_at:
            self.waiting.append(Message(now, is_report=True))
            self.made += 1
            self.report_at = now + YOUNG_SECONDS
            fresh = True
        while len(self.waiting) > CAPACITY:
            self.dropped += self.waiting.popleft().is_report
        if fresh and self.send_at is None:
            self.send_at = now

    def newest(self) -> Message:
        """Return the message that is sent next."""
        return self.waiting[-1]

    def stored(self, message: Message, now: float, next_seconds: float | None) -> None:
        """Forget a message that was stored; the next one goes a little later."""
        self._failures = 0
        if message in self.waiting:
            self.waiting.remove(message)
        self.send_at = now + BACKLOG_SECONDS if self.waiting else None
        seconds = UNKNOWN_PHASE_SECONDS if next_seconds is None else next_seconds
        # The agent looks once a second what is due.
        tick = self.chance.random()
        self.heartbeat_at = now + min(max(seconds, 1.0), HEARTBEAT_SECONDS) + tick

    def refused(self, now: float) -> None:
        """Wait as the agent does after a failed attempt."""
        wait = min(MAX_WAIT, FIRST_WAIT * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self.send_at = now + wait * self.chance.uniform(0.5, 1.0)


def nodes_of(
    cluster: int, count: int, begin: float, end: float, chance: Random
) -> Iterator[Node]:
    """Yield the nodes of a cluster with one failing target."""
    reporters = MOST + INGRESS_NODES
    for number in range(count):
        first = begin + chance.random() * HEARTBEAT_SECONDS / 6
        yield Node(
            cluster=f"cluster-{cluster}",
            name=f"node-{cluster}-{number}",
            chance=Random(chance.random()),
            reports=number < reporters,
            heartbeat_at=first,
            report_at=first + APART if number < reporters else float("inf"),
            stops_at=end,
        )
