"""Specification of the cause `lb-wrong-destination-port`."""

from dataclasses import replace

import pytest

from parallax.causes.lb_wrong_destination_port import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.balancer import BalancerReading
from parallax.model.cluster import ClusterReading, ServicePort
from parallax.model.judgement import NOT_ESTABLISHED, Answer, HopState
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def as_tcp(reading: BalancerReading) -> BalancerReading:
    """Return the reading with tcp services."""
    assert reading.load_balancer
    services = tuple(replace(v, protocol="tcp") for v in reading.load_balancer.services)
    return replace(
        reading, load_balancer=replace(reading.load_balancer, services=services)
    )


def with_ingress(snapshot: Snapshot, **changes: object) -> Snapshot:
    """Return the snapshot with another ingress Service in every reading."""

    def changed(reading: ClusterReading | None) -> ClusterReading | None:
        assert reading
        assert reading.ingress_service
        service = replace(reading.ingress_service, **changes)  # type: ignore[arg-type]
        return replace(reading, ingress_service=service)

    reports = tuple(replace(r, reading=changed(r.reading)) for r in snapshot.reports)
    return replace(snapshot, reports=reports)


def bypassed(page: str, unknown_host: str, to: int) -> Snapshot:
    """Return users who reach an app directly while the ingress works."""
    outside = s.run(page, unknown_host=unknown_host)
    return s.taken(outside, s.balancer(asks=31695, to=to), *s.reports())


def test_the_mail_shows_ports_the_slow_page_and_healthy_targets() -> None:
    """The used port, the ingress's ports, and the connection attempts."""
    x = s.wrong_destination()
    evidence = ask(CAUSE, x).evidence
    state = "requests go to port 31999, which is not a NodePort of the ingress (31695)"
    assert state in evidence
    assert any("after 3.1 s" in sentence for sentence in evidence)
    assert any("5 of 5 targets healthy" in sentence for sentence in evidence)
    hop = next(h for h in judge(x).path if h.hop == "load-balancer")
    assert hop.state is HopState.FAULTY


def test_each_service_with_the_port_gets_its_command() -> None:
    """443 first, as users use it; the correct health check is unchanged."""
    commands = [step.command for step in judge(s.wrong_destination()).next_steps]
    update = "hcloud load-balancer update-service keybuzz-lb --listen-port"
    assert commands[:2] == [
        f"{update} 443 --destination-port 31695",
        f"{update} 80 --destination-port 31695",
    ]


def test_both_ports_wrong_is_the_destination_and_mends_the_check_too() -> None:
    """A recreated Service: the nodes refuse the old port, and all are unhealthy.

    Without the refusal, a second Service of the ingress may have the port.
    """
    judgement = judge(both_ports("layer4_no_connection"))
    assert judgement.cause == "lb-wrong-destination-port"
    command = judgement.next_steps[0].command or ""
    assert "--destination-port 31695 --health-check-port 31695" in command


@pytest.mark.parametrize("detail", [None, "layer4_timeout"])
def test_a_port_of_a_service_that_nobody_read_is_left_open(detail: str | None) -> None:
    """A second Service may select the ingress's pods: the command finds its owner."""
    x = both_ports(detail)
    assert judge(x).cause == NOT_ESTABLISHED
    assert judge(x).next_steps[0].command == "kubectl get services -A | grep -w 31999"


@pytest.mark.parametrize("detail", [None, "layer4_timeout"])
def test_the_list_of_all_services_decides(detail: str | None) -> None:
    """No Service of the ingress has the port, or a second one has it."""
    x = both_ports(detail)
    none_has_it = s.with_reading(x, ingress_node_ports=(31695,))
    assert judge(none_has_it).cause == CAUSE.id
    second = s.with_reading(x, ingress_node_ports=(31695, 31999))
    assert answer(CAUSE, second) is Answer.REFUTED


def test_a_check_of_another_program_does_not_show_that_the_port_is_wrong() -> None:
    """The kubelet's port is open everywhere; a firewall may drop the requests."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503, after=3.1)
    x = s.taken(outside, s.balancer(asks=10250, to=31999), *s.reports())
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_proxy_mismatch_explains_the_502_too() -> None:
    """A second Service may lead to an ingress that waits for a PROXY header."""
    page = "haproxy/502_invalid_response"
    x = s.taken(s.run(page, unknown_host=page), s.balancer(to=31999), *s.reports())
    waits = s.with_reading(x, ingress_config=(("use-proxy-protocol", "true"),))
    assert answer(CAUSE, waits) is Answer.UNKNOWN


def both_ports(detail: str | None) -> Snapshot:
    """Return requests and checks on port 31999, with Hetzner's reason."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    reading = s.balancer(healthy=0, asks=31999, to=31999)
    return s.taken(outside, s.detailed(reading, detail), *s.reports())


def test_something_that_is_no_http_gives_the_balancers_502() -> None:
    """The check succeeds; the listener does not use HTTP."""
    outside = s.run(
        "haproxy/502_invalid_response", unknown_host="haproxy/502_invalid_response"
    )
    x = s.taken(outside, s.balancer(to=31999), *s.reports())
    assert judge(x).cause == "lb-wrong-destination-port"


