"""Specification of `lb-protocol-mismatch`."""

from dataclasses import replace

import pytest

from parallax.causes.lb_protocol_mismatch import CAUSE
from parallax.diagnose.judge import judge
from parallax.model.balancer import BalancerReading
from parallax.model.cluster import ClusterReading, ServicePort
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import ErrorType, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

PORTS = (
    ServicePort(port=80, target_port="http", name="http", node_port=31695),
    ServicePort(port=443, target_port="https", name="https", node_port=32443),
)
GO = "Client sent an HTTP request to an HTTPS server.\n"


def with_ports(snapshot: Snapshot, ports: tuple[ServicePort, ...] = PORTS) -> Snapshot:
    """Return the snapshot with these ports of the ingress Service."""

    def changed(reading: ClusterReading | None) -> ClusterReading | None:
        assert reading
        assert reading.ingress_service
        service = replace(reading.ingress_service, ports=ports)
        return replace(reading, ingress_service=service)

    reports = tuple(replace(r, reading=changed(r.reading)) for r in snapshot.reports)
    return replace(snapshot, reports=reports)


def tcp(reading: BalancerReading) -> BalancerReading:
    """Return the reading with services that pass TLS on."""
    return e.with_services(reading, protocol="tcp")


def failing_handshakes(
    detail: str = "wrong version number", to: int = 31695
) -> Snapshot:
    """Return a balancer that passes TLS on, to the port for plain HTTP."""
    outside = s.run(s.CLOSED, unknown_host=s.CLOSED)
    probes = tuple(
        replace(p, error_type=ErrorType.TLS, error_phase="tls", error_detail=detail)
        for p in outside.probes
    )
    run = replace(outside, probes=probes)
    return with_ports(s.taken(run, tcp(s.balancer(to=to)), *s.reports()))


def test_the_page_of_nginx_states_it() -> None:
    """400 for every host, and the port for http in the step."""
    x = with_ports(e.plain_to_tls())
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    assert judgement.next_steps[0].command == (
        "hcloud load-balancer update-service keybuzz-lb --listen-port 443"
        " --destination-port 31695"
    )
    # In IPVS and nftables mode no NodePort is on 127.0.0.1.
    assert "http://10.0.0.110:" in (judgement.next_steps[1].command or "")


def test_go_states_it_too() -> None:
    """Traefik is written in Go."""
    x = e.plain_to_tls()
    assert x.run
    probes = tuple(replace(p, body=GO, headers=()) for p in x.run.probes)
    assert answer(CAUSE, replace(x, run=replace(x.run, probes=probes))) is (
        Answer.SUPPORTED
    )


def test_a_pod_that_uses_tls_is_another_matter() -> None:
    """A host without an Ingress gets the ingress's 404: the text is the pod's."""
    page = "ingress-nginx/400_plain_http_to_https_port"
    run = s.run(page)
    assert all(p.status_code == 404 for p in run.by_role(Role.UNKNOWN_HOST))
    x = with_ports(s.taken(run, s.balancer(), *s.reports()))
    assert answer(CAUSE, x) is not Answer.SUPPORTED


def test_tls_to_the_port_for_http_fails_in_the_handshake() -> None:
    """No certificate is sent; the step names the port for https."""
    judgement = judge(failing_handshakes())
    assert judgement.cause == CAUSE.id
    assert "--destination-port 32443" in (judgement.next_steps[0].command or "")


@pytest.mark.parametrize(
    "x",
    [
        failing_handshakes("certificate has expired"),
        replace(failing_handshakes(), reports=()),
    ],
    ids=["a certificate is refused", "the ports were not read"],
)
def test_a_failed_handshake_alone_leaves_it_open(x: Snapshot) -> None:
    """A certificate shows TLS; without the Service no port is known."""
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_server_that_closes_is_shown_by_healthy_targets() -> None:
    """Its port accepts connections that begin as the load balancer's do."""
    closed = failing_handshakes()
    assert closed.run
    probes = tuple(
        replace(p, error_type=ErrorType.CONNECTION_CLOSED, error_detail=None)
        for p in closed.run.probes
    )
    closed = replace(closed, run=replace(closed.run, probes=probes))
    assert answer(CAUSE, closed) is Answer.SUPPORTED
    silent = tuple(replace(r, probes=()) for r in closed.reports)
    assert answer(CAUSE, replace(closed, reports=silent)) is Answer.UNKNOWN
    other = tuple(
        replace(r, probes=tuple(replace(p, proxy_protocol=True) for p in r.probes))
        for r in closed.reports
    )
    assert answer(CAUSE, replace(closed, reports=other)) is Answer.UNKNOWN
    assert closed.balancer
    both = e.with_services(closed.balancer, proxyprotocol=True)
    agreed = replace(closed, reports=other, balancer=both)
    assert answer(CAUSE, agreed) is Answer.SUPPORTED


def test_the_fitting_port_refutes_it() -> None:
    """Plain HTTP to the port for http, and TLS to the one for https."""
    assert answer(CAUSE, with_ports(e.proxy_of_balancer())) is Answer.REFUTED
    assert answer(CAUSE, failing_handshakes(to=32443)) is Answer.REFUTED


def test_a_port_for_https_that_leads_to_the_plain_port_expects_no_tls() -> None:
    """As where a load balancer ends TLS: both ports have one targetPort."""
    both = tuple(replace(p, target_port="http") for p in PORTS)
    x = s.taken(s.run(s.LB_503), s.balancer(to=32443), *s.reports())
    assert answer(CAUSE, with_ports(x, both)) is Answer.REFUTED


def test_a_closed_connection_does_not_show_it() -> None:
    """A server that states nothing: the settings differ, and the response is open."""
    page = "haproxy/502_server_closed"
    x = with_ports(
        s.taken(s.run(page, unknown_host=page), s.balancer(to=32443), *s.reports())
    )
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED
