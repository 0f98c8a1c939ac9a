"""Specification of the simulated health checks: `bench.accuracy.platform.health`."""

from random import Random

import pytest

from bench.accuracy.platform import health
from bench.accuracy.platform.draw import draw
from bench.accuracy.platform.outside import Outside
from bench.accuracy.platform.parts import Check, Rule
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec

REQUIRED = Requirements(
    nodes=3, protocol="https", cdn=False, kind="ingress-nginx", proxy=False
)


def spec(seed: int = 1) -> PlatformSpec:
    """Draw a healthy platform."""
    return draw(Random(seed), REQUIRED)  # noqa: S311 - seeded on purpose


def words(platform: PlatformSpec) -> set[str | None]:
    """Return Hetzner's details of the targets, on the port of users."""
    states = health.play(platform)
    names = platform.balancer.targets
    return {health.at(states, name, 443, 0).detail for name in names}


@pytest.mark.parametrize("seed", range(40))
def test_a_drawn_platform_is_well(seed: int) -> None:
    """Any drawn platform has healthy targets, and its users are served."""
    platform = draw(Random(seed), Requirements())  # noqa: S311 - seeded on purpose
    states = health.play(platform)
    assert all(state.healthy for states in states.values() for state in states)
    assert Outside(platform, states, "shop").first(0.0).healthy


def test_a_firewall_lets_checks_time_out() -> None:
    """A dropped SYN gets no response."""
    platform = spec()
    platform.rules.append(Rule(source="balancer"))
    assert words(platform) == {"layer4_timeout"}


def test_a_dead_port_refuses_the_check() -> None:
    """The port is closed."""
    platform = spec()
    for listen in platform.balancer.listens:
        listen.check = Check(protocol="tcp", port=9)
    assert words(platform) == {"layer4_no_connection"}


def test_an_http_check_meets_what_the_ingress_answers() -> None:
    """A check for no host gets the default backend's 404."""
    platform = spec()
    port = platform.ingress.http_port
    for listen in platform.balancer.listens:
        listen.check = Check(protocol="http", port=port)
    assert words(platform) == {"unexpected_http_status"}


def test_checks_leave_no_line_in_the_log() -> None:
    """The agents look for our ids only."""
    platform = spec()
    health.play(platform)
    assert not platform.log


@pytest.mark.parametrize(("status", "taken"), [(204, True), (301, True), (404, False)])
def test_status_patterns(status: int, *, taken: bool) -> None:
    """A question mark stands for any digit."""
    assert health.accepts(Check(protocol="http", port=1), status) is taken
