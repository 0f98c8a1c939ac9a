"""Load: how busy functions and streams are, next to what they can do.

In: when each invocation began and how long it took; the records of each stream shard.
Out: for each function, and for each mapping of a stream, plain numbers of a minute.
It does not: decide how busy is too busy.
"""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

type Span = tuple[float, float]
"""When an invocation began, in seconds, and its milliseconds."""


@dataclass(slots=True)
class Shard:
    """One shard of a stream with one mapping: records, batches, milliseconds."""

    records: int = 0
    batches: int = 0
    ms: float = 0.0


@dataclass(slots=True)
class Load:
    """The numbers of one measurement; `reset` starts the next."""

    spans: defaultdict[str, list[Span]] = field(
        default_factory=lambda: defaultdict(list[Span])
    )
    shards: defaultdict[tuple[str, int], Shard] = field(
        default_factory=lambda: defaultdict(Shard)
    )

    def reset(self) -> None:
        """Forget all numbers."""
        self.spans.clear()
        self.shards.clear()

    def add(self, function: str, began: float, ms: float) -> None:
        """Note one invocation."""
        self.spans[function].append((began, ms))

    def batch(self, function: str, shard: int, records: int) -> None:
        """Note the batch of a stream shard with which a function was last invoked."""
        one = self.shards[function, shard]
        one.records += records
        one.batches += 1
        one.ms += self.spans[function][-1][1]

    def functions(self, minutes: float) -> dict[str, dict[str, float]]:
        """Return the load of each function: numbers of a minute, and the largest."""
        return {
            name: {
                "invocations": len(spans) / minutes,
                "busy_seconds": sum(ms for _, ms in spans) / 1000 / minutes,
                "longest_ms": max(ms for _, ms in spans),
                "at_once": float(at_once(spans)),
            }
            for name, spans in sorted(self.spans.items())
        }

    def streams(self, minutes: float) -> dict[str, dict[str, float]]:
        """Return for each mapping its records, and the seconds of its busiest shard."""
        found: dict[str, dict[str, float]] = {}
        for (name, _), shard in sorted(self.shards.items()):
            one = found.setdefault(name, {"records": 0.0, "busiest_seconds": 0.0})
            one["records"] += shard.records / minutes
            busy = shard.ms / 1000 / minutes
            one["busiest_seconds"] = max(one["busiest_seconds"], busy)
        return found


def at_once(spans: Sequence[Span]) -> int:
    """Return how many invocations ran at the same time, at most."""
    ends: list[float] = []
    most = 0
    for began, ms in sorted(spans):
        while ends and ends[0] <= began:
            heapq.heappop(ends)
        heapq.heappush(ends, began + ms / 1000)
        most = max(most, len(ends))
    return most
