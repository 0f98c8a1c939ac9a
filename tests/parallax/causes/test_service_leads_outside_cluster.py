"""Specification of the cause `service-leads-outside-cluster`."""

from dataclasses import replace

from parallax.causes.service_leads_outside_cluster import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.cluster import Service, Sighting
from parallax.model.judgement import Answer
from parallax.model.probe import ProbeRun
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

FAR = "198.51.100.7:443"


def named(external: str | None = "api.example.net") -> Service:
    """Return an ExternalName Service."""
    return Service(
        namespace="keybuzz",
        name="keybuzz-api",
        type="ExternalName",
        external_name=external,
    )


def far(
    run: ProbeRun, status: int, length: int, address: str | None = FAR
) -> tuple[Sighting, ...]:
    """Return log lines of requests that the ingress sent outside."""
    return tuple(
        replace(
            line,
            upstream_name="keybuzz-keybuzz-api-80",
            upstream_address=address,
            upstream_status=status if address else None,
            upstream_response_length=length if address else None,
        )
        for line in s.seen(run, status, status=status)
    )


def external(page: str, lines: tuple[Sighting, ...], inside: str) -> Snapshot:
    """Return a snapshot of an ExternalName, of which the agents read no endpoints."""
    x = s.taken(s.run(page), s.balancer(), *s.reports(ingress=inside, sightings=lines))
    silent = tuple(
        replace(r, probes=tuple(p for p in r.probes if p.role != "pod"))
        for r in x.reports
    )
    return s.with_reading(
        replace(x, reports=silent),
        service=named(),
        endpoints=None,
        pods=None,
        workloads=None,
    )


def test_endpoints_written_by_hand_that_do_not_respond() -> None:
    """The places are named, and how to try one."""
    judgement = judge(s.leads_outside())
    assert judgement.cause == CAUSE.id
    evidence = ask(CAUSE, s.leads_outside()).evidence
    assert "belong to no pod of the cluster: 10.0.0.110:8080" in evidence[0]
    assert "11 of 11 failing requests got no response" in evidence[1]
    assert "http://10.0.0.110:8080/" in (judgement.next_steps[1].command or "")


def test_without_a_log_the_agents_probes_and_the_page_are_enough() -> None:
    """The ingress's own 502, and no endpoint responds."""
    x = replace(s.leads_outside(), sightings=())
    assert answer(CAUSE, x) is Answer.SUPPORTED


def test_an_external_name_that_does_not_respond() -> None:
    """The log names the address; the endpoints were never read."""
    run = s.run(s.INGRESS_502_BY_LB)
    x = external(s.INGRESS_502_BY_LB, far(run, 502, 0), s.INGRESS_502)
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    evidence = ask(CAUSE, x).evidence
    assert "is an ExternalName for api.example.net" in evidence[0]
    assert FAR in evidence[1]
    assert "dig +short api.example.net" in (judgement.next_steps[1].command or "")


def test_an_external_name_that_responds_with_an_error_of_its_own() -> None:
    """No pod of the cluster wrote it."""
    run = s.run(s.POD_503)
    x = external(s.POD_503, far(run, 503, 40), s.POD_503)
    assert answer(CAUSE, x) is Answer.SUPPORTED
    assert f"{FAR} itself responded 503" in ask(CAUSE, x).evidence


def test_a_machine_outside_that_responds_with_an_error_is_not_a_pod() -> None:
    """Its address was written by hand; the error is its own."""
    x = s.pod_error()
    read = s.reading(s.NOW).endpoints or ()
    by_hand = tuple(replace(e, pod=None, node=None) for e in read)
    x = s.with_reading(x, endpoints=by_hand, pods=None, workloads=None)
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    also = next(a for a in judgement.assessments if a.cause == "pod-answers-error")
    assert also.explained_by == CAUSE.id


def test_an_external_name_that_does_not_resolve() -> None:
    """The ingress has no address, and responds 503 itself."""
    run = s.run(s.INGRESS_503_BY_LB)
    x = external(s.INGRESS_503_BY_LB, far(run, 503, 0, None), s.INGRESS_503)
    assert answer(CAUSE, x) is Answer.SUPPORTED


def test_pods_rule_it_out() -> None:
    """Whatever else fails."""
    assert answer(CAUSE, s.slow_pods()) is Answer.REFUTED
    assert answer(CAUSE, s.without_endpoints()) is Answer.REFUTED


def test_endpoints_that_respond_well_rule_it_out() -> None:
    """Written by hand, and right."""
    x = s.leads_outside()
    well = {r.node: r for r in s.reports(ingress=s.INGRESS_502)}
    reports = tuple(
        replace(
            r,
            probes=tuple(
                replace(p, peer_node=None, pod=None) if p.role == "pod" else p
                for p in well[r.node].probes
            ),
        )
        for r in x.reports
    )
    assert answer(CAUSE, replace(x, reports=reports)) is Answer.REFUTED


def test_what_was_not_read_leaves_it_open() -> None:
    """No Service, no log for a 503, no agents."""
    x = s.leads_outside()
    assert answer(CAUSE, s.with_reading(x, service=None)) is Answer.UNKNOWN
    assert answer(CAUSE, replace(x, reports=())) is Answer.UNKNOWN
    run = s.run(s.INGRESS_503_BY_LB)
    silent = external(s.INGRESS_503_BY_LB, far(run, 503, 0, None), s.INGRESS_503)
    assert answer(CAUSE, replace(silent, sightings=())) is Answer.UNKNOWN
