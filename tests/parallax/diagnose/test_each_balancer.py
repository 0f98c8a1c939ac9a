"""Specification of several load balancers of one name: `diagnose.each_balancer`.

The name has two addresses, each of a load balancer; requests use them in turns.
"""

from collections.abc import Sequence
from dataclasses import replace

from parallax.diagnose import each_balancer
from parallax.diagnose.judge import judge
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerReading
from parallax.model.judgement import NOT_ESTABLISHED, Answer, FollowKind, Judgement
from parallax.model.probe import AS_A_USER, ProbeRun, Role
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.pieces import DROPPED, HANGS, INGRESS_404_BY_LB, LB_503, OK, REFUSED

SECOND = "203.0.113.21"
BOTH = f"{e.OWN} {SECOND}"


def two(first: BalancerReading, second: BalancerReading) -> BalancerReading:
    """Return the reading of both; the second has another name, id and address."""
    other = second.load_balancer
    assert other
    named = replace(other, id=2, name="keybuzz-lb-2", ipv4=SECOND, ipv6=None)
    return replace(first, others=(named,))


def run(at_first: str, at_second: str) -> ProbeRun:
    """Return a run that sends requests to both in turns, and one to each address."""
    pages = [at_second if n % 2 == 0 else at_first for n in range(11)]
    unknown = INGRESS_404_BY_LB if at_first == OK else at_first
    found = s.run(pages, direct=at_first, unknown_host=unknown)
    users = [p for p in found.probes if p.role in AS_A_USER]
    rest = [p for p in found.probes if p.role not in AS_A_USER]
    sent = [
        replace(p, peer_address=SECOND if n % 2 == 0 else e.OWN)
        for n, p in enumerate(users)
    ]
    to_each = [
        replace(p, role=Role.ADDRESS, request_id=f"address-{n}")
        for n, p in enumerate(sent[:2])
    ]
    probes = (*sent, *rest, *to_each)
    return e.resolved(replace(found, probes=probes), BOTH, BOTH, BOTH)


def judged(run_: ProbeRun, reading: BalancerReading, **more: object) -> Judgement:
    """Return the judgement of a run with the reading of both load balancers."""
    return judge(s.taken(run_, reading, *s.reports(), **more))  # type: ignore[arg-type]


def evidence(judgement: Judgement) -> Sequence[str]:
    """Return the evidence of the named cause."""
    return next(a.evidence for a in judgement.assessments if a.cause == judgement.cause)


def without_targets(reading: BalancerReading) -> BalancerReading:
    """Return the reading of a load balancer without a target."""
    return e.changed(reading, targets=())


def without_port(reading: BalancerReading) -> BalancerReading:
    """Return the reading of a load balancer without a service on port 443."""
    lb = reading.load_balancer
    assert lb
    return e.changed(
        reading, services=tuple(v for v in lb.services if v.listen_port == 80)
    )


def test_failures_at_one_address_blame_that_load_balancer() -> None:
    """The second has no target; requests to the first succeed and refute nothing."""
    found = judged(run(OK, LB_503), two(s.balancer(), without_targets(s.balancer())))
    assert found.cause == "lb-no-target"
    assert evidence(found)[-1] == (
        "all 6 failing requests went to keybuzz-lb-2; 5 of 5 requests to keybuzz-lb"
        " succeeded"
    )
    assert any("keybuzz-lb-2" in (step.command or "") for step in found.next_steps)
    assert found.symptom.follows
    assert found.symptom.follows.kind is FollowKind.ADDRESS
    assert (found.symptom.failed, found.symptom.total) == (6, 11)


def test_the_main_one_may_be_the_one_that_fails() -> None:
    """The second is healthy; the main one has no target."""
    reading = two(without_targets(s.balancer()), s.balancer())
    found = judged(run(LB_503, OK), reading)
    assert found.cause == "lb-no-target"
    assert any("keybuzz-lb-2 succeeded" in text for text in evidence(found))


