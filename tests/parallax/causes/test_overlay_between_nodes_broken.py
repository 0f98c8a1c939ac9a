"""Specification of the cause `overlay-between-nodes-broken`."""

from dataclasses import replace

import pytest

from parallax.causes.overlay_between_nodes_broken import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.cluster import Node
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Hop
from parallax.model.probe import ErrorType, Probe, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import nodes as n
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def inside(**pages: str) -> Snapshot:
    """Return the scenario with other answers inside, and its log."""
    x = s.cut_off()
    assert x.run
    given = {"ingress": s.INGRESS_504, "other_pod": s.DROPPED} | pages
    fresh = s.taken(x.run, s.balancer(), *s.reports(**given))  # type: ignore[arg-type]
    return replace(fresh, sightings=x.sightings)


def test_pods_cut_off_from_other_nodes_are_named() -> None:
    """Pods respond to their own node only; the ingress waits for one elsewhere."""
    judgement = judge(s.cut_off())
    assessment = ask(CAUSE, s.cut_off())
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.OVERLAY)
    assert assessment.evidence == (
        (
            "5 of 5 probes of pods on other nodes could not connect (timeout):"
            " worker-01 to worker-02 and 4 more pairs"
        ),
        "5 of 5 probes of pods from their own nodes succeeded",
        (
            "ingress log: the ingress on worker-01 got no response from"
            " 10.0.0.111:8080 on worker-02 (504)"
        ),
    )
    commands = [step.command or "" for step in judgement.next_steps]
    assert commands[0].startswith("hostname; curl -sS --connect-timeout 5 ")
    assert "10.0.0.111:8080" in commands[0]
    text = judgement.next_steps[0].text
    assert text.startswith("Log in to worker-01 (the first line of the output is")
    assert "`curl: (28)` after 5 s (timeout) confirms the fault." in text
    assert "`No route to host` confirms the fault too." in text
    assert "ufw prepend allow proto tcp from 10.0.0.110 to" in commands[2]


@pytest.mark.parametrize("page", [s.DROPPED, s.REFUSED])
def test_a_rule_that_drops_and_one_that_rejects_are_both_it(page: str) -> None:
    """Pods accept connections on the same node; something between nodes rejects."""
    assert answer(CAUSE, inside(other_pod=page)) is Answer.SUPPORTED


def test_the_ingresss_own_page_is_enough_without_its_log() -> None:
    """External and internal probes get the same 504 of the ingress."""
    assert answer(CAUSE, replace(s.cut_off(), sightings=())) is Answer.SUPPORTED


def test_pods_that_answer_other_nodes_rule_it_out() -> None:
    """Connections between all nodes succeed."""
    assert answer(CAUSE, inside(other_pod=s.OK)) is Answer.REFUTED


def test_pods_that_fail_at_home_too_are_another_cause() -> None:
    """Slow, refusing or failing pods are not cut off."""
    for page in (s.HANGS, s.REFUSED, s.POD_503):
        assert answer(CAUSE, inside(pod=page)) is Answer.UNKNOWN


def test_a_pod_without_an_answer_on_the_ingresss_own_node_contradicts() -> None:
    """There is no overlay between those two."""
    x = s.cut_off()
    near = tuple(replace(v, upstream_address="10.0.0.110:8080") for v in x.sightings)
    assert answer(CAUSE, replace(x, sightings=near)) is Answer.UNKNOWN


def test_without_any_one_source_it_is_undetermined() -> None:
    """No probe on the same or another node, or users fail elsewhere."""
    x = s.cut_off()

    def kept(*, home: bool) -> Snapshot:
        reports = tuple(
            replace(
                r,
                probes=tuple(
                    p
                    for p in r.probes
                    if p.role is not Role.POD or (p.node == p.peer_node) is home
                ),
            )
            for r in x.reports
        )
        return replace(x, reports=reports)

    for blind in (kept(home=True), kept(home=False), replace(x, reports=())):
        assert answer(CAUSE, blind) is Answer.UNKNOWN
        assert judge(blind).cause == NOT_ESTABLISHED


