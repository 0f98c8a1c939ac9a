"""Streams: a table's stream and its mappings, as Lambda processes them.

In: records, the template's mappings, a function that invokes, a timeline. Out:
invocations in order for each shard; what Lambda discards.
It does not: know Lambda's pauses between two attempts, which AWS does not document:
here they double from a second up to a minute.
Sources: AWS Lambda Developer Guide, "Process DynamoDB records with Lambda",
"Configuring partial batch response with DynamoDB and Lambda", "Retain discarded
records for a DynamoDB event source". `tests/parallax/stream_mapping.py` has the rules.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from bench.cost.filters import passes
from bench.cost.mappings import POLL, SHARDS
from bench.cost.timeline import Timeline
from chaos.records import EPOCH, Record

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


@dataclass(frozen=True)
class Done:
    """What an invocation of a batch came to; `response` None: it failed."""

    response: Mapping[str, Any] | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Rules:
    """One mapping of the template; ages and windows in seconds."""

    function: str
    table: str
    size: int
    window: float
    attempts: int
    age: float
    bisects: bool
    partial: bool
    patterns: tuple[Any, ...]

    @classmethod
    def of(
        cls, function: str, given: Mapping[str, Any], patterns: list[Any]
    ) -> "Rules":
        """Return the rules in the properties of an event."""
        return cls(
            function=function,
            table=given["Stream"].partition(".")[0],
            size=int(given.get("BatchSize", 100)),
            window=float(given.get("MaximumBatchingWindowInSeconds", 0)),
            attempts=int(given.get("MaximumRetryAttempts", -1)),
            age=float(given.get("MaximumRecordAgeInSeconds", -1)),
            bisects=bool(given.get("BisectBatchOnFunctionError")),
            partial=bool(given.get("FunctionResponseTypes")),
            patterns=tuple(patterns),
        )


@dataclass
class Batch:
    """Records that are delivered together, and how often that failed."""

    records: list[Record]
    failures: int = 0


@dataclass
class Shard:
    """One shard of one mapping."""

    rules: Rules
    number: int
    waiting: deque[Record] = field(default_factory=deque[Record])
    again: deque[Batch] = field(default_factory=deque[Batch])
    busy: bool = False
    not_before: float = 0.0


class Streams:
    """All mappings.

    `invoke` delivers a batch; `discard` gets what Lambda gives up, with the condition.
    """

    def __init__(
        self,
        rules: list[Rules],
        timeline: Timeline,
        invoke: Callable[[Shard, list[Record]], Done],
        discard: Callable[[str, list[Record], str], None],
    ) -> None:
        self._timeline = timeline
        self._invoke = invoke
        self._discard = discard
        self.shards = [Shard(one, n) for one in rules for n in range(SHARDS)]

    def offer(self, table: str, record: Record) -> None:
        """Pass a record to the mappings whose filters accept it."""
        number = crc32(record["dynamodb"]["Keys"]["pk"]["S"].encode()) % SHARDS
        for shard in self.shards:
            rules = shard.rules
            if (rules.table, shard.number) != (table, number):
                continue
            if not rules.patterns or any(passes(p, record) for p in rules.patterns):
                shard.waiting.append(record)
                self._wake(shard, rules.window or POLL)

    @property
    def idle(self) -> bool:
        """Whether no record waits."""
        return not any(s.waiting or s.again for s in self.shards)

    def _wake(self, shard: Shard, seconds: float) -> None:
        if not shard.busy:
            shard.busy = True
            wait = max(seconds, shard.not_before - self._timeline.now)
            self._timeline.later(wait, lambda: self._work(shard))

    def _work(self, shard: Shard) -> None:
        shard.busy = False
        if self._timeline.now < shard.not_before:
            self._wake(shard, 0.0)
            return
        batch = self._next(shard)
        if batch is None:
            return
        done = self._invoke(shard, batch.records)
        count = self._checkpoint(shard.rules, done, batch.records)
        pause = POLL
        if count < len(batch.records):
            pause = self._failed(shard, batch, count)
        if shard.again or shard.waiting:
            self._wake(shard, done.seconds + pause)

    def _next(self, shard: Shard) -> Batch | None:
        batch = shard.again.popleft() if shard.again else None
        if batch is None and shard.waiting:
            size = min(shard.rules.size, len(shard.waiting))
            batch = Batch([shard.waiting.popleft() for _ in range(size)])
        if batch is None or shard.rules.age < 0:
            return batch
        born = "ApproximateCreationDateTime"
        limit = EPOCH + self._timeline.now - shard.rules.age
        old = [r for r in batch.records if r["dynamodb"][born] < limit]
        if old:
            self._discard(shard.rules.function, old, "MaxRecordAgeExceeded")
            batch.records = [r for r in batch.records if r not in old]
        return batch if batch.records else self._next(shard)

    def _failed(self, shard: Shard, batch: Batch, count: int) -> float:
        """Keep the rest of a batch for another attempt, or give it up."""
        rules, left = shard.rules, batch.records[count:]
        failures = 1 if count else batch.failures + 1
        if 0 <= rules.attempts < failures:
            self._discard(rules.function, left, "RetryAttemptsExhausted")
            return POLL
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - 1, 10))
        if rules.bisects and len(left) > 1 and not count:
            middle = len(left) // 2
            # Splitting consumes no attempt.
            shard.again.appendleft(Batch(left[middle:], failures - 1))
            shard.again.appendleft(Batch(left[:middle], failures - 1))
        else:
            shard.again.appendleft(Batch(left, failures))
        return pause

    def _checkpoint(self, rules: Rules, done: Done, records: list[Record]) -> int:
        """Return how many records from the front are done."""
        if done.response is None:
            return 0
        failures = done.response.get("batchItemFailures")
        if not rules.partial or not failures:
            return len(records)
        numbers = [r["dynamodb"]["SequenceNumber"] for r in records]
        named = [one.get("itemIdentifier") for one in failures]
        if not all(named):
            return 0
        return min((numbers.index(n) for n in named if n in numbers), default=0)
