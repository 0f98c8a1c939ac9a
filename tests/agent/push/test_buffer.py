"""What waits to be pushed."""

import time
from dataclasses import replace
from datetime import UTC, datetime

from parallax.model.cluster import ClusterReading, NodeReport
from parallax.model.push import SCHEMA, Push
from parallax_agent.push.buffer import Buffer

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def push(node: str) -> Push:
    """Return a push with this node, which identifies it."""
    return Push(schema=SCHEMA, cluster="keybuzz", node=node, sent_at=NOW)


def test_the_newest_stays_until_it_is_forgotten() -> None:
    """The same message with the same id each time; then an older one."""
    buffer = Buffer(3)
    for node in "abc":
        buffer.put(push(node))
    first = buffer.newest(60)
    assert first is not None
    assert first is buffer.newest(60)
    buffer.forget(first)
    second = buffer.newest(0)
    assert second is not None
    assert (first.push.node, second.push.node, len(buffer)) == ("c", "b", 2)
    assert first.id != second.id


def test_new_messages_come_at_once_and_older_ones_later() -> None:
    """A push that arrives meanwhile takes precedence over older ones."""
    buffer = Buffer(3)
    buffer.put(push("a"))
    buffer.put(push("b"))
    newest = buffer.newest(60)
    assert newest is not None
    buffer.forget(newest)
    began = time.monotonic()
    waited = buffer.newest(0.05)
    assert time.monotonic() - began >= 0.05
    assert waited is not None
    buffer.put(push("c"))
    newer = buffer.newest(60)
    assert newer is not None
    assert (waited.push.node, newer.push.node) == ("a", "c")


def test_all_parts_of_the_last_push_are_new() -> None:
    """A push in several messages is sent without delays."""
    buffer = Buffer(3)
    report = NodeReport(
        target="shop",
        cluster="keybuzz",
        node="a",
        sent_at=NOW,
        interval=15.0,
        reading=ClusterReading(read_at=NOW, problems=("x" * 600_000,)),
    )
    buffer.put(replace(push("a"), reports=(report, report)))
    for _ in range(2):
        message = buffer.newest(60)
        assert message is not None
        buffer.forget(message)
    assert len(buffer) == 0


def test_a_message_dropped_while_it_is_sent_costs_no_other() -> None:
    """A full buffer dropped it meanwhile: no other message is removed."""
    buffer = Buffer(1)
    buffer.put(push("a"))
    under_way = buffer.newest(60)
    assert under_way is not None
    buffer.put(push("b"))
    buffer.forget(under_way)
    left = buffer.newest(60)
    assert left is not None
    assert left.push.node == "b"


def test_a_closed_buffer_returns_the_rest_and_then_nothing() -> None:
    """Nothing waits any more."""
    buffer = Buffer(3)
    buffer.put(push("a"))
    buffer.close()
    last = buffer.newest(60)
    assert last is not None
    buffer.forget(last)
    assert buffer.newest(60) is None
