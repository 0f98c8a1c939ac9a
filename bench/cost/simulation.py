"""Simulation: a stack of a given size, minute by minute, on the real handlers.

In: a size. Out: the meters of the measured minutes, per minute.
It does not: model more than one container of a function, throttling, or retries of AWS.
"""

import heapq
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import yaml

from bench.cost.clock import Clock
from bench.cost.cloud import Cloud
from bench.cost.counter import Counter
from bench.cost.functions import PROBE_WAIT, Functions
from bench.cost.mappings import Mapping, Mappings, mappings_of
from bench.cost.project import BALANCER
from bench.cost.servers import LOOPBACK, Servers
from bench.cost.template import GIVEN, Template

REPEAT, REPEATS = 0.1, 10
"""Seconds between the repeats of an investigation in the bench, and their number."""
SPACING = 3.0
"""Milliseconds between two starts of probes."""
SCHEDULES = {"rate(1 minute)": 60.0, "rate(1 hour)": 3600.0}
WARM_MINUTES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A stack: its targets, nodes and clusters; how many targets fail, and since when.

    `minutes` are measured, after `warm` minutes that are not. The first `failing`
    targets fail from the end of the third minute on.
    """

    targets: int
    nodes: int
    clusters: int = 1
    failing: int = 0
    warm: int = WARM_MINUTES
    minutes: int = 10


@dataclass(slots=True)
class Simulation:
    """One stack in this process; there is one simulation in a process."""

    size: Size
    clock: Clock
    report: Callable[[str], None] = lambda _line: None
    counter: Counter = field(default_factory=Counter)
    _queue: list[tuple[float, int, Callable[[], None]]] = field(
        default_factory=list[Any]
    )
    _order: Any = field(default_factory=count)
    _requests: int = 0
    _functions: Any = None

    def run(self) -> dict[str, Any]:
        """Simulate; return the numbers of one minute, and what failed."""
        servers = Servers(self.size.nodes)
        folder = TemporaryDirectory()
        self._configure(Path(folder.name), servers)
        template = Template({
            "TargetsFile": f"{folder.name}/targets.yaml",
            "HetznerEndpoint": f"http://{LOOPBACK}:{servers.hetzner_port}/v1",
            "ControlUrl": "",
            "Resolvers": LOOPBACK,
            "RepeatSeconds": str(REPEAT),
        })
        cloud = Cloud(template, self.counter)
        try:
            self._assemble(template, cloud, servers)
            return self._measure(cloud, servers, template)
        finally:
            cloud.close()
            servers.close()
            folder.cleanup()

    def _configure(self, folder: Path, servers: Servers) -> None:
        os.environ["SSL_CERT_FILE"] = str(servers.authority)
        os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
        shown = [self._target(number, servers) for number in range(self.size.targets)]
        text = yaml.safe_dump({"targets": shown}, sort_keys=False)
        (folder / "targets.yaml").write_text(text, encoding="utf-8")

    def _target(self, number: int, servers: Servers) -> dict[str, Any]:
        return {
            "name": f"shop-{number:05d}",
            "url": f"https://{LOOPBACK}:{servers.https_port}/{number}",
            "allow_private_addresses": True,
            "reached": {
                "load_balancer": BALANCER,
                "cluster": f"cluster-{number % self.size.clusters}",
                "namespace": "shop",
                "service": f"shop-{number:05d}",
                "ingress_namespace": "ingress-nginx",
                "ingress_service": "ingress-nginx-controller",
            },
        }

    def _assemble(self, template: Template, cloud: Cloud, servers: Servers) -> None:
        functions = Functions(self.counter, lambda name: self._probes(name, servers))
        mappings: list[Mapping] = []
        for number, function in enumerate(template.functions()):
            functions.load(function)
            mappings += mappings_of(function)
            self._schedule(number, function.name, function.events, functions)
        streams = Mappings(mappings, self._later, functions.invoke)
        cloud.on_change = streams.offer
        cloud.on_invoke = lambda name, payload: self._later(
            1.0, lambda: functions.invoke(name.rpartition(":")[2], payload)
        )
        self._start_agents(functions)
        self._functions = functions

    def _schedule(
        self, number: int, name: str, events: Any, functions: Functions
    ) -> None:
        for event in events.values():
            if event["Type"] not in {"ScheduleV2", "Schedule"}:
                continue
            given = event["Properties"]
            every = SCHEDULES[given["ScheduleExpression"]]
            payload = yaml.safe_load(given.get("Input", "{}"))

            def call(every: float = every, payload: Any = payload) -> None:
                self._later(every, call)
                self.counter.add("scheduler.invocations")
                functions.invoke(name, payload)

            self._at(number / 2, call)

    def _start_agents(self, functions: Functions) -> None:
        from bench.cost.agents import fleet  # noqa: PLC0415 - after the clock
        from bench.cost.reports import Reports  # noqa: PLC0415 - the same

        size = self.size
        names = [f"shop-{number:05d}" for number in range(size.targets)]
        clusters = [
            Reports(
                f"cluster-{n}",
                -(-(size.nodes - n) // size.clusters),
                tuple(names[n :: size.clusters]),
            )
            for n in range(size.clusters)
        ]
        send = lambda event: functions.invoke("IngestFunction", event)  # noqa: E731
        for place, agent in enumerate(
            fleet(clusters, size.nodes, GIVEN["AgentKey"], send)
        ):

            def push(agent: Any = agent) -> None:
                began = self.clock.seconds
                self._at(began + agent.push(began), push)

            self._at(5.0 + 50.0 * place / size.nodes, push)

    def _measure(
        self, cloud: Cloud, servers: Servers, template: Template
    ) -> dict[str, Any]:
        size, began = self.size, perf_counter()
        for minute in range(size.warm + size.minutes):
            if minute == WARM_MINUTES and size.failing:
                servers.fail(size.failing)
            if minute == size.warm:
                self.counter.reset()
                for table in cloud.tables.tables.values():
                    table.created_bytes = 0.0
            self._until(60.0 * (minute + 1))
            spent = perf_counter() - began
            self.report(f"{minute + 1} of {size.warm + size.minutes} min, {spent:.0f} s")
        for table in cloud.tables.tables.values():
            self.counter.add("dynamodb.created_bytes", table.created_bytes)
        return {
            "per_minute": self.counter.minute(size.minutes),
            "calls": {k: v / size.minutes for k, v in self.counter.calls.items()},
            "metrics": sorted(self.counter.metrics),
            "billed": template.billed(),
            "memory": {f.name: f.memory for f in template.functions()},
            "errors": {n: e[:3] for n, e in self._functions.errors.items()},
        }

    def _probes(self, name: str, servers: Servers) -> float:
        """Return the milliseconds that probes of this invocation wait, if it probed.

        An investigation repeats ten times; the bench shortens the pause between them.
        """
        before, self._requests = self._requests, servers.requests
        sent = self._requests - before
        if not sent:
            return 0.0
        waited = PROBE_WAIT + SPACING * sent
        if sent > self.size.targets or (self.size.failing and sent > REPEATS):
            return waited + REPEATS * 2000.0
        return waited

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        self._at(self.clock.seconds + seconds, call)

    def _at(self, seconds: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (seconds, next(self._order), call))

    def _until(self, seconds: float) -> None:
        while self._queue and self._queue[0][0] < seconds:
            at, _, call = heapq.heappop(self._queue)
            self.clock.move_to(at)
            call()


def main_report(line: str) -> None:
    """Print one line of progress to standard error."""
    sys.stderr.write(f"{line}\n")
