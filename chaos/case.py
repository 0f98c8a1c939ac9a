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

import yaml
from botocore.awsrequest import AWSResponse

from bench.cost.reports import Reports
from bench.cost.simulation import SCHEDULES
from bench.cost.template import GIVEN, Template
from bench.cost.timeline import Timeline
from chaos import kinds, stack
from chaos.agents import Agent
from chaos.answers import raw
from chaos.call import Call
from chaos.clock import START, ChaosClock
from chaos.cloud import Cloud, Gate, names_only
from chaos.dice import Choose, Dice
from chaos.ledger import Ledger
from chaos.letters import Letters
from chaos.platform import Platform, Result
from chaos.queue import FifoQueue, Message
from chaos.receivers import Receivers, Transport
from chaos.records import Record, Records
from chaos.streams import Batch, Done, Rules, Shard, Streams
from chaos.topics import Topics, identified
from chaos.trouble import Trouble
from chaos.world import NAMES, NODES, Failure, World, drawn

FAULTS_FROM, FAULTS_UNTIL = 60.0, 900.0
QUIET = 780.0
"""Seconds after the last fault in which everything ends by itself."""
SMALL_UNTIL, SMALL_QUIET = 420.0, 480.0
SMALL = (Failure("shop-a", 100.0, 480.0, 503), Failure("mail-c", 160.0, 490.0, 502))
LONGEST = 6 * 3600.0
"""Seconds after which a case ends in any case."""
INGEST, DIAGNOSE, ROUTES = "IngestFunction", "DiagnoseFunction", "RoutesFunction"
LETTERS_FOR = "DestinationConfig"


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
    dice: Dice = field(init=False)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        """Create the stack."""
        seed(self.name)
        stack.forget()
        self.clock.restart()
        self.gate.fresh()
        self.rng = Random(self.name)
        made = stack.template(self.targets)
        stack.create(made)
        self.timeline = ChaosTimeline(self.clock)
        self.dice, self.ledger = Dice(self.choose), Ledger(stack.ROUTES)
        self.until = SMALL_UNTIL if self.small else FAULTS_UNTIL
        failures = SMALL if self.small else drawn(self.rng, self.until)
        self.world = World(failures, lambda: self.clock.seconds)
        self._assemble(made)

    def _assemble(self, made: Template) -> None:
        given = stack.functions(made)
        self.platform = Platform(self.clock, [(f, t) for f, t, _ in given])
        self.own = {f.name: own for f, _, own in given}
        for name in self.own:
            self.platform.end(name)
        now = lambda: self.clock.seconds  # noqa: E731 - short
        self.records = Records()
        self.letters = Letters(made, now)
        self.routes = FifoQueue(self.timeline, START.timestamp(), self._message)
        self.topics = Topics(self.ledger, now, self._route)
        self.receivers = Receivers(
            self.platform, self.dice, self._received, self._not_known
        )
        Transport.receivers = self.receivers
        rules = [
            Rules.of(f.name, event["Properties"], _patterns(event["Properties"]))
            for f, _, _ in given
            for event in f.events.values()
            if event["Type"] == "DynamoDB"
        ]
        self.streams = Streams(rules, self.timeline, self._deliver, self._discard)
        self.cloud = Cloud(
            serving=self.gate.serving,
            platform=self.platform,
            dice=self.dice,
            effect=self._effect,
            lost=self._lost,
            invoke=self._invoked,
            only=self.only,
            others=tuple(n for n in NAMES if n != self.only),
        )
        self.trouble = Trouble(self)
        for number, (function, _, _) in enumerate(given):
            for event in function.events.values():
                self._schedule(5.0 + number * 0.7, function.name, event)
        for node in range(NODES):
            self._start_agent(node)

    # ------------------------------------------------------------------ time
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
            for _ in range(3):
                if not self.letters.redrive():
                    break
                self.timeline.until(self.clock.seconds + 120.0)
                self._settle(quiet=0.0)
        finally:
            self.gate.cloud = None

    def _settle(self, quiet: float) -> None:
        self.timeline.until(self.clock.seconds + quiet)
        while self.clock.seconds < LONGEST and not self._is_idle():
            while self.clock.seconds < LONGEST and not self._is_idle():
                self.timeline.until(self.clock.seconds + 60.0)
            # What was delayed began something, which has to end.
            self.timeline.until(self.clock.seconds + 480.0)

    def _is_idle(self) -> bool:
        busy = self.cloud.outages or self.receivers.down
        ends = [o.until for o in self.cloud.outages] + [*self.receivers.down.values()]
        if busy and max(ends) > self.clock.seconds - 240.0:
            return False
        return self.streams.idle and not self.routes.messages and not self.waiting

    @property
    def waiting(self) -> bool:
        """Whether the last minute's call of a publisher said that something waits."""
        return any(self._waits.values())

    _waits: dict[str, bool] = field(default_factory=dict[str, bool], init=False)

    # ------------------------------------------------------------------ schedules
    def _schedule(self, first: float, name: str, event: Mapping[str, Any]) -> None:
        if event["Type"] != "ScheduleV2":
            return
        given = event["Properties"]
        every = SCHEDULES.get(given["ScheduleExpression"])
        if given.get("State") == "DISABLED" or every is None:
            return
        payload = yaml.safe_load(given.get("Input", "{}"))
        self._repeat(first, every, name, payload)

    def _repeat(self, at: float, every: float, name: str, payload: Any) -> None:
        def call() -> None:
            self._repeat(at + every, every, name, payload)
            kind = self.dice.roll("schedule", name, self._unless_only(kinds.SCHEDULE))
            if kind == "missed":
                return
            if kind == "delayed":
                self.timeline.later(40.0, lambda: self._call(name, payload, None))
                return
            self._call(name, payload, kind)
            if kind == "twice":
                self._call(name, payload, None)

        self.timeline.at(at, call)

    def _call(
        self,
        name: str,
        payload: Any,
        kind: str | None,
        failures: int = 0,
    ) -> None:
        """Invoke a function asynchronously, again as its configuration says."""
        result = self._invoke(name, payload, kind)
        if payload == {"deliver": "waiting"}:
            self._waits[name] = bool(result.error)
        given = self.own[name].get("EventInvokeConfig", {})
        if not result.error or not given:
            return
        if failures < int(given.get("MaximumRetryAttempts", 2)):
            again = lambda: self._call(name, payload, None, failures + 1)  # noqa: E731 - short
            self.timeline.later(60.0 * (failures + 1), again)
        elif LETTERS_FOR in given:
            self.letters.asynchronous(name, payload, result.error)

    def _unless_only(self, every: tuple[str, ...]) -> tuple[str, ...]:
        return () if self.only else every

    def _invoke(
        self,
        name: str,
        event: Mapping[str, Any],
        kind: str | None,
        failing: Callable[[Result], set[str]] | None = None,
    ) -> Result:
        skew = 0.0
        if kind == "skewed":
            skew = (-1) ** self.dice.step * (1.0 + self.dice.step % 20)
        if kind == "jumped":
            skew = (-1) ** self.dice.step * (60.0 + self.dice.step * 7 % 540)
        if name == ROUTES:
            self._present(event)
        result = self.platform.invoke(name, event, skew=skew, ends=kind == "late-end")
        named = failing(result) if failing else set[str]()
        self.ledger.ended(named, succeeded=not result.error)
        return result

    # ------------------------------------------------------------------ streams
    def _deliver(self, shard: Shard, records: list[Record]) -> Done:
        name = shard.rules.function
        possible: tuple[str, ...] = kinds.DELIVERY
        if self.only and not names_only(
            json.dumps([r["dynamodb"]["Keys"] for r in records]),
            self.only,
            self.cloud.others,
        ):
            possible = ()
        if self.only:
            possible = tuple(k for k in possible if k in {"twice", "late-end"})
        kind = self.dice.roll("delivery", f"{name}/{shard.rules.table}", possible)
        if kind in {"stalled", "delayed"}:
            short = kind == "stalled"
            wait = (
                20.0 + self.dice.step % 280 if short else 3600.0 + self.dice.step % 3600
            )
            shard.not_before = self.timeline.now + wait
            return self._stalled(shard, records)
        result = self._batch(name, records, kind)
        if kind == "twice":
            self._batch(name, records, None)
        return Done(None if result.error else result.response, result.seconds)

    def _stalled(self, shard: Shard, records: list[Record]) -> Done:
        """Put a batch back: its shard is not read for a while."""
        shard.again.appendleft(Batch(records))
        return Done({}, 0.0)

    def _batch(self, name: str, records: list[Record], kind: str | None) -> Result:
        def failing(result: Result) -> set[str]:
            failed = (result.response or {}).get("batchItemFailures") or ()
            numbers = {one["itemIdentifier"] for one in failed}
            return {
                r["dynamodb"]["Keys"]["pk"]["S"]
                for r in records
                if r["dynamodb"]["SequenceNumber"] in numbers
            }

        return self._invoke(name, {"Records": records}, kind, failing)

    def _discard(self, name: str, records: list[Record], condition: str) -> None:
        self.letters.discarded(name, records, condition)

    # ------------------------------------------------------------------ routes
    def _route(self, text: str, group: str, identity: str) -> None:
        self.routes.send(text, group, identity, {})

    def _message(self, message: Message) -> tuple[bool, float]:
        record = message.record
        route = record["messageAttributes"].get("route", {}).get("stringValue", "")
        concerned = not self.only or names_only(
            record["body"], self.only, self.cloud.others
        )
        self.receivers.concerns = concerned
        kind = self.dice.roll(
            "message", f"{ROUTES}/{route or 'copy'}", kinds.MESSAGE if concerned else ()
        )
        result = self._invoke(ROUTES, {"Records": [record]}, kind)
        if kind == "twice":
            self._invoke(ROUTES, {"Records": [record]}, None)
        failed = (result.response or {}).get("batchItemFailures")
        return not result.error and not failed, result.seconds

    def _present(self, event: Mapping[str, Any]) -> None:
        """Note which alert the routes' function sends to which receiver."""
        record = event["Records"][0]
        given = record["messageAttributes"].get("route", {})
        self.receivers.current = given.get("stringValue", "")
        self._alert = json.loads(record["body"])["id"]

    def _received(self, route: str) -> None:
        self.ledger.sent((route, self._alert))
        self.ledger.delivered(route, self._alert, self.clock.seconds)

    def _not_known(self, route: str) -> None:
        self.ledger.lost((route, self._alert))

    # ------------------------------------------------------------------ requests
    def _effect(self, call: Call, body: Mapping[str, Any]) -> None:
        now = self.clock.seconds
        if call.service == "dynamodb":
            for table, record in self.records.of(call.operation, body, now):
                if table == "Incidents":
                    self.ledger.wrote(record["dynamodb"]["NewImage"], now)
                self.streams.offer(table, record)
            self._noted(call, body, now)
        elif call.operation == "Publish":
            self.topics.published(body)
        elif call.operation == "SendMessageBatch":
            for entry in body["Entries"]:
                given = {
                    name: {"stringValue": v["StringValue"], "dataType": v["DataType"]}
                    for name, v in entry.get("MessageAttributes", {}).items()
                }
                self.routes.send(
                    entry["MessageBody"],
                    entry["MessageGroupId"],
                    entry["MessageDeduplicationId"],
                    given,
                )
        elif call.operation == "SendMessage" and call.key == stack.LETTERS:
            self.ledger.lettered.add(str(body["MessageBody"]))

    def _noted(self, call: Call, body: Mapping[str, Any], now: float) -> None:
        if call.operation == "UpdateItem" and call.key.startswith("published/"):
            if "REMOVE #attempts" in body["UpdateExpression"]:
                route = body["ExpressionAttributeNames"]["#route"]
                self.ledger.marked(route, call.key.removeprefix("published/"))
        elif call.operation == "Query" and call.function == DIAGNOSE:
            first = body.get("ExpressionAttributeValues", {}).get(":first", {})
            if str(first.get("S", "")).startswith("latest#"):
                self.ledger.looked(call.key, now)

    def _lost(self, call: Call) -> None:
        if call.operation == "Publish":
            self.ledger.lost(identified(call.body))

    def _invoked(self, name: str, event: Any, is_async: bool) -> AWSResponse | None:  # noqa: FBT001 - of the protocol
        if is_async:
            self.timeline.later(0.5, lambda: self._call(name, event, None))
            return None
        result = self._invoke(name, event, None)
        headers = {"X-Amz-Function-Error": "Unhandled"} if result.error else {}
        body = {"errorMessage": result.error} if result.error else result.response
        request: Any = SimpleNamespace(url="lambda")
        return raw(request, 200, json.dumps(body).encode(), headers)

    # ------------------------------------------------------------------ agents
    def _start_agent(self, node: int) -> None:
        agent = Agent(
            reports=self.reports,
            node=node,
            key=GIVEN["AgentKey"],
            send=self._ingest,
            dice=self.dice,
            accepted=self._accepted,
            only=self.only,
        )

        def push() -> None:
            self.timeline.later(agent.push(self.clock.seconds), push)

        self.timeline.at(20.0 + 13.0 * node, push)

    def _ingest(self, event: dict[str, Any], ends: bool) -> dict[str, Any] | None:  # noqa: FBT001 - of the protocol
        result = self._invoke(INGEST, event, "late-end" if ends else None)
        return None if result.error else result.response

    def _accepted(self, names: list[str]) -> None:
        for name in names:
            self.ledger.accepted[name] = self.clock.seconds


def _patterns(given: Mapping[str, Any]) -> list[Any]:
    filters = given.get("FilterCriteria", {}).get("Filters", [])
    return [json.loads(one["Pattern"]) for one in filters]
