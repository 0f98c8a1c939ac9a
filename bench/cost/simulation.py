"""Simulation: a stack of a given size, minute by minute, on the real handlers.

In: a size. Out: the meters of the measured minutes, per minute.
It does not: model more than one container of a function, throttling, or retries of AWS.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import yaml

from bench.cost.agents import Agent, fleet
from bench.cost.clock import Clock
from bench.cost.cloud import Cloud
from bench.cost.counter import Counter
from bench.cost.functions import PROBE_WAIT, Functions
from bench.cost.mappings import Mapping, Mappings, mappings_of
from bench.cost.rehearsal import JITTER, SECONDS, rehearse, shard_delay
from bench.cost.reports import Reports
from bench.cost.servers import Servers
from bench.cost.serving import Emulator, Moto
from bench.cost.stack import SETTLED, Size, configured
from bench.cost.tables import Record
from bench.cost.template import GIVEN, Function, Template
from bench.cost.timeline import Timeline

SCHEDULES = {"rate(1 minute)": 60.0, "rate(1 hour)": 3600.0}
REPEATS, REPEAT_WAIT = 10, 2000.0
"""Repeats of an investigation, and the milliseconds between them in a real stack."""
SPACING = 3.0
"""Milliseconds between the starts of two probes."""
PROBE_BYTES = 1200
"""Bytes that a probe sends over the internet: 800 of TLS and HTTP, measured with a
relay, and the headers of ten packets."""
GOLDEN = 0.618
"""Spreads the agents' first pushes, so that no two have the same phase."""

type Result = dict[str, Any]


class Simulation:
    """One stack in this process; there is one simulation in a process."""

    def __init__(
        self,
        size: Size,
        clock: Clock,
        serving: Moto | Emulator,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._serving = serving
        self._size = size
        self._report = report
        self._counter = Counter()
        self._timeline = Timeline(clock)
        self._servers = Servers(size.nodes)
        self._requests = 0
        self._chance = Random(1)
        self._functions = Functions(self._counter, self._probe_wait)

    def run(self) -> Result:
        """Simulate; return the numbers of one minute, and what failed."""
        with TemporaryDirectory() as folder:
            template = configured(self._size, self._servers, Path(folder))
            cloud = Cloud(template, self._counter, self._serving)
            try:
                self._assemble(template, cloud)
                self._pass(cloud)
                return self._result(template)
            finally:
                cloud.close()
                self._servers.close()

    def _assemble(self, template: Template, cloud: Cloud) -> None:
        functions, later = self._functions, self._timeline.later
        mappings: list[Mapping] = []
        for number, function in enumerate(template.functions()):
            functions.load(function)
            mappings += mappings_of(function)
            self._schedule(JITTER + number / 2, function)
        streams = Mappings(mappings, later, functions.invoke, functions.busy.batch)

        def changed(table: str, record: Record) -> None:
            if self._timeline.now >= SECONDS + 60.0 * self._size.muted:
                streams.offer(table, record)

        cloud.on_change = changed
        cloud.on_invoke = lambda name, payload: later(
            shard_delay(payload["shard"], payload["of"]),
            lambda: functions.invoke(name, payload),
        )
        self._start_agents()

    def _schedule(self, first: float, function: Function) -> None:
        """Start what the template schedules; no two functions at the same instant."""
        for event in function.events.values():
            is_on = event.get("Properties", {}).get("State") != "DISABLED"
            if event["Type"] == "ScheduleV2" and is_on:
                every = SCHEDULES[event["Properties"]["ScheduleExpression"]]
                payload = yaml.safe_load(event["Properties"].get("Input", "{}"))
                self._repeat(first, every, function.name, payload)

    def _repeat(self, at: float, every: float, name: str, payload: Result) -> None:
        """Invoke a function from `at` on; each time some seconds early or late."""
        late = self._chance.uniform(-JITTER, JITTER)

        def call() -> None:
            self._repeat(self._timeline.now - late + every, every, name, payload)
            self._counter.add("scheduler.invocations")
            self._functions.invoke(name, payload)

        self._timeline.at(at + late, call)

    def _start_agents(self) -> None:
        size = self._size
        clusters = [
            Reports(f"cluster-{n}", size.nodes_of(n), size.names(n))
            for n in range(size.clusters)
        ]
        # Of another cluster, which then falls silent and has no target.
        other = [Reports("rehearsal", 1, ())]

        def heartbeat() -> None:
            (agent,) = fleet(other, 1, GIVEN["AgentKey"], self._ingest)
            agent.push(self._timeline.now)

        names = [name for n in range(size.clusters) for name in size.names(n)]
        rehearse(self._timeline, names, heartbeat)
        agents = fleet(clusters, size.nodes, GIVEN["AgentKey"], self._ingest)
        for place, agent in enumerate(agents):
            self._push(SECONDS + 5.0 + 50.0 * (place * GOLDEN % 1.0), agent)

    def _push(self, at: float, agent: Agent) -> None:
        def push() -> None:
            now = self._timeline.now
            self._push(now + agent.push(now), agent)

        self._timeline.at(at, push)

    def _ingest(self, event: Result) -> Result:
        return self._functions.invoke("IngestFunction", event)

    def _pass(self, cloud: Cloud) -> None:
        """Let all minutes pass; count only the measured ones."""
        size, began, skipped = self._size, perf_counter(), SECONDS
        minutes = size.warm + size.minutes
        tables = cloud.tables.tables.values()
        for minute in range(minutes):
            if minute == size.fails_after:
                self._servers.fail(size.failing)
            if size.skipped and minute == size.warm - SETTLED:
                skipped += 60.0 * size.skipped
                self._timeline.skip(60.0 * size.skipped)
            if minute == size.warm:
                self._counter.reset()
                self._functions.busy.reset()
                for table in tables:
                    table.created_bytes = 0.0
            self._timeline.until(60.0 * (minute + 1) + skipped)
            spent = perf_counter() - began
            self._report(f"minute {minute + 1} of {minutes} after {spent:.0f} s")
        created = sum(table.created_bytes for table in tables)
        self._counter.add("dynamodb.created_bytes", created)

    def _result(self, template: Template) -> Result:
        minutes, counter = self._size.minutes, self._counter
        metrics = {"custom_metrics": float(len(counter.metrics))}
        return {
            "per_minute": counter.minute(minutes),
            "calls": {name: n / minutes for name, n in sorted(counter.calls.items())},
            "counts": template.billed() | metrics,
            "functions": self._functions.busy.functions(minutes),
            "streams": self._functions.busy.streams(minutes),
            "memory": {f.name: f.memory for f in template.functions()},
            "errors": {n: each[:3] for n, each in self._functions.errors.items()},
        }

    def _probe_wait(self) -> float:
        """Return the milliseconds that an invocation waited for its probes, if any.

        An investigation repeats ten times; the bench shortens the pause between them.
        """
        before, self._requests = self._requests, self._servers.requests
        sent = self._requests - before
        if not sent:
            return 0.0
        self._counter.add("transfer.bytes", sent * PROBE_BYTES)
        waited = PROBE_WAIT + SPACING * sent
        investigated = self._size.failing and sent > REPEATS
        return waited + REPEATS * REPEAT_WAIT if investigated else waited
