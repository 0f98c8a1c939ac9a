"""The model of a FIFO queue: a message that fails blocks its group only."""

from bench.cost.timeline import Timeline
from chaos.queue import FifoQueue, Message
from tests.chaos.test_streams import _Still


def _queue(bad: set[str]) -> tuple[FifoQueue, list[str], Timeline]:
    timeline, done = Timeline(_Still()), list[str]()

    def handle(message: Message) -> tuple[bool, float]:
        body = message.record["body"]
        if body in bad:
            bad.discard(body)
            return False, 1.0
        done.append(body)
        return True, 1.0

    return FifoQueue(timeline, 0.0, handle), done, timeline


def test_a_message_that_fails_blocks_its_group_and_no_other() -> None:
    """It is delivered again after the visibility timeout, before the next one."""
    queue, done, timeline = _queue({"a1"})
    for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        queue.send(body, group, body, {})
    timeline.until(60.0)
    assert done == ["b1"]
    timeline.until(200.0)
    assert done == ["b1", "a1", "a2"]


def test_a_duplicate_of_five_minutes_is_dropped() -> None:
    """Later it is another message."""
    queue, done, timeline = _queue(set())
    assert queue.send("a", "g", "same", {})
    assert not queue.send("a", "g", "same", {})
    timeline.until(400.0)
    timeline.at(400.0, lambda: queue.send("a", "g", "same", {}))
    timeline.until(500.0)
    assert done == ["a", "a"]
