"""Specification of the cause `node-down`."""

from dataclasses import replace

import pytest

from parallax.causes.node_down import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Hop
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import nodes as n
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def probed(*sources: str, role: Role = Role.POD) -> Snapshot:
    """Return a dead node, still ready, that only these nodes probed, with one role."""
    x = n.dead_node(ready=True)
    one = x.reports[3].probes[1]
    assert one.peer_node == n.DEAD
    to_it = replace(one, role=role)
    x = n.changed(x, lambda p: None if p.peer_node == n.DEAD else p)
    return replace(
        x,
        reports=tuple(
            replace(r, probes=(*r.probes, replace(to_it, node=r.node)))
            if r.node in sources
            else r
            for r in x.reports
        ),
    )


def test_a_node_that_is_not_ready_and_that_nobody_reaches_is_named() -> None:
    """The log shows that the failing requests went to its pod."""
    judgement = judge(n.dead_node())
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.NODE)
    assert judgement.complete
    assert ask(CAUSE, n.dead_node()).evidence == (
        (
            "node worker-05 is not ready, its agent has sent nothing since the"
            " failure began, and 0 of 2 probes of other nodes to it or its pods"
            " connected (timeout)"
        ),
        (
            "ingress log: 4 of 4 requests without a response went to pods on that node;"
            " e.g. the ingress on worker-01 got no response from 10.0.0.114:8080 on"
            " worker-05 (504)"
        ),
    )
    commands = [step.command for step in judgement.next_steps]
    assert commands[:2] == [
        "kubectl describe node worker-05",
        "hcloud server describe worker-05",
    ]


@pytest.mark.parametrize(
    ("sources", "role", "expected"),
    [
        (s.NODES[:2], Role.INGRESS_OTHER, Answer.SUPPORTED),
        (s.NODES[:2], Role.POD, Answer.SUPPORTED),
        (s.NODES[:1], Role.INGRESS_OTHER, Answer.UNKNOWN),
        ((), Role.POD, Answer.UNKNOWN),
    ],
)
def test_a_node_that_is_still_ready_needs_two_nodes_that_fail_to_reach_it(
    sources: tuple[str, ...], role: Role, expected: Answer
) -> None:
    """The cluster notices a dead node after 40 seconds; one probe may be lost."""
    assert answer(CAUSE, probed(*sources, role=role)) is expected


def test_pods_alone_do_not_show_that_a_ready_node_is_down() -> None:
    """The network of pods may fail to it, and its agent may have stopped by itself.

    The load balancer's health check is a witness that needs no such network.
    """
    x = probed(*s.NODES[:2])
    x = replace(x, balancer=s.balancer())
    assert answer(CAUSE, s.with_reading(x, nodes=n.OTHER_NETWORK)) is Answer.UNKNOWN
    red = replace(x, balancer=s.balancer(healthy=4))
    seen = s.with_reading(red, nodes=n.OTHER_NETWORK)
    assert answer(CAUSE, seen) is Answer.SUPPORTED


def test_nodes_that_reach_no_other_node_either_prove_nothing() -> None:
    """Then the network fails, not one node."""
    x = n.changed(
        probed(*s.NODES[:2], role=Role.INGRESS_OTHER),
        lambda p: p if p.node == p.peer_node else n.lost(p),
    )
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_node_that_reports_or_responds_is_not_down() -> None:
    """Five reports rule it out, and so does one connection."""
    assert answer(CAUSE, s.cut_off()) is Answer.REFUTED
    x = n.dead_node()
    well = n.changed(
        x,
        lambda p: (
            replace(p, error_type=None, error_phase=None, status_code=200)
            if p.peer_node == n.DEAD and p.role is Role.POD
            else p
        ),
    )
    assert answer(CAUSE, well) is Answer.REFUTED


def test_requests_without_a_response_elsewhere_contradict() -> None:
    """Then something else fails too."""
    x = n.dead_node()
    first, *rest = x.sightings
    elsewhere = replace(first, upstream_address="10.0.0.111:8080")
    assert answer(CAUSE, replace(x, sightings=(elsewhere, *rest))) is Answer.UNKNOWN


def test_without_a_log_the_ingresss_page_and_the_endpoints_show_it() -> None:
    """Only pods of the dead node do not connect, and they are still endpoints."""
    x = replace(n.dead_node(), sightings=())
    assert ask(CAUSE, x).evidence[1] == (
        "1 of 5 ready endpoints of the Service are on it; the ingress itself responded"
        " 504 to external probes"
    )
    gone = s.with_reading(x, endpoints=s.reading(s.NOW, pods=4).endpoints)
    assert answer(CAUSE, gone) is Answer.UNKNOWN


def test_an_ingress_pod_there_gets_what_nodeports_forward() -> None:
    """Users get the load balancer's slow 503; the unhealthy target is explained."""
    pages = [s.LB_503 if at % 3 == 0 else s.OK for at in range(11)]
    outside = s.run(pages, direct=s.OK, after=3.1)
    x = replace(n.dead_node(), run=outside, sightings=())
    x = s.with_reading(
        x,
        ingress_endpoints=tuple(
            replace(e, port=80) for e in s.reading(s.NOW).endpoints or ()
        ),
    )
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    assert "an ingress pod on worker-05 is still" in ask(CAUSE, x).evidence[1]


def test_without_any_report_it_is_undetermined() -> None:
    """All agents are silent: no node is distinguished."""
    x = replace(n.dead_node(), reports=())
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED
