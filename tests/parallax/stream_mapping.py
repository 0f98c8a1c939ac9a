"""Stream mapping: a model of Lambda's event source mapping for one shard of a stream.

In: a handler, the mapping's settings from the template, records, a clock that the test
moves. Out: what is invoked, what is discarded and why.
It does not: filter, batch by time, run shards in parallel, or know how long Lambda
pauses between two attempts, which AWS does not document: here each attempt takes one
second of the model's clock.

The rules, from AWS Lambda's developer guide, pages "Process DynamoDB records with
Lambda", "Configuring partial batch response with DynamoDB and Lambda" and "Retain
discarded records for a DynamoDB event source in Lambda":
- Records of a shard are processed in order; a failed batch blocks those behind it.
- A response is a complete success if it is empty, null, or has an empty or null list
  `batchItemFailures`; a complete failure if an `itemIdentifier` is null, an empty
  string, or missing; otherwise Lambda retries from the lowest sequence number named.
- A function error is a complete failure.
- With `BisectBatchOnFunctionError` a failed batch is split into two, and one with a
  partial response at the number it returned. Splitting consumes no retry.
- A batch is discarded after `MaximumRetryAttempts` retries, and a record when it is
  older than `MaximumRecordAgeInSeconds`; an S3 destination keeps the payload.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

type Record = dict[str, Any]
type Handler = Callable[[dict[str, Any], Any], Any]


@dataclass
class Discarded:
    """Records that Lambda gave up, as an S3 destination keeps them."""

    records: list[Record]
    condition: str


@dataclass
class Mapping:
    """One shard's mapping."""

    handler: Handler
    batch_size: int = 100
    attempts: int = -1
    age: float = -1
    bisects: bool = False
    partial: bool = False
    now: float = 0.0
    between: Callable[[], object] = lambda: None
    """Called before each invocation: where a test brings faults about or ends them."""
    invocations: list[list[str]] = field(default_factory=list[list[str]])
    discarded: list[Discarded] = field(default_factory=list[Discarded])

    def run(self, records: list[Record]) -> None:
        """Process all records, oldest first, until each is done or discarded."""
        for start in range(0, len(records), self.batch_size):
            self._batch(records[start : start + self.batch_size], 0)

    def _batch(self, batch: list[Record], retries: int) -> None:
        while batch:
            batch = self._not_too_old(batch)
            if not batch:
                return
            done = self._invoke(batch)
            if done == len(batch):
                return
            batch, retries = batch[done:], retries if done else retries + 1
            if 0 <= self.attempts < retries:
                self.discarded.append(Discarded(batch, "RetryAttemptsExhausted"))
                return
            if self.bisects and len(batch) > 1 and not done:
                middle = len(batch) // 2
                self._batch(batch[:middle], retries - 1)
                batch, retries = batch[middle:], retries - 1

    def _invoke(self, batch: list[Record]) -> int:
        """Invoke once; return how many records from the front are done."""
        self.between()
        self.now += 1
        self.invocations.append([number(one) for one in batch])
        try:
            response = self.handler({"Records": batch}, None)
        except Exception:  # noqa: BLE001 - whatever it is, Lambda sees a function error
            return 0
        return checkpoint(response, batch) if self.partial else len(batch)

    def _not_too_old(self, batch: list[Record]) -> list[Record]:
        if self.age < 0:
            return batch
        born = [one["dynamodb"].get("ApproximateCreationDateTime", 0) for one in batch]
        old = [one for one, at in zip(batch, born, strict=True) if self._is_old(at)]
        if old:
            self.discarded.append(Discarded(old, "MaxRecordAgeExceeded"))
        return [one for one in batch if one not in old]

    def _is_old(self, born: float) -> bool:
        return self.now - born > self.age


def number(record: Record) -> str:
    """Return a record's sequence number."""
    return record["dynamodb"]["SequenceNumber"]


def checkpoint(response: Any, batch: list[Record]) -> int:
    """Return how many records of a batch a response reports as done."""
    failures = response.get("batchItemFailures") if response else None
    if not failures:
        return len(batch)
    named = [failure.get("itemIdentifier") for failure in failures]
    if not all(named):
        return 0
    numbers = [number(one) for one in batch]
    return min((numbers.index(n) for n in named if n in numbers), default=0)