def test_a_check_that_is_answered_at_the_port_leaves_it_open() -> None:
    """Healthy by a check of that very port, and nothing else shown: unknown."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503, after=3.1)
    x = s.taken(outside, s.balancer(asks=31999, to=31999), *s.reports())
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_right_port_behind_a_firewall_is_refuted() -> None:
    """The slow 503 alone blames no port."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503, after=3.1)
    x = s.taken(outside, s.balancer(asks=32443), *s.reports())
    assert answer(CAUSE, x) is Answer.REFUTED
    assert judge(x).cause == "node-firewall-blocks-load-balancer"


@pytest.mark.parametrize("to", [80, 8443, 443])
def test_an_ingress_on_the_nodes_themselves_may_listen_elsewhere(to: int) -> None:
    """HostNetwork and hostPort are outside the NodePort range: no cause is named."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503, after=3.1)
    x = s.taken(outside, s.balancer(asks=31695, to=to), *s.reports())
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def test_an_ingress_without_the_host_may_be_another_one() -> None:
    """Another controller may serve it, at a port of its own."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503, after=3.1)
    inside = s.reports(ingress="chain/lb_http__unknown_host_404")
    assert (
        answer(CAUSE, s.taken(outside, s.balancer(to=31999), *inside)) is Answer.UNKNOWN
    )


def test_a_request_in_an_ingress_log_refutes_it() -> None:
    """The port reaches the ingress, whatever its number."""
    outside = s.run(s.POD_503)
    inside = s.reports(sightings=s.seen(outside, 503))
    x = s.taken(outside, s.balancer(to=31999), *inside)
    assert answer(CAUSE, x) is Answer.REFUTED
    assert judge(x).cause == "pod-answers-error"


def test_another_service_answers_any_host() -> None:
    """Users and the unknown-host probe get its app's page; the own pods work."""
    judgement = judge(bypassed(s.POD_503, s.POD_503, 30000))
    assert judgement.cause == "lb-wrong-destination-port"
    assert "to a host without an Ingress, so it is another Service" in str(
        judgement.assessments
    )


def test_another_service_is_not_blamed_before_the_logs_were_read() -> None:
    """A log line may still arrive."""
    x = bypassed(s.POD_503, s.POD_503, 30000)
    early = tuple(replace(r, log_read_at=s.SINCE) for r in x.reports)
    assert answer(CAUSE, replace(x, reports=early)) is Answer.UNKNOWN
    dumb = tuple(replace(r, log_read_at=None) for r in x.reports)
    assert answer(CAUSE, replace(x, reports=dumb)) is Answer.UNKNOWN


def test_the_apps_own_port_is_blamed_only_if_it_fails_there_inside_too() -> None:
    """It works through the ingress, but not on its own NodePort."""
    x = bypassed(s.POD_503, s.POD_503, 30080)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    reports = []
    for report in x.reports:
        ask = s.probe(Role.NODEPORT_OTHER, report.sent_at, s.POD_503, node=report.node)
        reports.append(replace(report, probes=(*report.probes, ask)))
    x = replace(x, reports=tuple(reports))
    assert judge(x).cause == "lb-wrong-destination-port"


def test_plain_http_to_the_https_port_is_not_ruled_out() -> None:
    """Both are NodePorts of the ingress; whether it fits is another question."""
    ports = (
        ServicePort(port=80, target_port="http", name="http", node_port=31695),
        ServicePort(port=443, target_port="https", name="https", node_port=32443),
    )
    page = "ingress-nginx/400_plain_http_to_https_port"
    outside = s.run(page, unknown_host=page)
    reading = s.balancer(to=32443)
    x = with_ingress(s.taken(outside, reading, *s.reports()), ports=ports)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    fits = with_ingress(s.taken(outside, as_tcp(reading), *s.reports()), ports=ports)
    assert answer(CAUSE, fits) is Answer.REFUTED


def test_the_https_port_fits_plain_http_if_it_leads_to_the_http_port() -> None:
    """The load balancer ends TLS: both NodePorts lead to the same port of the pods."""
    ports = (
        ServicePort(port=80, target_port="http", name="http", node_port=31695),
        ServicePort(port=443, target_port="http", name="https", node_port=32443),
    )
    x = s.taken(s.run(s.LB_503), s.balancer(to=32443), *s.reports())
    assert answer(CAUSE, with_ingress(x, ports=ports)) is Answer.REFUTED


def test_a_port_for_tls_is_offered_to_a_tcp_service() -> None:
    """TLS that the balancer passes through needs the ingress's https port."""
    ports = (
        ServicePort(port=80, target_port="http", name="http", node_port=31695),
        ServicePort(port=443, target_port="https", name="https", node_port=32443),
    )
    outside = s.run(s.CLOSED, unknown_host=s.CLOSED)
    x = s.taken(outside, as_tcp(s.balancer(to=31999)), *s.reports())
    judgement = judge(with_ingress(x, ports=ports))
    assert judgement.cause == "lb-wrong-destination-port"
    assert "--destination-port 32443" in (judgement.next_steps[0].command or "")


def test_a_successful_request_leaves_the_cause_open() -> None:
    """A wrong port always fails; a success points to another cause."""
    pages = [s.LB_503, s.OK, *[s.LB_503] * 9]
    outside = s.run(pages, unknown_host=s.LB_503)
    x = s.taken(outside, s.balancer(to=31999), *s.reports())
    assert answer(CAUSE, x) is not Answer.SUPPORTED
