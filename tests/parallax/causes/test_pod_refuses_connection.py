"""Specification of the cause `pod-refuses-connection`."""

from dataclasses import replace

from parallax.causes.pod_refuses_connection import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.cluster import NodeReport, Sighting
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Hop, HopState
from parallax.model.probe import ProbeRun, Role
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def one_refuses(**more: object) -> tuple[NodeReport, ...]:
    """Return reports in which only the first node's pod refuses, all being ready."""
    well = s.reports(ingress=s.OK, **more)  # type: ignore[arg-type]
    bad = s.reports(ingress=s.OK, pod=s.REFUSED)
    refused = {
        (r.node, p.peer_node): p for r in bad for p in r.probes if p.role is Role.POD
    }
    return tuple(
        replace(
            r,
            probes=tuple(
                refused[r.node, p.peer_node]
                if p.role is Role.POD and p.peer_node == s.NODES[0]
                else p
                for p in r.probes
            ),
        )
        for r in well
    )


def unanswered(run: ProbeRun) -> tuple[Sighting, ...]:
    """Return log lines of a pod that was tried and did not respond."""
    return s.seen(run, 502, status=502, length=0)


SOME = [s.INGRESS_502_BY_LB, s.OK, s.OK, s.INGRESS_502_BY_LB, *[s.OK] * 7]


def test_all_ready_pods_refuse() -> None:
    """The share, the port, the log's last line, and the pod to check."""
    x = s.pods_refuse()
    evidence = ask(CAUSE, x).evidence
    assert evidence[0] == (
        "5 of 5 ready pods refuse connections on port 8080, even from their own nodes"
    )
    assert "the last one used 10.0.0.110:8080" in evidence[1]
    judgement = judge(x)
    assert judgement.next_steps[0].command == (
        "kubectl -n keybuzz logs keybuzz-api-1 --tail=100"
    )
    answers = {a.cause: a.answer for a in judgement.assessments}
    assert answers["pod-answers-error"] is Answer.UNKNOWN


def test_a_crash_that_the_endpoints_do_not_show_yet_is_the_reason() -> None:
    """The pods' own states are newer than their EndpointSlice."""
    read = s.reading(s.NOW, ready=0)
    x = s.with_reading(s.pods_refuse(), pods=read.pods)
    judgement = judge(x)
    assert (judgement.cause, judgement.reason) == (CAUSE.id, "crash-loop")
    assert "--previous" in (judgement.next_steps[0].command or "")


def test_a_replaced_page_does_not_clear_the_pods() -> None:
    """With custom-http-errors a pod's own 502 has no length in the log either."""
    page = "ingress-nginx/502_custom_http_errors_pod_refused"
    outside = s.run(page)
    inside = s.reports(ingress=page, sightings=unanswered(outside))
    judgement = judge(s.taken(outside, s.balancer(), *inside))
    answers = {a.cause: a.answer for a in judgement.assessments}
    assert answers["pod-answers-error"] is Answer.UNKNOWN
    assert answers["pod-refuses-connection"] is Answer.REFUTED


def test_the_path_blames_the_pod_and_not_the_ingress() -> None:
    """A 502 page of the ingress reports the state of its upstreams."""
    states = {h.hop: h.state for h in judge(s.pods_refuse()).path}
    assert states[Hop.INGRESS] is HopState.AFFECTED
    assert states[Hop.POD] is HopState.FAULTY


def test_without_the_log_the_ingresss_page_is_enough_when_all_refuse() -> None:
    """Every pod refuses and the ingress responds 502."""
    x = replace(s.pods_refuse(), sightings=())
    assert answer(CAUSE, x) is Answer.SUPPORTED


def test_a_firewall_between_nodes_is_not_the_pods() -> None:
    """A pod accepts its own node and rejects other nodes: unknown."""
    outside = s.run(s.INGRESS_502_BY_LB)
    inside = s.reports(
        ingress=s.INGRESS_502,
        pod=s.OK,
        other_pod=s.REFUSED,
        sightings=unanswered(outside),
    )
    x = s.taken(outside, s.balancer(), *inside)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert "rejects connections between nodes" in ask(CAUSE, x).missing[0]
    assert judge(x).cause == NOT_ESTABLISHED


def test_refusals_seen_only_from_other_nodes_prove_nothing() -> None:
    """The agents on the pods' nodes do not report: it may be a firewall."""
    x = s.pods_refuse()
    others = tuple(
        replace(
            r,
            probes=tuple(
                p for p in r.probes if p.role is not Role.POD or p.peer_node != r.node
            ),
        )
        for r in x.reports
    )
    assert answer(CAUSE, replace(x, reports=others)) is Answer.UNKNOWN


def test_one_of_five_is_blamed_for_a_share_that_ends_there() -> None:
    """Some requests fail, and the log ends at that pod each time."""
    outside = s.run(SOME, direct=s.OK)
    inside = one_refuses(sightings=unanswered(outside))
    x = s.taken(outside, s.balancer(), *inside)
    assert judge(x).cause == "pod-refuses-connection"
    assert "1 of 5 ready pods refuse" in ask(CAUSE, x).evidence[0]


