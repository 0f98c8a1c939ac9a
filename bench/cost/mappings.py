"""Mappings: stream records reach their functions in the batches of the template.

In: records, and the template's event source mappings. Out: one invocation for each
batch: at the end of the batching window, or when the batch is full.
It does not: retry or bisect; `tests.parallax.stream_mapping` models that.

A new on-demand table has four partitions, and each has a shard of the stream with its
own batches (Developer Guide, "DynamoDB burst and adaptive capacity").
"""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from bench.cost.filters import passes
from bench.cost.tables import Record
from bench.cost.template import Function

SHARDS = 4
POLL = 0.2
"""Seconds until a record arrives without a batching window: Lambda polls a shard four
times a second."""


@dataclass(slots=True)
class Mapping:
    """One function's mapping, with the records that wait in each shard."""

    function: str
    table: str
    size: int
    window: float
    patterns: list[Any]
    waiting: dict[int, list[Record]] = field(
        default_factory=lambda: defaultdict(list[Record])
    )


def mappings_of(function: Function) -> list[Mapping]:
    """Return the stream mappings of a function."""
    found: list[Mapping] = []
    for event in function.events.values():
        if event["Type"] != "DynamoDB":
            continue
        given = event["Properties"]
        filters = given.get("FilterCriteria", {}).get("Filters", [])
        found.append(
            Mapping(
                function=function.name,
                table=given["Stream"].partition(".")[0],
                size=int(given.get("BatchSize", 100)),
                window=float(given.get("MaximumBatchingWindowInSeconds", 0)),
                patterns=[json.loads(one["Pattern"]) for one in filters],
            )
        )
    return found


class Mappings:
    """All mappings; `later` schedules a call, `invoke` runs a function.

    `note` gets the function, the shard and the number of records of each batch.
    """

    def __init__(
        self,
        mappings: list[Mapping],
        later: Callable[[float, Callable[[], object]], None],
        invoke: Callable[[str, dict[str, Any]], Any],
        note: Callable[[str, int, int], None] = lambda *_: None,
        shards: int = SHARDS,
    ) -> None:
        self._mappings = mappings
        self._later = later
        self._invoke = invoke
        self._note = note
        self._shards = shards

    def offer(self, table: str, record: Record) -> None:
        """Pass one record to the mappings of its table whose filters accept it."""
        keys = record["dynamodb"]["Keys"]
        shard = crc32(keys["pk"]["S"].encode()) % self._shards
        for mapping in self._mappings:
            if mapping.table != table or not _accepts(mapping, record):
                continue
            waiting = mapping.waiting[shard]
            waiting.append(record)
            if len(waiting) == 1:
                self._later(mapping.window or POLL, self._flush(mapping, shard))
            elif len(waiting) == mapping.size:
                self._later(0.0, self._flush(mapping, shard))

    def _flush(self, mapping: Mapping, shard: int) -> Callable[[], None]:
        def flush() -> None:
            batch = mapping.waiting[shard][: mapping.size]
            del mapping.waiting[shard][: mapping.size]
            if batch:
                self._invoke(mapping.function, {"Records": batch})
                self._note(mapping.function, shard, len(batch))
            if mapping.waiting[shard]:
                self._later(mapping.window or POLL, flush)

        return flush


def _accepts(mapping: Mapping, record: Record) -> bool:
    if not mapping.patterns:
        return True
    return any(passes(pattern, record) for pattern in mapping.patterns)
