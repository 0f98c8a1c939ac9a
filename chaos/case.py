"""Case: one stack, its world, its faults, for half an hour and until it is quiet.

In: a name, what chooses the faults, the clock. Out: the ledger, the faults, what
redrive said.
It does not: judge what came out; `chaos.observer` does.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random, seed
from types import SimpleNamespace
from typing import Any
from zlib import crc32

from botocore.awsrequest import AWSResponse

from bench.cost.reports import Reports
from bench.cost.template import GIVEN, Function
from bench.cost.timeline import Timeline
from chaos import stack
from chaos.agents import Agent
from chaos.answers import raw
from chaos.clock import START, ChaosClock
from chaos.cloud import Cloud, Gate
from chaos.deliveries import Deliveries
from chaos.dice import Choose, Dice
from chaos.effects import Effects
from chaos.ending import ended, overview_query_now
from chaos.fatal import Fatal
from chaos.ledger import Ledger
from chaos.letters import Letters
from chaos.people import People
from chaos.platform import Platform
from chaos.queue import FifoQueue
from chaos.receivers import Receivers, Transport
from chaos.records import Records
from chaos.scheduler import Scheduler
from chaos.streams import Rules, Streams
from chaos.topics import Topics
from chaos.trouble import Trouble
from chaos.world import NAMES, NODES, Failure, World, drawn

FAULTS_FROM, FAULTS_UNTIL = 60.0, 900.0
QUIET = 780.0
"""Seconds after the last fault in which everything ends by itself."""
SMALL_UNTIL, SMALL_QUIET = 420.0, 480.0
SMALL = (Failure("shop-a", 100.0, 480.0, 503), Failure("mail-c", 160.0, 490.0, 502))
AFTER_DELAY = 480.0
"""The same after a delay of hours."""
LONGEST = 6 * 3600.0
"""Seconds after which a case ends in any case."""
REDRIVES = 3
INGEST, REPORT, INCIDENTS = "IngestFunction", "ReportFunction", "Incidents"
VISITS = 37.0
"""Seconds between two people who open a page."""


class ChaosTimeline(Timeline):
    """A timeline for invocations that overlap."""

    def later(self, seconds: float, call: Callable[[], object]) -> None:
        """Schedule a call so many seconds from now, never in the past."""
        self.at(self.now + max(0.0, seconds), call)


@dataclass
class Case:
    """One case; `only` restricts all faults to one target."""

    name: str
    choose: Choose
    clock: ChaosClock
    gate: Gate
    targets: str
    reports: Reports
    only: str | None = None
    small: bool = False
    """Two failures and half of the time, for a run of seconds."""
    channel: int | None = None
    """The one channel of `chaos.trouble` that all faults are about."""
    dice: Dice = field(init=False)
    ledger: Ledger = field(init=False)
    stale: list[str] = field(default_factory=list[str])
    """What the hourly and the five-minute calls did not do at the end."""

    def __post_init__(self) -> None:
        """Create the stack."""
        seed(self.name)
        stack.forget()
        self.clock.restart()
        self.gate.fresh()
        made = stack.template(self.targets)
        stack.create(made)
        self.until = SMALL_UNTIL if self.small else FAULTS_UNTIL
        failures = SMALL if self.small else drawn(Random(self.name), self.until)
        self.world = World(failures, self._now)
        self.timeline = ChaosTimeline(self.clock)
        self.dice = Dice(self.choose, now=self._now)
        self.ledger = Ledger(stack.ROUTES)
        given = stack.functions(made)
        self.platform = Platform(self.clock, [(f, timeout) for f, timeout, _ in given])
        self.letters = Letters(made, self._now)
        self._assemble([f for f, _, _ in given])
        self.scheduler = Scheduler(
            self.timeline,
            self.dice,
            self.letters,
            {f.name: own for f, _, own in given},
            self.deliveries.invoke,
            faulty=self.only is None,
        )
        self.trouble = Trouble(self)
        self.people = self._with_people()
        self._start([f for f, _, _ in given])

    def _now(self) -> float:
        return self.clock.seconds

    def _assemble(self, functions: list[Function]) -> None:
        """Connect what Moto does not do: streams, topics, the queue, receivers."""
        others = tuple(n for n in NAMES if n != self.only)
        self.fatal = Fatal(self.platform, lambda: self.dice.on)
        deliveries = Deliveries(
            self.platform, self.dice, self.ledger, self.only, others, self.fatal
        )
        self.deliveries = deliveries
        self.receivers = Receivers(
            self.platform, self.dice, deliveries.received, deliveries.not_known
        )
        deliveries.receivers = Transport.receivers = self.receivers
        self.routes = FifoQueue(self.timeline, START.timestamp(), deliveries.message)
        topics = Topics(
            self.ledger,
            self._now,
            lambda text, group, identity: self.routes.send(text, group, identity, {}),
            lambda text: self.people.mailed(text),  # noqa: PLW0108 - `people` comes later
        )
        self.records = Records()
        self.streams = Streams(
            [one for function in functions for one in _rules(function)],
            self.timeline,
            deliveries.batch,
            self.letters.discarded,
        )
        effects = Effects(
            self._now, self.ledger, self.records, self.streams, topics, self.routes
        )
        self.cloud = Cloud(
            serving=self.gate.serving,
            platform=self.platform,
            dice=self.dice,
            effect=effects.happened,
            lost=effects.lost,
            invoke=self._invoked,
            only=self.only,
            others=others,
        )

    def _start(self, functions: list[Function]) -> None:
        """Start schedules and agents; each function has a new container."""
        for number, function in enumerate(functions):
            self.platform.end(function.name)
            for event in function.events.values():
                self.scheduler.start(5.0 + number * 0.7, function.name, event)
        for node in range(NODES):
            self._start_agent(node)
        if self.only is None and self.channel is None:
            self._start_people(VISITS)

    def run(self) -> None:
        """Let faults happen for a while, then let everything end, then redrive."""
        self.gate.cloud = self.cloud
        try:
            self.timeline.until(FAULTS_FROM)
            self.dice.on = True
            for minute in range(1, int(self.until // 60)):
                self.timeline.until(60.0 * minute)
                self.trouble.minute()
            self.timeline.until(self.until)
            self.dice.on = False
            self._settle(SMALL_QUIET if self.small else QUIET)
            self.ledger.redriven = True
            for _ in range(REDRIVES):
                if not self.letters.redrive():
                    break
                self._settle(120.0)
            self.stale = ended(self)
        finally:
            self.gate.cloud = None

    def _settle(self, quiet: float) -> None:
        self.timeline.until(self.clock.seconds + quiet)
        while not self._is_idle():
            while not self._is_idle():
                self.timeline.until(self.clock.seconds + 60.0)
            # What was delayed began something, which has to end.
            self.timeline.until(self.clock.seconds + AFTER_DELAY)

    @property
    def calm(self) -> float:
        """When the last fault ended, in seconds of the case."""
        ends = [o.until for o in self.cloud.outages] + [*self.receivers.down.values()]
        ends += [shard.not_before for shard in self.streams.shards]
        return max(self.dice.last, *ends)

    def _is_idle(self) -> bool:
        if self.clock.seconds >= LONGEST:
            return True
        ends = [o.until for o in self.cloud.outages] + [*self.receivers.down.values()]
        if max(ends, default=0.0) > self.clock.seconds - 240.0:
            return False
        waits = any(self.scheduler.waits.values())
        return self.streams.idle and not self.routes.messages and not waits

    def _invoked(self, name: str, event: Any, is_async: bool) -> AWSResponse | None:  # noqa: FBT001 - of the protocol
        """Invoke a function for `Invoke` of its API; None: it is queued."""
        if is_async:
            self.timeline.later(0.5, lambda: self.scheduler.call(name, event))
            return None
        result = self.deliveries.invoke(name, event, None)
        headers = {"X-Amz-Function-Error": "Unhandled"} if result.error else {}
        body = {"errorMessage": result.error} if result.error else result.response
        request: Any = SimpleNamespace(url="lambda")
        return raw(request, 200, json.dumps(body).encode(), headers)

    def _start_agent(self, node: int) -> None:
        def ingest(event: dict[str, Any], ends: bool) -> dict[str, Any] | None:  # noqa: FBT001 - of the protocol
            kind = "late-end" if ends else None
            result = self.deliveries.invoke(INGEST, event, kind)
            return None if result.error else result.response

        def accepted(names: list[str]) -> None:
            self.ledger.accepted |= dict.fromkeys(names, self.clock.seconds)

        key = GIVEN["AgentKey"]
        agent = Agent(self.reports, node, key, ingest, self.dice, accepted, self.only)

        def push() -> None:
            self.timeline.later(agent.push(self.clock.seconds), push)

        self.timeline.at(20.0 + 13.0 * node, push)

    def _with_people(self) -> People:
        def send(event: dict[str, Any], kind: str | None) -> dict[str, Any] | None:
            result = self.deliveries.invoke(REPORT, event, kind)
            return None if result.error else result.response

        def overview() -> str | None:
            with self.gate.quiet():
                return overview_query_now(INCIDENTS)

        mutes = crc32(self.name.encode()) % 3 == 0
        return People(self.dice, self.ledger, send, overview, mutes=mutes)

    def _start_people(self, at: float) -> None:
        def visit() -> None:
            self.people.visit()
            if self.clock.seconds < self.until:
                self._start_people(self.clock.seconds + VISITS)

        self.timeline.at(at, visit)


def _rules(function: Function) -> list[Rules]:
    """Return the stream mappings of a function."""
    found: list[Rules] = []
    for event in function.events.values():
        if event["Type"] == "DynamoDB":
            given: Mapping[str, Any] = event["Properties"]
            filters = given.get("FilterCriteria", {}).get("Filters", [])
            patterns = [json.loads(one["Pattern"]) for one in filters]
            found.append(Rules.of(function.name, given, patterns))
    return found
