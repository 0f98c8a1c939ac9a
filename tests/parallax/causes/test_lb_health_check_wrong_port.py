"""Specification of `lb-health-check-wrong-port`: what Hetzner's words leave open."""

from dataclasses import replace

import pytest

from parallax.causes.lb_health_check_wrong_port import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.cluster import ServicePort
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def asking(port: int, detail: str | None) -> Snapshot:
    """Return the incident with another port and the API's reason for the failure."""
    reading = s.detailed(s.balancer(healthy=0, asks=port), detail)
    return s.taken(s.run(s.LB_503, unknown_host=s.LB_503), reading, *s.reports())


@pytest.mark.parametrize(
    ("port", "detail"),
    [
        (30081, None),
        (30081, "unspecified"),
        (30081, "layer4_no_connection"),
        (10254, "layer4_no_connection"),
    ],
)
def test_a_port_without_a_listener_is_wrong(port: int, detail: str | None) -> None:
    """Refused; or an unused NodePort without a reason of the API."""
    assert answer(CAUSE, asking(port, detail)) is Answer.SUPPORTED


@pytest.mark.parametrize(
    ("target", "answer"), [("http", Answer.SUPPORTED), ("https", Answer.UNKNOWN)]
)
def test_another_port_of_the_same_target_shows_that_the_ingress_listens(
    target: str, answer: Answer
) -> None:
    """The load balancer ends TLS and uses the port for https; agents probe the other.

    With a target of its own, that port may be closed, so nothing is shown.
    """
    x = to_the_other_port(asking(30081, "layer4_no_connection"), target)
    found = ask(CAUSE, x)
    assert found.answer is answer
    text = "which leads to the same port of the pods as 32443"
    assert any(text in one for one in found.evidence) is (answer is Answer.SUPPORTED)


def to_the_other_port(snapshot: Snapshot, target: str) -> Snapshot:
    """Return it with a second NodePort, to which the load balancer sends requests."""
    ports = (
        ServicePort(port=80, target_port="http", name="http", node_port=31695),
        ServicePort(port=443, target_port=target, name="https", node_port=32443),
    )
    reading = snapshot.balancer
    assert reading
    assert reading.load_balancer
    lb = reading.load_balancer
    services = tuple(replace(v, destination_port=32443) for v in lb.services)
    sent = replace(reading, load_balancer=replace(lb, services=services))
    service = e.reading(snapshot.taken_at).ingress_service
    assert service
    return e.with_reading(
        replace(snapshot, balancer=sent), ingress_service=replace(service, ports=ports)
    )


def test_a_check_that_succeeds_may_still_have_the_wrong_port() -> None:
    """It makes no target unhealthy; that the port is not the ingress's is stated."""
    x = s.taken(s.run(s.OK), s.balancer(asks=30080), *s.reports())
    assert ask(CAUSE, x).evidence == (
        (
            "this cause means a port on which each check fails, but 5 of 5 are healthy;"
            " port 30080 is still not a NodePort of the ingress, so the check may"
            " succeed where the ingress does not respond"
        ),
    )


@pytest.mark.parametrize(
    ("port", "detail"),
    [
        (10254, None),
        (10254, "layer4_timeout"),
        (30081, "layer4_timeout"),
        (30081, "layer7_timeout"),
        (10254, "unexpected_http_status"),
        (30081, "unexpected_http_content"),
    ],
)
def test_a_port_that_may_be_right_is_left_open(port: int, detail: str | None) -> None:
    """A firewall drops it, something responds, or a pod listens on the node."""
    x = asking(port, detail)
    found = ask(CAUSE, x)
    assert found.answer is Answer.UNKNOWN
    assert f"port {port}" in found.missing[0]
    assert judge(x).cause == NOT_ESTABLISHED


@pytest.mark.parametrize(
    ("port", "answer"), [(32100, Answer.UNKNOWN), (30081, Answer.SUPPORTED)]
)
def test_with_policy_local_the_services_own_health_port_is_right(
    port: int, answer: Answer
) -> None:
    """kube-proxy responds there; any other port is still unused."""
    x = e.with_policy(asking(port, None), "Local", *s.NODES)
    found = ask(CAUSE, x)
    assert found.answer is answer
    if answer is Answer.UNKNOWN:
        assert "healthCheckNodePort" in found.missing[0]
        assert judge(x).cause == "lb-no-healthy-target"


def test_pods_that_hang_show_that_the_ingress_listens() -> None:
    """A connection is enough; the response does not matter."""
    x = s.taken(
        s.run(s.LB_503, unknown_host=s.LB_503),
        s.balancer(healthy=0, asks=30081),
        *s.reports(ingress=s.HANGS, pod=s.HANGS),
    )
    assert answer(CAUSE, x) is Answer.SUPPORTED
    dropped = s.reports(ingress=s.DROPPED)
    assert answer(CAUSE, replace(x, reports=dropped)) is Answer.UNKNOWN
