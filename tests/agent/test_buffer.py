"""What waits to be pushed."""

from datetime import UTC, datetime

from parallax.model.push import SCHEMA, Push
from parallax_agent.buffer import Buffer


def push(node: str) -> Push:
    """Return a push that can be told from others by its node."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return Push(schema=SCHEMA, cluster="keybuzz", node=node, sent_at=now)


def test_the_oldest_stays_until_it_is_done_with() -> None:
    """The same message, with the same id, as often as it is asked for."""
    buffer = Buffer(3)
    buffer.put(push("a"))
    buffer.put(push("b"))
    first = buffer.oldest()
    assert first is not None
    assert first is buffer.oldest()
    buffer.forget(first)
    second = buffer.oldest()
    assert second is not None
    assert (second.push.node, len(buffer)) == ("b", 1)
    assert first.id != second.id


def test_what_was_given_up_under_way_costs_no_other_message() -> None:
    """Done with a message that a full buffer gave up meanwhile: nothing is lost."""
    buffer = Buffer(1)
    buffer.put(push("a"))
    under_way = buffer.oldest()
    assert under_way is not None
    buffer.put(push("b"))
    buffer.forget(under_way)
    left = buffer.oldest()
    assert left is not None
    assert left.push.node == "b"


def test_a_closed_buffer_hands_out_the_rest_and_then_nothing() -> None:
    """Nobody waits for what will not come."""
    buffer = Buffer(3)
    buffer.put(push("a"))
    buffer.close()
    last = buffer.oldest()
    assert last is not None
    buffer.forget(last)
    assert buffer.oldest() is None
