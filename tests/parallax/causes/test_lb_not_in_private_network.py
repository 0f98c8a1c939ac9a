"""Specification of `lb-not-in-private-network`."""

from dataclasses import replace

import pytest

from parallax.causes.lb_not_in_private_network import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.balancer import BalancerReading, HealthStatus
from parallax.model.judgement import Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def behind(found: BalancerReading) -> Snapshot:
    """Return users who get the balancer's page, with a reading."""
    return s.taken(s.run(s.LB_503, unknown_host=s.LB_503), found, *s.reports())


def joined(
    own: tuple[int, ...] | None, theirs: tuple[int, ...] | None, healthy: int = 0
) -> BalancerReading:
    """Return a balancer and targets with networks."""
    found = e.with_targets(s.balancer(healthy=healthy), networks=theirs)
    ips = ("10.0.0.5",) if own else ()
    return e.changed(found, networks=own, private_ips=ips)


def test_the_balancer_is_attached_to_its_targets_network() -> None:
    """The network's id is the servers', as Hetzner reports it."""
    attach, look = judge(e.no_network()).next_steps
    assert "Hetzner reports 5 of 5 targets in network 4711" in attach.text
    assert attach.command == (
        "hcloud load-balancer attach-to-network keybuzz-lb --network 4711"
    )
    assert look.command == "hcloud load-balancer describe keybuzz-lb"


def test_two_networks_that_are_not_the_same_are_none() -> None:
    """Both are attached, to different ones."""
    x = behind(joined((1, 2), (3,)))
    assert judge(x).cause == CAUSE.id
    assert "none of them shares a network with keybuzz-lb" in ask(CAUSE, x).evidence[0]


def test_it_is_named_without_any_agent() -> None:
    """The API and the balancer's own page are enough."""
    alone = replace(e.no_network(), reports=(), sightings=())
    assert judge(alone).cause == CAUSE.id


@pytest.mark.parametrize(
    ("own", "theirs"), [(None, None), (None, (1,)), ((1,), None)]
)  # fmt: skip
def test_networks_that_were_not_read_are_open(
    own: tuple[int, ...] | None, theirs: tuple[int, ...] | None
) -> None:
    """None is not the same as no network."""
    assert answer(CAUSE, behind(joined(own, theirs))) is Answer.UNKNOWN


def test_a_common_network_or_public_targets_refute_it() -> None:
    """A missing network is ruled out."""
    assert answer(CAUSE, behind(joined((1, 2), (2, 3)))) is Answer.REFUTED
    public = e.with_targets(joined((), ()), use_private_ip=False)
    assert answer(CAUSE, behind(public)) is Answer.REFUTED


def test_a_healthy_target_refutes_it() -> None:
    """One reachable target shows a shared network."""
    assert answer(CAUSE, behind(joined((), (1,), healthy=1))) is Answer.REFUTED


def test_health_that_is_not_known_yet_leaves_the_cause_open() -> None:
    """Just after a change every target is `unknown`."""
    fresh = e.with_targets(s.balancer(healthy=0, rest=HealthStatus.UNKNOWN))
    fresh = e.changed(fresh, networks=(), private_ips=())
    assert answer(CAUSE, behind(fresh)) is Answer.UNKNOWN


def test_only_some_targets_cut_off_do_not_explain_the_rest() -> None:
    """Two share no network, three are unhealthy for another reason."""
    found = joined((1,), (1,))
    assert found.load_balancer
    two, three = found.load_balancer.targets[:2], found.load_balancer.targets[2:]
    away = tuple(replace(t, networks=(9,)) for t in two)
    x = behind(e.changed(found, targets=(*away, *three)))
    assert answer(CAUSE, x) is Answer.UNKNOWN
