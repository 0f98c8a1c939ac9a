"""Specification of the faults behind DNS and the CDN: `parallax.diagnose.bypass`."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from parallax.diagnose.judge import judge
from parallax.model.balancer import BalancerReading
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Assessment
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s


def assessment(snapshot: Snapshot, cause: str) -> Assessment:
    """Return one cause's assessment."""
    return next(a for a in judge(snapshot).assessments if a.cause == cause)


def directly(
    found: Snapshot, page: str = s.LB_503, balancer: BalancerReading | None = None
) -> Snapshot:
    """Return the snapshot with another page for requests to the balancer itself."""
    assert found.run
    probes = tuple(
        replace(p, **s.answer(page))  # type: ignore[arg-type]
        if p.role in {Role.DIRECT, Role.UNKNOWN_HOST}
        else p
        for p in found.run.probes
    )
    return replace(
        found,
        run=replace(found.run, probes=probes),
        balancer=balancer or found.balancer,
    )


NAMES: list[Callable[[], Snapshot]] = [e.no_name, e.broken_zone]
BEHIND = [
    (s.without_targets(), "lb-no-target"),
    (s.balancer(healthy=0, asks=30081), "lb-health-check-wrong-port"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("balancer", "cause"), BEHIND)
def test_direct_requests_show_the_fault_behind_a_name(
    name: Callable[[], Snapshot], balancer: BalancerReading, cause: str
) -> None:
    """The name is named, and the fault that users would meet next is also true."""
    x = directly(name(), balancer=balancer)
    assert judge(x).cause == judge(name()).cause
    also = assessment(x, cause)
    assert also.answer is Answer.SUPPORTED
    assert also.explained_by is None
    assert "sent directly to the load balancer" in also.evidence[-1]


def test_direct_requests_that_succeed_show_nothing_behind_a_name() -> None:
    """Then only the name is at fault."""
    true = [a for a in judge(e.no_name()).assessments if a.answer is Answer.SUPPORTED]
    assert [a.cause for a in true] == ["dns-name-gone"]


def test_a_failing_balancer_without_a_shown_cause_adds_nothing() -> None:
    """The page of a load balancer with healthy targets proves no cause."""
    x = directly(e.no_name())
    true = [a for a in judge(x).assessments if a.answer is Answer.SUPPORTED]
    assert [a.cause for a in true] == ["dns-name-gone"]


def test_an_old_address_and_a_balancer_without_targets_are_both_true() -> None:
    """Only the failing balancer leaves a doubt; direct requests show why it fails."""
    x = directly(e.stale_name(), balancer=s.without_targets())
    assert judge(x).cause == "lb-no-target"
    assert assessment(x, "dns-stale-address").answer is Answer.SUPPORTED


def test_an_address_that_may_be_a_proxy_is_left_open() -> None:
    """Nothing shows that the name led elsewhere before."""
    outside = e.led_to(e.OLD, s.run(e.OLD_SERVER, direct=s.OK))
    x = s.taken(e.resolved(outside, e.OLD, e.OLD), s.balancer(), *s.reports())
    x = directly(x, balancer=s.without_targets())
    assert judge(x).cause == NOT_ESTABLISHED
