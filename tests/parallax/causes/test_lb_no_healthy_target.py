"""Specification of `lb-no-healthy-target`."""

from dataclasses import replace

import pytest

from parallax.causes.lb_no_healthy_target import CAUSE
from parallax.diagnose import judge
from parallax.model.finding import NOT_ESTABLISHED, Answer
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s


def refused(detail: str | None, code: int | None = None) -> Snapshot:
    """Return an http health check that fails with a word of Hetzner's."""
    reading = s.detailed(s.checking("http", s.balancer(healthy=0)), detail, code)
    return s.taken(s.run(s.LB_503, unknown_host=s.LB_503), reading, *s.reports())


def test_a_status_that_displeases_is_told_and_asked_for() -> None:
    """404: look at the check's path and domain; no packet needs to be watched."""
    judgement = judge(refused("unexpected_http_status", 404))
    assert judgement.cause == CAUSE.id
    told = CAUSE.assess(refused("unexpected_http_status", 404)).evidence
    assert "Hetzner says unexpected_http_status: the health check gets 404" in told
    look, ask = judgement.next_steps
    assert "path, domain" in look.text
    assert "gets 404" in look.text
    assert "-H 'Host: platform-api.keybuzz.io' http://10.0.0.110:31695/" in (
        ask.command or ""
    )


@pytest.mark.parametrize(
    ("detail", "first"),
    [
        (None, "hcloud"),
        ("unspecified", "hcloud"),
        ("layer7_timeout", "hcloud"),
        ("layer4_timeout", "sudo tcpdump"),
        ("layer4_no_connection", "sudo tcpdump"),
    ],
)
def test_the_first_step_follows_hetzners_word(detail: str | None, first: str) -> None:
    """Without a connection the way is looked at first, else the check."""
    steps = CAUSE.next_steps(refused(detail))
    assert (steps[0].command or "").startswith(first)
    assert len(steps) == 3
    evidence = " ".join(CAUSE.assess(refused(detail)).evidence)
    assert ("Hetzner says" in evidence) is (
        first != "hcloud" or detail == "layer7_timeout"
    )


def alone(*, nodes: int) -> Snapshot:
    """Return one node that reports, of so many in the cluster, all unhealthy."""
    report = s.reports()[0]
    assert report.reading
    assert report.reading.nodes
    own = tuple(p for p in report.probes if p.role is not Role.INGRESS_OTHER)
    reading = replace(report.reading, nodes=report.reading.nodes[:nodes])
    report = replace(report, probes=own, reading=reading)
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    return s.taken(run, s.balancer(healthy=0), report)


def test_in_a_cluster_of_one_node_its_own_answer_is_taken() -> None:
    """No other node exists that could ask; with two, one of them has to."""
    assert judge(alone(nodes=1)).cause == CAUSE.id
    assert judge(alone(nodes=2)).cause == NOT_ESTABLISHED
    assert CAUSE.assess(alone(nodes=2)).answer is Answer.UNKNOWN
