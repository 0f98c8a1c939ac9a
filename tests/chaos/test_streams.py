"""The model of a stream's mappings: order, retries, splits, discards."""

from typing import Any

from bench.cost.clock import Clock
from bench.cost.timeline import Timeline
from chaos.records import Record, Records
from chaos.streams import Done, Rules, Shard, Streams

RULES = Rules(
    function="f",
    table="T",
    size=10,
    window=0.0,
    attempts=2,
    age=-1,
    bisects=True,
    partial=True,
    patterns=(),
)


class _Still(Clock):
    """A clock that moves no other time."""

    def __init__(self) -> None:  # as it would move the time of pytest
        self.seconds = 0.0

    def move_to(self, seconds: float) -> None:
        self.seconds = seconds


class _Stream:
    def __init__(self, bad: set[str], **rules: Any) -> None:
        self.timeline = Timeline(_Still())
        self.bad, self.done, self.lost = bad, list[str](), list[str]()
        chosen = Rules(**{**RULES.__dict__, **rules})
        self.streams = Streams([chosen], self.timeline, self._invoke, self._discard)
        self.records = Records()

    def _invoke(self, _shard: Shard, batch: list[Record]) -> Done:
        names = [r["dynamodb"]["NewImage"]["n"]["S"] for r in batch]
        if self.bad & {*names}:
            return Done(None, 1.0)
        self.done += names
        return Done({"batchItemFailures": []}, 1.0)

    def _discard(self, _name: str, batch: list[Record], _condition: str) -> None:
        self.lost += [r["dynamodb"]["NewImage"]["n"]["S"] for r in batch]

    def offer(self, *names: str) -> None:
        for name in names:
            item = {"pk": {"S": "same"}, "n": {"S": name}}
            now = self.timeline.now
            self.streams.offer("T", self.records.record("T", item, now))

    def run(self) -> None:
        self.timeline.until(1e6)


def test_records_of_a_key_are_delivered_in_order() -> None:
    """More than one batch."""
    stream = _Stream(set())
    names = [f"{n:02d}" for n in range(25)]
    stream.offer(*names)
    stream.run()
    assert stream.done == names
    assert stream.streams.idle


def test_a_batch_is_split_until_the_record_that_fails_is_alone() -> None:
    """All others are delivered, in their order; the one is discarded."""
    stream = _Stream({"c"})
    stream.offer("a", "b", "c", "d", "e")
    stream.run()
    assert stream.done == ["a", "b", "d", "e"]
    assert stream.lost == ["c"]


def test_without_a_split_the_whole_batch_is_discarded() -> None:
    """After the attempts of the mapping."""
    stream = _Stream({"c"}, bisects=False)
    stream.offer("a", "b", "c")
    stream.run()
    assert stream.lost == ["a", "b", "c"]


def test_a_record_that_is_too_old_is_discarded_before_it_is_delivered() -> None:
    """A shard that waits for long loses what is older than the mapping allows."""
    stream = _Stream(set(), age=300.0)
    stream.offer("a")
    stream.streams.shards[0].not_before = 1000.0
    for shard in stream.streams.shards:
        shard.not_before = 1000.0
    stream.run()
    assert stream.lost == ["a"]
    assert not stream.done
