"""Specification of the causes `pods-not-ready` and `service-without-endpoints`."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from parallax.causes import pods_not_ready, service_without_endpoints
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import Answer, Hop, HopState, NextStep
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s


def both(snapshot: Snapshot) -> tuple[Answer, Answer]:
    """Return the answers of two causes: not ready, without endpoints."""
    causes = (pods_not_ready.CAUSE, service_without_endpoints.CAUSE)
    first, second = (ask(cause, snapshot).answer for cause in causes)
    return first, second


def commands(steps: tuple[NextStep, ...]) -> list[str]:
    """Return the steps' commands."""
    return [step.command or "" for step in steps]


def test_addresses_distinguish_the_two_causes() -> None:
    """Exactly one of both is shown, the other is ruled out."""
    assert both(s.pods_not_ready()) == (Answer.SUPPORTED, Answer.REFUTED)
    assert both(s.without_endpoints()) == (Answer.REFUTED, Answer.SUPPORTED)
    assert both(s.pod_error()) == (Answer.REFUTED, Answer.REFUTED)


def test_the_pods_state_shows_the_reason() -> None:
    """Waiting reason and restarts, and the log before the restart."""
    judgement = judge(s.pods_not_ready())
    assessment = next(a for a in judgement.assessments if a.cause == "pods-not-ready")
    assert assessment.evidence[:2] == (
        "Service keybuzz/keybuzz-api has 0 of 5 endpoints ready",
        "5 of 5 pods in state CrashLoopBackOff; 15 restarts",
    )
    assert commands(judgement.next_steps)[:2] == [
        "kubectl -n keybuzz logs keybuzz-api-1 --tail=100 --previous",
        "kubectl -n keybuzz describe pod keybuzz-api-1",
    ]


def test_pods_that_respond_fail_only_their_readiness_probe() -> None:
    """Probes of their port succeed; the path still marks them faulty."""
    outside = s.run(s.INGRESS_503_BY_LB)
    inside = s.reports(ingress=s.INGRESS_503, pod=s.OK, ready=0)
    judgement = judge(s.taken(outside, s.balancer(), *inside))
    assert judgement.cause == "pods-not-ready"
    assessment = next(a for a in judgement.assessments if a.cause == "pods-not-ready")
    assert any("readiness probe" in sentence for sentence in assessment.evidence)
    pod = next(h for h in judgement.path if h.hop is Hop.POD)
    assert pod.state is HopState.FAULTY
    assert pod.seen == "0 of 5 ready; directly to the pods: 200 (10 of 10)"


def test_pods_that_could_not_be_read_do_not_hide_their_endpoints() -> None:
    """The EndpointSlice names the pod."""
    judgement = judge(s.with_reading(s.pods_not_ready(), pods=None))
    assert judgement.cause == "pods-not-ready"
    assert "describe pod keybuzz-api-1" in commands(judgement.next_steps)[0]


def test_one_ready_pod_rules_both_out() -> None:
    """One ready pod of five is enough for the ingress."""
    outside = s.run(s.INGRESS_503_BY_LB)
    x = s.taken(outside, s.balancer(), *s.reports(ingress=s.INGRESS_503, ready=1))
    assert both(x) == (Answer.REFUTED, Answer.REFUTED)


def test_unread_endpoints_prove_nothing() -> None:
    """A missing permission is not an empty Service."""
    problems = ("cannot list endpointslices in keybuzz: forbidden",)
    x = s.with_reading(s.without_endpoints(), endpoints=None, problems=problems)
    assert both(x) == (Answer.UNKNOWN, Answer.UNKNOWN)
    assessment = ask(service_without_endpoints.CAUSE, x)
    assert "forbidden" in assessment.missing[0]


@pytest.mark.parametrize("fault", [s.pods_not_ready, s.without_endpoints])
def test_a_pod_that_still_answers_contradicts(fault: Callable[[], Snapshot]) -> None:
    """A log line with a pod's own 503 keeps both open."""
    x = fault()
    assert x.run
    x = replace(x, sightings=s.seen(x.run, 503))
    assert Answer.SUPPORTED not in both(x)


@pytest.mark.parametrize("fault", [s.pods_not_ready, s.without_endpoints])
def test_an_emptiness_from_before_the_failure_is_stale(
    fault: Callable[[], Snapshot],
) -> None:
    """A reading from before the failure does not count."""
    early = [replace(r, sent_at=s.SINCE, received_at=s.SINCE) for r in fault().reports]
    reports = tuple(
        replace(r, reading=r.reading and replace(r.reading, read_at=s.SINCE - s.MINUTE))
        for r in early
    )
    assert both(replace(fault(), reports=reports)) == (Answer.UNKNOWN, Answer.UNKNOWN)


def test_a_503_of_an_ingress_with_ready_pods_blames_neither() -> None:
    """A rate limit produces the same page and the same log line."""
    outside = s.run(s.INGRESS_503_BY_LB)
    inside = s.reports(ingress=s.INGRESS_503, sightings=s.seen(outside, None))
    x = s.taken(outside, s.balancer(), *inside)
    assert both(x) == (Answer.REFUTED, Answer.REFUTED)
    assert judge(x).cause == "not-established"
