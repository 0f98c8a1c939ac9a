"""Push interval: while a target fails, the agents push more often."""

import pytest

from parallax.ingest.push_interval import CACHE_SECONDS, FAILING_SECONDS, PushInterval
from parallax.model.finding import State


@pytest.mark.parametrize("state", [State.PENDING, State.FIRING, State.RECOVERING])
def test_a_failing_target_shortens_the_interval(state: State) -> None:
    """One failing target of several is enough."""
    states = {"well": None, "bad": state}
    assert PushInterval(states.get).seconds(["well", "bad"]) == FAILING_SECONDS


@pytest.mark.parametrize("state", [None, State.RESOLVED])
def test_a_healthy_target_keeps_the_agents_interval(state: State | None) -> None:
    """Never failed, or over: the agents come as they are set."""
    assert PushInterval({"well": state}.get).seconds(["well"]) is None


def test_one_reading_serves_for_some_seconds() -> None:
    """Five agents that push at once cost one reading; later there is another."""
    asked: list[str] = []
    clock = [100.0]

    def state(target: str) -> State | None:
        """Record the target that is read."""
        asked.append(target)
        return State.FIRING if len(asked) == 1 else None

    push_interval = PushInterval(state, lambda: clock[0])
    assert [push_interval.seconds(["a"]) for _ in range(5)] == [FAILING_SECONDS] * 5
    clock[0] += CACHE_SECONDS
    assert push_interval.seconds(["a"]) is None
    assert asked == ["a", "a"]
