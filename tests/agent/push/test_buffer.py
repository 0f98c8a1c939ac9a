"""What waits to be pushed."""

import time
from dataclasses import replace
from datetime import UTC, datetime

from parallax.model.cluster import ClusterReading, NodeReport
from parallax.model.push import SCHEMA, Push
from parallax_agent.push.buffer import Buffer

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def push(node: str) -> Push:
    """Return a push that can be told from others by its node."""
    return Push(schema=SCHEMA, cluster="keybuzz", node=node, sent_at=NOW)


def test_the_newest_stays_until_it_is_done_with() -> None:
    """The same message, with the same id, as often as it is asked for; then older."""
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


def test_what_is_new_comes_at_once_and_what_waited_after_a_while() -> None:
    """A push that comes meanwhile goes before those that have waited."""
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
    """One that was too large for one message does not come piecemeal."""
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


def test_what_was_given_up_under_way_costs_no_other_message() -> None:
    """Done with a message that a full buffer gave up meanwhile: nothing is lost."""
    buffer = Buffer(1)
    buffer.put(push("a"))
    under_way = buffer.newest(60)
    assert under_way is not None
    buffer.put(push("b"))
    buffer.forget(under_way)
    left = buffer.newest(60)
    assert left is not None
    assert left.push.node == "b"


def test_a_closed_buffer_hands_out_the_rest_and_then_nothing() -> None:
    """Nobody waits for what will not come."""
    buffer = Buffer(3)
    buffer.put(push("a"))
    buffer.close()
    last = buffer.newest(60)
    assert last is not None
    buffer.forget(last)
    assert buffer.newest(60) is None