def test_one_of_five_does_not_explain_requests_that_end_elsewhere() -> None:
    """The log names another pod; without the log nothing is proven."""
    outside = s.run(s.INGRESS_502_BY_LB)
    lines = tuple(
        replace(line, upstream_address="10.0.0.112:8080")
        for line in unanswered(outside)
    )
    for seen in (lines, ()):
        x = s.taken(outside, s.balancer(), *one_refuses(sightings=seen))
        assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_pod_that_also_responds_with_errors_is_not_hidden() -> None:
    """Two faults: the one with a pod's own response is named."""
    outside = s.run([s.INGRESS_502_BY_LB, *[s.POD_503] * 10], direct=s.POD_503)
    first, *rest = s.seen(outside, 503)
    gone = replace(
        first, status_code=502, upstream_status=502, upstream_response_length=0
    )
    inside = one_refuses(sightings=(gone, *rest))
    assert judge(s.taken(outside, s.balancer(), *inside)).cause == "pod-answers-error"


def test_pods_that_are_not_ready_are_not_used_by_the_ingress() -> None:
    """Whether they refuse is hidden, unless internal probes of all of them connect."""
    assert answer(CAUSE, s.pods_not_ready()) is Answer.UNKNOWN
    assert answer(CAUSE, s.without_endpoints()) is Answer.UNKNOWN
    unready = s.reports(ingress=s.INGRESS_503, ready=0)
    listening = s.taken(s.run(s.INGRESS_503_BY_LB), s.balancer(), *unready)
    assert answer(CAUSE, listening) is Answer.REFUTED


def test_an_unready_pod_that_refuses_is_not_counted() -> None:
    """Four ready pods accept, the fifth is out of the list anyway."""
    outside = s.run(s.INGRESS_502_BY_LB)
    x = s.taken(outside, s.balancer(), *one_refuses())
    reports = tuple(
        replace(
            r,
            reading=r.reading
            and replace(
                r.reading,
                endpoints=tuple(
                    replace(e, ready=e.node != s.NODES[0])
                    for e in r.reading.endpoints or ()
                ),
            ),
        )
        for r in x.reports
    )
    assert answer(CAUSE, replace(x, reports=reports)) is Answer.REFUTED


def test_pods_that_accept_and_close_do_not_refuse() -> None:
    """A 502 for another reason: the connection was established."""
    outside = s.run(s.INGRESS_502_BY_LB)
    inside = s.reports(ingress=s.INGRESS_502, pod=s.CLOSED)
    assert answer(CAUSE, s.taken(outside, s.balancer(), *inside)) is Answer.REFUTED


def test_refusing_pods_behind_another_page_are_not_the_reason() -> None:
    """Users meet the balancer's 503 first; no 502 of the ingress was seen."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(outside, s.balancer(healthy=0), *s.reports(pod=s.REFUSED))
    assert answer(CAUSE, x) is Answer.UNKNOWN


def bare(code: int) -> tuple[NodeReport, ...]:
    """Return reports whose ingress responds with an unknown page."""
    return tuple(
        replace(
            r,
            probes=tuple(
                p
                if p.role is Role.POD
                else replace(p, status_code=code, body="Bad Gateway", headers=())
                for p in r.probes
            ),
        )
        for r in s.reports(ingress=s.INGRESS_502, pod=s.REFUSED)
    )


def test_where_no_pod_accepts_any_ingresss_page_is_its_own() -> None:
    """Traefik's 502 and Envoy's 503; an http check got it on all targets."""
    for code in (502, 503):
        found = s.checking("http", s.balancer(healthy=0))
        found = s.detailed(found, "unexpected_http_status", code)
        run = s.run(s.LB_503, unknown_host=s.LB_503)
        assert judge(s.taken(run, found, *bare(code))).cause == CAUSE.id


def test_a_404_there_is_not_for_want_of_a_pod() -> None:
    """The ingress used no upstream, or another one."""
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), s.balancer(), *bare(404))
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_one_pod_that_was_probed_does_not_stand_for_the_others() -> None:
    """Of five ready pods one refuses, and nobody has probed the other four."""
    x = replace(s.pods_refuse(), sightings=())
    reports = tuple(
        replace(
            r,
            probes=tuple(
                p
                for p in r.probes
                if p.role is not Role.POD or p.peer_node == s.NODES[0]
            ),
        )
        for r in x.reports
    )
    assert answer(CAUSE, replace(x, reports=reports)) is Answer.UNKNOWN


def test_one_refusing_pod_does_not_stand_for_pods_that_nobody_probed() -> None:
    """Without a log, the page alone proves it only if every ready pod was probed."""
    x = replace(s.pods_refuse(), sightings=())
    assert answer(CAUSE, x) is Answer.SUPPORTED
    one = replace(x, reports=x.reports[:1])
    probes = tuple(p for p in one.reports[0].probes if p.node == p.peer_node)
    alone = replace(one, reports=(replace(one.reports[0], probes=probes),))
    assert answer(CAUSE, alone) is Answer.UNKNOWN
