"""Health: a hung agent differs from one whose first cycle is running."""

from parallax_agent.serving.health import SHORTEST, Health


def test_it_is_ready_after_its_first_cycle() -> None:
    """Alive from the start, ready after one cycle."""
    health = Health(15.0)
    assert (health.alive(), health.ready()) == (True, False)
    health.beat()
    assert (health.alive(), health.ready()) == (True, True)


def test_it_hangs_when_no_cycle_ends() -> None:
    """After some minutes without a cycle it is not alive; a cycle repairs it."""
    clock = [0.0]
    health = Health(15.0, lambda: clock[0])
    health.beat()
    clock[0] = SHORTEST + 1
    assert (health.alive(), health.ready()) == (False, False)
    health.beat()
    assert health.alive()


def test_a_long_interval_is_waited_for() -> None:
    """An agent with an hourly cycle is not restarted every three minutes."""
    clock = [0.0]
    health = Health(3600.0, lambda: clock[0])
    clock[0] = 2 * 3600.0
    assert health.alive()