def test_a_second_one_that_refuses_connections_is_not_stale_dns() -> None:
    """It has no service on the port: that is named, and DNS is ruled out."""
    reading = two(s.balancer(), without_port(s.balancer()))
    found = judged(run(OK, REFUSED), reading)
    assert found.cause == "lb-no-service-for-port"
    answers = {a.cause: a.answer for a in found.assessments}
    assert answers["dns-stale-address"] is Answer.REFUTED
    assert answers["dns-resolvers-disagree"] is not Answer.SUPPORTED


def test_a_healthy_second_one_that_fails_blames_neither() -> None:
    """All settings and targets are fine, and nothing shows why it drops packets."""
    found = judged(run(OK, DROPPED), two(s.balancer(), s.balancer()))
    assert found.cause == NOT_ESTABLISHED
    assert found.lead
    assert "all 6 failing requests went to keybuzz-lb-2" in found.lead.observation


def test_a_fault_of_the_other_one_is_not_blamed() -> None:
    """Users fail at the second; that the first has no target does not explain it."""
    reading = two(without_targets(s.balancer()), s.balancer())
    found = judged(run(OK, HANGS), reading)
    assert found.cause == NOT_ESTABLISHED


def test_the_same_fault_of_both_is_named_once() -> None:
    """Neither has a target."""
    bare = without_targets(s.balancer())
    found = judged(run(LB_503, LB_503), two(bare, bare))
    assert found.cause == "lb-no-target"
    assert any(
        text == "5 requests to keybuzz-lb failed for the same reason"
        for text in evidence(found)
    )


def test_two_faults_are_both_reported() -> None:
    """The first has no target, the second no service on the port."""
    reading = two(without_targets(s.balancer()), without_port(s.balancer()))
    found = judged(run(LB_503, REFUSED), reading)
    shown = {a.cause for a in found.assessments if a.answer is Answer.SUPPORTED}
    assert found.cause == "lb-no-service-for-port"
    assert shown == {"lb-no-service-for-port", "lb-no-target"}


def test_a_fault_behind_both_is_named_as_with_one() -> None:
    """No pod is ready; both load balancers work."""
    one = s.without_endpoints()
    assert one.run
    users = [p for p in one.run.probes if p.role in AS_A_USER]
    moved = {p.request_id for n, p in enumerate(users) if n % 2}
    probes = tuple(
        replace(p, peer_address=SECOND) if p.request_id in moved else p
        for p in one.run.probes
    )
    assert one.balancer
    reading = two(one.balancer, one.balancer)
    both = replace(one, run=replace(one.run, probes=probes), balancer=reading)
    assert judge(both).cause == judge(one).cause != NOT_ESTABLISHED


def test_requests_to_an_unknown_address_are_judged_as_with_one() -> None:
    """Most failing requests went elsewhere: no load balancer is looked at alone."""
    outside = e.led_to(e.OLD, run(OK, REFUSED))
    three = f"{BOTH} {e.OLD}"
    outside = e.resolved(outside, three, three, three)
    found = judged(outside, two(s.balancer(), s.balancer()))
    assert found.cause == NOT_ESTABLISHED
    assert found.lead
    assert e.OLD in found.lead.observation


def test_behind_a_cdn_the_main_one_is_judged() -> None:
    """The name's addresses are the CDN's."""
    reading = two(without_targets(s.balancer()), s.balancer())
    cdn = judged(run(LB_503, LB_503), reading, target=e.CDN)
    assert cdn.cause in {"lb-no-target", NOT_ESTABLISHED}
    assert not any(
        "keybuzz-lb-2" in text for a in cdn.assessments for text in a.evidence
    )


def test_a_cause_that_explains_the_other_one_is_named() -> None:
    """A firewall of the nodes stops the requests of both load balancers."""
    general, firewall = "lb-no-healthy-target", "node-firewall-blocks-load-balancer"
    assert general in each_balancer._EXPLAINS[firewall]
    scene = Scene.of(s.healthy())
    judged = [
        (scene, replace(judge(s.healthy()), cause=c)) for c in (general, firewall)
    ]
    assert each_balancer._first(judged)[1].cause == firewall
    assert each_balancer._first(judged[:1])[1].cause == general
