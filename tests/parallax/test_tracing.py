"""Tracing while it is off: nothing changes, and nothing is imported."""

from parallax import tracing


def test_off_a_handler_stays_the_same_and_parts_do_nothing() -> None:
    """Whatever a part raises passes through it."""

    def handler(event: dict[str, object], _context: object) -> dict[str, object]:
        tracing.annotate(target="front")
        with tracing.part("judge", target="front", cluster=None):
            return event

    assert tracing.traced(handler) is handler
    assert handler({"a": 1}, None) == {"a": 1}
