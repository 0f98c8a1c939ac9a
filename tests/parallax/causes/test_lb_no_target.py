"""Specification of the cause `lb-no-target`: when it is blamed, and when not."""

from dataclasses import replace

import pytest

from parallax.causes.lb_no_target import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Hop, HopState
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def empty(outside: str, **more: object) -> Snapshot:
    """Return a snapshot of a balancer without targets."""
    probes = s.run(outside, **({"unknown_host": s.LB_503} | more))  # type: ignore[arg-type]
    return s.taken(probes, s.without_targets(), *s.reports())


def test_it_is_named_without_any_agent() -> None:
    """The API and the balancer's own page are enough."""
    alone = replace(s.no_target(), reports=(), sightings=())
    assert judge(alone).cause == "lb-no-target"


def test_a_selector_without_servers_is_no_target() -> None:
    """The selector is named, and the nodes get its label."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(outside, s.without_targets("role=worker"), *s.reports())
    judgement = judge(x)
    assert judgement.cause == "lb-no-target"
    assert "no server has the label role=worker" in ask(CAUSE, x).evidence[0]
    assert judgement.next_steps[1].command == (
        "for node in worker-01 worker-02 worker-03 worker-04 worker-05;"
        ' do hcloud server add-label "$node" role=worker; done'
    )


def test_a_controller_comes_first_unless_none_keeps_the_balancer() -> None:
    """It undoes what the command changes; the label shows whether there is one."""
    x = s.no_target()
    assert x.balancer
    assert x.balancer.load_balancer
    first, add, skipped, _ = judge(x).next_steps
    assert "If hcloud-ccm/service-uid is among them" in first.text
    assert "go on with step 3" in first.text
    assert first.command == (
        "hcloud load-balancer describe keybuzz-lb -o format='{{.Labels}}'"
    )
    assert add.text.startswith("Add the nodes as targets.")
    assert skipped.text.startswith("If the load balancer has the label hcloud-ccm/")
    kept = replace(x.balancer.load_balancer, service_uid="5d")
    known = replace(x, balancer=replace(x.balancer, load_balancer=kept))
    assert judge(known).next_steps[1].text.startswith("Check which nodes the cloud")
    lb = replace(x.balancer.load_balancer, service_uid="")
    alone = replace(x, balancer=replace(x.balancer, load_balancer=lb))
    first, look = judge(alone).next_steps
    assert "step 3" not in first.text
    assert look.command == "hcloud load-balancer describe keybuzz-lb"


def test_a_selector_that_is_no_plain_pair_is_not_set_by_command() -> None:
    """`role in (a,b)` can't be given as a label."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(outside, s.without_targets("role in (a,b)"), *s.reports())
    command = judge(x).next_steps[1].command or ""
    assert command.startswith("hcloud server list")


def test_a_tcp_service_without_targets_closes_without_a_byte() -> None:
    """An empty reply from the balancer's own address is its response."""
    judgement = judge(empty(s.CLOSED, unknown_host=s.CLOSED))
    assert judgement.cause == "lb-no-target"


def test_an_unmarked_503_counts_at_the_balancers_address() -> None:
    """Hetzner's own page was never captured; without targets only it can answer."""
    x = s.no_target()
    assert x.run
    probes = tuple(
        replace(p, body="sorry", headers=()) if p.status_code == 503 else p
        for p in x.run.probes
    )
    x = replace(x, run=replace(x.run, probes=probes))
    assert answer(CAUSE, x) is Answer.SUPPORTED


def test_an_answer_from_elsewhere_is_not_the_balancers() -> None:
    """The name resolves to another machine, so users do not reach the balancer."""
    x = s.no_target()
    assert x.run
    probes = tuple(
        replace(p, peer_address="198.51.100.7")
        for p in x.run.probes
        if p.role is not Role.DIRECT
    )
    x = replace(x, run=replace(x.run, probes=probes))
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


@pytest.mark.parametrize("page", [s.POD_503, s.INGRESS_503_BY_LB])
def test_a_request_that_got_through_contradicts_it(page: str) -> None:
    """No target was read, yet something behind the balancer responded: unknown."""
    answered = ask(CAUSE, empty(page, unknown_host=s.INGRESS_404_BY_LB))
    assert answered.answer is Answer.UNKNOWN


@pytest.mark.parametrize("healthy", [0, 5])
def test_any_target_refutes_it(healthy: int) -> None:
    """Unhealthy ones are targets too."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(outside, s.balancer(healthy=healthy), *s.reports())
    assert answer(CAUSE, x) is Answer.REFUTED


def test_an_empty_balancer_has_no_unhealthy_target() -> None:
    """Exactly one of the balancer's causes is shown."""
    shown = [
        a.cause
        for a in judge(s.no_target()).assessments
        if a.answer is Answer.SUPPORTED
    ]
    assert shown == ["lb-no-target"]


def test_with_no_endpoints_too_the_outer_cause_is_named() -> None:
    """Two faults at once: users reach the empty balancer; the other is also true."""
    inside = s.reports(ingress=s.INGRESS_503, ready=0, pods=0)
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    judgement = judge(s.taken(outside, s.without_targets(), *inside))
    inner = next(
        a for a in judgement.assessments if a.cause == "service-without-endpoints"
    )
    assert judgement.cause == "lb-no-target"
    assert inner.answer is Answer.SUPPORTED
    assert "has no endpoints" in inner.evidence[0]
    service = next(h for h in judgement.path if h.hop is Hop.SERVICE)
    assert service.state is HopState.FAULTY
