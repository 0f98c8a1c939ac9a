"""Specification of `lb-no-healthy-target`."""

from dataclasses import replace

import pytest

from parallax.causes.lb_no_healthy_target import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.evidence.scene import Scene
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def refused(detail: str | None, code: int | None = None) -> Snapshot:
    """Return an http health check that fails with a reason of the API."""
    reading = s.detailed(s.checking("http", s.balancer(healthy=0)), detail, code)
    return s.taken(s.run(s.LB_503, unknown_host=s.LB_503), reading, *s.reports())


def test_without_an_api_reason_both_candidates_and_the_deciding_step_are_named() -> (
    None
):
    """A firewall and the check's content look the same; a capture decides."""
    facts = ask(CAUSE, refused(None)).evidence
    assert facts[0].endswith(
        ". The reason is not established. Possible: a node firewall or IPVS that drops"
        " only the load balancer's packets, or the content of the health check, or the"
        " private network"
    )
    steps = CAUSE.next_steps(Scene.of(refused(None)))
    assert any("tcpdump -ni any 'tcp port 31695 and host 10.0.0.5'" in (t.command or "")
               for t in steps)  # fmt: skip


def test_a_tcp_check_has_no_content_to_reject() -> None:
    """With a known network and a tcp check only the firewall remains."""
    reading = s.balancer(healthy=0)
    assert reading.load_balancer
    known = replace(reading.load_balancer, networks=(4711,))
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(run, replace(reading, load_balancer=known), *s.reports())
    possible = ask(CAUSE, x).evidence[0].partition("Possible: ")[2]
    assert possible.startswith("a node firewall")
    assert "content" not in possible
    assert "network" not in possible


@pytest.mark.parametrize(
    ("detail", "code", "cause"),
    [
        ("unexpected_http_status", 404, "lb-health-check-rejected"),
        ("unexpected_http_content", None, "lb-health-check-rejected"),
        ("layer4_timeout", None, "node-firewall-blocks-load-balancer"),
        ("layer4_no_connection", None, "node-firewall-blocks-load-balancer"),
        ("layer7_timeout", None, "lb-no-healthy-target"),
        ("unspecified", None, "lb-no-healthy-target"),
        (None, None, "lb-no-healthy-target"),
    ],
)
def test_the_api_reason_names_the_specific_cause(
    detail: str | None, code: int | None, cause: str
) -> None:
    """If the API has a reason, that cause explains this one; else both remain."""
    judgement = judge(refused(detail, code))
    shown = {
        a.cause: a.explained_by
        for a in judgement.assessments
        if a.answer is Answer.SUPPORTED
    }
    assert shown.pop(cause) is None
    assert shown == ({} if cause == CAUSE.id else {CAUSE.id: cause})
    assert judgement.cause == cause


def test_a_shown_reason_leaves_no_other_candidate() -> None:
    """A health check of a port without a NodePort: no firewall is suspected."""
    found = ask(CAUSE, s.wrong_port()).evidence
    assert found[1] == "port 30081 is not a NodePort of the ingress Service"
    assert not any(sentence.startswith("possible, but not") for sentence in found)


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
    """No other node can probe it; with two nodes, one of them must."""
    assert judge(alone(nodes=1)).cause == CAUSE.id
    assert judge(alone(nodes=2)).cause == NOT_ESTABLISHED
    assert answer(CAUSE, alone(nodes=2)) is Answer.UNKNOWN


def test_a_response_on_another_port_does_not_count_for_the_health_check() -> None:
    """The ingress responds on its NodePort; the checked port was not probed."""
    reading = s.balancer(healthy=0, asks=10254)
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    found = ask(CAUSE, s.taken(run, reading, *s.reports()))
    assert found.answer is Answer.UNKNOWN
    assert found.missing == ("a probe of port 10254, which the health check uses",)


def test_targets_that_are_no_nodes_explain_it() -> None:
    """No target is healthy because the nodes are not among them."""
    found = {a.cause: a for a in judge(e.foreign_targets()).assessments}[CAUSE.id]
    assert found.answer is Answer.SUPPORTED
    assert found.explained_by == "lb-targets-not-the-ingress-nodes"


def test_nodes_that_refuse_internal_probes_too_leave_it_open() -> None:
    """The health check is right then; another fault may come to light later."""
    found = ask(CAUSE, s.ingress_gone())
    silent = "none of 10 internal probes of the ingress got a response"
    assert found.evidence[-1] == silent
    assert found.missing == (
        (
            "whether the targets stay unhealthy when the ingress responds again; only"
            " that is lb-no-healthy-target"
        ),
    )


def checked_with_header(protocol: str, detail: str | None) -> Snapshot:
    """Return a balancer that sends PROXY lines; the ingress's setting is unread."""
    reading = s.detailed(s.checking(protocol, s.balancer(healthy=0)), detail)
    assert reading.load_balancer
    services = tuple(
        replace(v, proxyprotocol=True) for v in reading.load_balancer.services
    )
    found = replace(reading.load_balancer, services=services)
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(run, replace(reading, load_balancer=found), *s.reports())
    return s.with_reading(x, ingress_config=None)


def test_the_ingress_may_reject_the_header_of_an_http_check() -> None:
    """A check that only connects is not rejected, and one without connection is not."""
    found = ask(CAUSE, checked_with_header("http", None))
    assert found.answer is Answer.UNKNOWN
    assert found.missing == (
        "whether the ingress expects the PROXY header of the load balancer",
    )
    assert answer(CAUSE, checked_with_header("tcp", None)) is Answer.SUPPORTED
    timeout = checked_with_header("http", "layer4_timeout")
    assert answer(CAUSE, timeout) is Answer.SUPPORTED


def test_an_error_on_a_port_that_nobody_probed_is_not_contradicted() -> None:
    """The ingress responds well on another port; here the check gets a 503."""

    def snapshot(code: int) -> Snapshot:
        reading = s.checking("http", s.balancer(healthy=0, to=31696, asks=31696))
        run = s.run(s.LB_503, unknown_host=s.LB_503)
        seen = s.detailed(reading, "unexpected_http_status", code)
        x = s.taken(run, seen, *s.reports())
        service = s.service("ingress-nginx-controller", 80, 31695, "http")
        own = service.ports[0]
        ports = (own, replace(own, name="https", port=443, node_port=31696))
        both = replace(service, ports=ports)
        return s.with_reading(x, ingress_service=both)

    found = ask(CAUSE, snapshot(503))
    assert found.answer is Answer.UNKNOWN
    assert found.missing == ("why port 31696 responds 503 to the health check",)
    assert answer(CAUSE, snapshot(404)) is Answer.SUPPORTED


@pytest.mark.parametrize(("code", "shown"), [(503, False), (404, True)])
def test_an_error_that_the_check_gets_is_from_behind_the_balancer(
    code: int, *, shown: bool
) -> None:
    """Agents got another response, from another port or host: the error is open."""
    x = refused("unexpected_http_status", code)
    assert (answer(CAUSE, x) is Answer.SUPPORTED) is shown
