"""Specification of the cause `kube-proxy-dead-on-node`."""

from dataclasses import replace

from parallax.causes.kube_proxy_dead_on_node import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import Answer, Hop
from parallax.model.probe import Probe, Role
from tests.parallax import nodes as n
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

THERE = s.NODES[2]


def test_a_node_that_forwards_nothing_is_named() -> None:
    """The load balancer uses it, as its health check uses another port."""
    judgement = judge(n.dead_proxy())
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.NODE)
    assert ask(CAUSE, n.dead_proxy()).evidence == (
        (
            "worker-03 accepts no connection on its own NodePort 31695 and its cluster"
            " IPs; 4 other nodes accept theirs"
        ),
        "1 of 1 probes of other nodes to pods on worker-03 connected",
        "4 of 11 requests failed at the load balancer after 3.1 s; 7 succeeded",
        (
            "the load balancer still uses worker-03: keybuzz-lb reports 5 of 5 targets"
            " healthy on port 443 (health check tcp :10250)"
        ),
    )
    commands = [step.command or "" for step in judgement.next_steps]
    assert commands[0].startswith("hostname; curl -sS --connect-timeout 5 ")
    assert "http://10.0.0.112:31695/" in commands[0]
    assert "`curl: (28)` after 5 s (timeout) or `curl: (7)`" in (
        judgement.next_steps[0].text
    )
    assert commands[1].endswith("spec.nodeName=worker-03")


def test_a_node_that_forwards_one_of_both_is_not_it() -> None:
    """Its NodePort or its cluster IP works, so kube-proxy does."""
    for role in (Role.INGRESS, Role.SERVICE):
        x = n.changed(
            n.dead_proxy(),
            lambda p, role=role: well(p) if p.node == THERE and p.role is role else p,
        )
        assert answer(CAUSE, x) is not Answer.SUPPORTED


def well(one: Probe) -> Probe:
    """Return a probe that got a response."""
    return replace(
        one, error_type=None, error_phase=None, status_code=200, healthy=True
    )


def test_a_node_that_is_not_reached_at_all_is_another_fault() -> None:
    """Its pods must accept connections of other nodes."""
    x = n.changed(
        n.dead_proxy(),
        lambda p: (
            n.lost(p)
            if p.role is Role.POD
            and THERE in {p.node, p.peer_node}
            and p.node != p.peer_node
            else p
        ),
    )
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_an_unhealthy_target_gets_no_requests() -> None:
    """Then the failures have another reason, or the target changes at times."""
    x = replace(n.dead_proxy(), balancer=s.balancer(healthy=2, asks=10250))
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_nodeports_that_fail_or_work_everywhere_rule_it_out() -> None:
    """No single node is distinguished."""
    assert answer(CAUSE, s.cut_off()) is Answer.REFUTED
    x = n.changed(n.dead_proxy(), lambda p: p if p.role is Role.POD else n.lost(p))
    assert answer(CAUSE, x) is Answer.REFUTED


def test_without_the_balancer_or_the_agents_it_is_undetermined() -> None:
    """Who sends requests there, and what the node does, must both be known."""
    x = n.dead_proxy()
    assert answer(CAUSE, replace(x, balancer=None)) is Answer.UNKNOWN
    assert answer(CAUSE, replace(x, reports=())) is Answer.UNKNOWN
    two = replace(x, reports=x.reports[:2])
    assert answer(CAUSE, two) is Answer.UNKNOWN
