"""Simulation: nodes push to the real `ingest` in simulated time.

In: phases with a number of clusters, the limits of a function URL. Out: what happened
to each attempt, and what an observer of the table finds. It does not: use real time.
"""

import heapq
import json
import resource
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from bench.cost.clock import Clock
from load.function_url import FunctionUrl
from load.ingest import Ingest
from load.nodes import Message, Node, nodes_of
from load.pushes import TARGET, Pushes
from load.table import Aws
from parallax.journal.observation import moment

ROUND_SECONDS = 12.0
"""Of a round of probes, which begins with each minute."""
ANSWERED = 0.02
"""Seconds between the function and an agent, both ways. Assumed."""
ACCEPTED = 202
PROGRESS = 60.0
DRAIN = 3600.0
"""Seconds after the end within which every message must be stored."""


@dataclass(slots=True)
class Phase:
    """A part of the run: seconds from its begin, and what was measured in it."""

    name: str
    begin: float
    end: float
    clusters: int
    flood: float = 0.0
    """Foreign requests a second."""
    latencies: list[float] = field(default_factory=list[float])
    """Seconds from the begin of an accepted request to its response."""
    delays: list[float] = field(default_factory=list[float])
    """Seconds from a message's making until it is stored, with all attempts."""
    requests: int = 0
    refused: int = 0
    unavailable: int = 0
    memory: int = 0
    """Kilobytes of this process at most, so far."""


@dataclass(slots=True)
class Outcome:
    """What a run showed."""

    phases: list[Phase]
    accepted: int = 0
    stored: int = 0
    older: int = 0
    """Accepted, and not newer than what was stored."""
    lost: int = 0
    rejected: int = 0
    superseded: int = 0
    dropped: int = 0
    recovered: float = 0.0
    throttled: int = 0
    busiest: int = 0


class Simulation:
    """One run; there is one in a process."""

    def __init__(
        self, clock: Clock, url: FunctionUrl, seed: int, say: Callable[[str], None]
    ) -> None:
        self._clock, self.url, self._say = clock, url, say
        self.aws = Aws(lambda: clock.seconds)
        self.ingest = Ingest(self.aws)
        self.pushes = Pushes()
        self._chance = Random(seed)
        self._queue: list[tuple[float, int, Node | None]] = []
        self._order = count()
        self._expected: dict[tuple[str, str], str] = {}

    def run(self, phases: list[Phase], nodes: int) -> Outcome:
        """Run all phases, then until no node has a message."""
        outcome = Outcome(phases)
        end = phases[-1].end
        every: list[Node] = []
        for number in range(max(one.clusters for one in phases)):
            own = [one for one in phases if one.clusters > number]
            first, last = own[0].begin, own[-1].end
            every += nodes_of(number, nodes, first, last, self._chance)
        for node in every:
            self._plan(node)
        self._push_at(0.0, None)
        reported = 0.0
        while self._queue:
            at, _, node = heapq.heappop(self._queue)
            self._clock.move_to(at)
            if node is None:
                self._minute(at, end)
                continue
            if at > end + DRAIN:
                break
            phase = next((one for one in phases if at < one.end), phases[-1])
            self._act(node, at, phase, outcome)
            self._plan(node)
            if at - reported >= PROGRESS:
                reported = at
                self._say(
                    f"second {at:,.0f}: {phase.name}, {outcome.accepted:,} stored"
                )
        outcome.dropped = sum(node.dropped for node in every)
        outcome.throttled = self.aws.throttled
        outcome.older = self.aws.older
        outcome.busiest = self.url.busiest
        self._observe(every, outcome)
        return outcome

    def _plan(self, node: Node) -> None:
        at = node.next_at()
        if at is not None:
            self._push_at(at, node)

    def _push_at(self, at: float, node: Node | None) -> None:
        heapq.heappush(self._queue, (at, next(self._order), node))

    def _minute(self, at: float, end: float) -> None:
        """Store what the probes store: a round that ends, and an open incident."""
        now = datetime.now(UTC)
        began = moment(now - timedelta(seconds=ROUND_SECONDS))
        times = {"started_at": {"S": began}, "ended_at": {"S": moment(now)}}
        self.aws.rounds = [{"sk": {"S": "0000"}, "of": {"N": "1"}, **times}]
        since = {"S": moment(now - timedelta(minutes=1))}
        self.aws.open = [
            {"pk": {"S": TARGET}, "state": {"S": "firing"}, "since": since}
        ]
        if at < end:
            self._push_at(at + 60.0, None)

    def _act(self, node: Node, at: float, phase: Phase, outcome: Outcome) -> None:
        before = len(node.waiting)
        node.observe(at)
        outcome.superseded += max(0, before - len(node.waiting))
        if node.send_at is None or node.send_at > at or not node.waiting:
            return
        self.url.flood = phase.flood
        message = node.newest()
        message.attempts += 1
        phase.requests += 1
        if not self.url.accepts(at):
            phase.refused += 1
            node.refused(at)
            return
        self._send(node, message, at, phase, outcome)

    def _send(
        self, node: Node, message: Message, at: float, phase: Phase, outcome: Outcome
    ) -> None:
        event = self._event(node, message)
        answer = self.ingest.invoke(event)
        self.url.occupy(at + answer.seconds)
        done = at + answer.seconds + ANSWERED
        if answer.status != ACCEPTED:
            phase.unavailable += answer.status >= 500
            outcome.rejected += answer.status < 500
            node.refused(done)
            return
        outcome.accepted += 1
        phase.latencies.append(done - at)
        phase.delays.append(done - message.made)
        phase.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        body: dict[str, Any] = json.loads(answer.body)
        node.stored(message, done, body.get("next_seconds"))
        kind = "report" if message.is_report else "heartbeat"
        self._expected[node.name, kind] = moment(datetime.now(UTC))
        if message.attempts > 1:
            outcome.recovered = max(outcome.recovered, done)

    def _event(self, node: Node, message: Message) -> dict[str, Any]:
        if message.is_report:
            return self.pushes.report(node.cluster, node.name)
        return self.pushes.heartbeat(node.cluster, node.name, message.sequence)

    def _observe(self, every: list[Node], outcome: Outcome) -> None:
        """Compare what was answered with 202 with what the table has."""
        found: dict[tuple[str, str], str] = {}
        for (_, _key, sort), item in self.aws.items.items():
            if sort.startswith("heartbeat#"):
                found[sort.partition("#")[2], "heartbeat"] = item["sent_at"]["S"]
            elif sort.startswith("latest#"):
                name = sort.rpartition("/")[2]
                found[name, "report"] = item["sent_at"]["S"]
        outcome.stored = sum(
            times
            for (_, _, sort), times in self.aws.writes.items()
            if sort.startswith(("heartbeat#", "latest#"))
        )
        outcome.lost = sum(
            found.get(key, "") < sent for key, sent in self._expected.items()
        )
        outcome.lost += sum(len(node.waiting) for node in every)