def test_failures_that_end_at_the_balancer_are_not_explained() -> None:
    """Users get the balancer's own page; the internal fault is not blamed."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(
        outside, s.balancer(), *s.reports(ingress=s.INGRESS_504, other_pod=s.DROPPED)
    )
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_one_pair_of_nodes_is_not_enough() -> None:
    """A pod that is being moved looks the same."""
    x = s.cut_off()
    one = tuple(
        r
        if r.node == s.NODES[0]
        else replace(r, probes=tuple(p for p in r.probes if p.node == p.peer_node))
        for r in x.reports
    )
    assert answer(CAUSE, replace(x, reports=one)) is Answer.UNKNOWN


def at_the_nodeport(
    healthy: int = 0, ingress: str = s.DROPPED, after: float = 3.1
) -> Snapshot:
    """Return NodePorts that forward to other nodes, and the balancer's page."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503, after=after)
    inside = s.reports(ingress=ingress, other_pod=s.DROPPED)
    return s.taken(outside, s.balancer(healthy=healthy), *inside)


@pytest.mark.parametrize("healthy", [0, 3])
def test_a_nodeport_uses_the_overlay_too(healthy: int) -> None:
    """All targets unhealthy or failed attempts: the network between nodes is it."""
    x = at_the_nodeport(healthy)
    assert judge(x).cause == CAUSE.id
    assert ask(CAUSE, x).evidence[2:] == (
        "10 of 10 internal probes could not connect to the ingress's NodePort",
        "the load balancer itself wrote all 11 failing responses (503), after 3.1 s",
    )


def test_nodeports_that_connect_leave_the_balancers_503_open() -> None:
    """Then something else blocks the load balancer."""
    assert answer(CAUSE, at_the_nodeport(ingress=s.INGRESS_504)) is Answer.UNKNOWN
    assert answer(CAUSE, at_the_nodeport(ingress=s.HANGS)) is Answer.UNKNOWN


def test_a_quick_503_with_healthy_targets_is_no_attempt() -> None:
    """The balancer did not try to connect, so the network is not the fault."""
    assert answer(CAUSE, at_the_nodeport(5, after=0.002)) is Answer.UNKNOWN


def test_with_policy_local_a_nodeport_leads_to_no_other_node() -> None:
    """kube-proxy drops the request there; the overlay is not involved."""
    x = e.with_policy(at_the_nodeport(), "Local", *s.NODES)
    assert answer(CAUSE, x) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("took", "node", "expected"),
    [
        (10.0, "worker-01", Answer.SUPPORTED),
        (0.4, "worker-01", Answer.UNKNOWN),
        (10.0, "worker-02", Answer.UNKNOWN),
    ],
)
def test_a_pod_at_home_that_answered_after_others_were_tried_shows_it(
    took: float, node: str, expected: Answer
) -> None:
    """Users had given up; the line has only the last pod, and the total time."""
    x = s.cut_off()
    assert x.run
    probes = tuple(
        p if p.role is Role.UNKNOWN_HOST else s.probe(p.role, p.started_at, s.HANGS)
        for p in x.run.probes
    )
    lines = tuple(
        replace(
            line,
            node=node,
            upstream_address="10.0.0.110:8080",
            status_code=200,
            upstream_status=200,
            upstream_response_length=4,
            request_time=took,
            upstream_response_time=0.01,
            request_id=p.request_id,
        )
        for line, p in zip(x.sightings, probes, strict=False)
        if p.role is Role.REPEAT
    )
    late = s.taken(
        replace(x.run, probes=probes),
        s.balancer(),
        *s.reports(ingress=s.HANGS, other_pod=s.DROPPED),
    )
    late = replace(late, sightings=lines)
    assert answer(CAUSE, late) is expected
    if expected is Answer.SUPPORTED:
        fact = ask(CAUSE, late).evidence[-1]
        assert "failing requests waited at least 10.0 s before a pod" in fact


def test_only_a_pod_with_its_own_address_uses_the_overlays_ports() -> None:
    """A pod with hostNetwork has its node's address; its own port is blocked there."""
    x = s.cut_off()
    _, capture, allow = judge(x).next_steps
    assert "drops them: check its subnets and routes" in capture.text
    assert "the reply gets lost: check routes and firewalls" in capture.text
    assert (
        capture.command
        == "sudo timeout 60 tcpdump -ni any 'tcp port 8080 and host 10.0.0.110'"
    )
    assert allow.command == (
        "sudo ufw prepend allow proto tcp from 10.0.0.110 to any port 8080"
    )
    each = "with its address instead of"
    assert f"for each other node, {each} 10.0.0.110" in allow.text
    nodes = tuple(
        Node(name=name, internal_ip=f"10.1.0.{number}")
        for number, name in enumerate(s.NODES)
    )
    others = s.asked_one_by_one(x, *[s.DROPPED] * 5)
    _, capture, allow = judge(s.with_reading(others, nodes=nodes)).next_steps
    assert "drops them: check its subnets and routes" in capture.text
    assert "host 10.1.0.0 and (udp port 8472 or" in (capture.command or "")
    assert allow.command == (
        "sudo ufw prepend allow proto udp from 10.1.0.0 to any port 8472"
    )
    assert f"for each other node, {each} 10.1.0.0" in allow.text


def test_pods_that_nobody_probed_at_home_prove_nothing() -> None:
    """Other pods respond to their own nodes; these may be down with their node."""
    x = s.cut_off()
    silent = replace(x, reports=x.reports[:4])
    for_it = n.changed(
        silent, lambda p: p if n.DEAD in {p.peer_node, p.node} or local(p) else None
    )
    assert answer(CAUSE, for_it) is Answer.UNKNOWN
    assert ask(CAUSE, for_it).missing == (
        (
            "a probe of the unreachable pods from their own nodes (the agent on"
            " worker-05 does not report)"
        ),
    )


def local(probe: Probe) -> bool:
    """Return whether a probe stayed on its node."""
    return probe.node == probe.peer_node


@pytest.mark.parametrize("end", ["node", "peer_node"])
def test_pairs_that_share_one_node_are_that_nodes_fault(end: str) -> None:
    """Every failing pair leads to it, or comes from it; the rest works."""
    there = s.NODES[1]
    probes = [
        p
        for r in s.cut_off().reports
        for p in r.probes
        if p.role is Role.POD and p.error_type
    ]
    x = n.changed(
        s.cut_off(),
        lambda p: (
            replace(p, error_type=None, error_phase=None, status_code=200, healthy=True)
            if p in probes and getattr(p, end) != there
            else p
        ),
    )
    more = replace(next(p for p in probes if getattr(p, end) == there))
    other = "peer_node" if end == "node" else "node"
    one = x.reports[0]
    sent = replace(more, **{other: s.NODES[3]})
    if end == "node":
        sent = replace(sent, peer_address=s.address(s.NODES[3]))
    x = replace(x, reports=(replace(one, probes=(*one.probes, sent)), *x.reports[1:]))
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert f"only {there} (each of the 2 failing pairs" in ask(CAUSE, x).missing[0]


def test_two_nodes_that_reach_no_pod_of_each_other_share_the_fault() -> None:
    """In a cluster of two, neither of them is distinguished."""
    two = s.NODES[:2]
    x = n.changed(
        s.cut_off(), lambda p: p if {p.node, p.peer_node} <= set(two) else None
    )
    back = next(p for p in x.reports[0].probes if p.error_type)
    back = replace(back, node=two[1], peer_node=two[0], peer_address=s.address(two[0]))
    second = replace(x.reports[1], probes=(*x.reports[1].probes, back))
    both = replace(x, reports=(x.reports[0], second))
    assert answer(CAUSE, both) is Answer.SUPPORTED


def test_a_way_that_carries_other_pods_is_not_broken() -> None:
    """The ingress's pods accept connections over the same pairs of nodes."""
    assert answer(CAUSE, n.isolated()) is Answer.REFUTED
    assert ask(CAUSE, n.isolated()).evidence[0] == (
        "other pods accept connections over the pod network between each of the same 5"
        " pairs of nodes"
    )


def test_pods_without_a_route_are_cut_off_by_the_network() -> None:
    """A policy drops or rejects; it removes no route."""
    x = n.changed(
        n.one_app_cut_off(),
        lambda p: (
            replace(p, error_type=ErrorType.HOST_UNREACHABLE) if p.error_type else p
        ),
    )
    assert answer(CAUSE, x) is Answer.SUPPORTED
    assert "nodes have no route to the pods" in ask(CAUSE, x).evidence
