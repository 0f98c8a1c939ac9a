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


def test_the_other_nodeport_of_the_ingress_stands_for_one_that_nobody_probed() -> None:
    """kube-proxy opens both; agents probe one of the two."""
    reading = s.balancer(healthy=0, to=31696, asks=30081)
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), reading, *s.reports())
    own = s.service("ingress-nginx-controller", 80, 31695, "http")
    https = replace(own.ports[0], name="https", port=443, node_port=31696)
    x = s.with_reading(x, ingress_service=replace(own, ports=(*own.ports, https)))
    found = ask(CAUSE, x)
    assert found.answer is Answer.SUPPORTED
    assert any("its other NodePort 31695" in text for text in found.evidence)
    assert judge(x).cause == CAUSE.id


def test_an_unused_port_is_wrong_while_the_ingress_has_no_pod() -> None:
    """The named fault hides the contrast, and the port is wrong all the same."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    found = s.detailed(s.balancer(healthy=0, asks=30081), "layer4_no_connection")
    x = s.taken(outside, found, *s.reports(ingress=s.REFUSED))
    x = s.with_reading(x, ingress_endpoints=())
    judgement = judge(x)
    assert judgement.cause == "ingress-without-endpoints"
    mine = next(a for a in judgement.assessments if a.cause == CAUSE.id)
    assert mine.answer is Answer.SUPPORTED
    assert "port 30081, on which nothing listens" in mine.evidence[0]


def test_probes_of_the_ingresss_other_nodeport_show_that_nodes_accept() -> None:
    """Agents probe the port for http; the balancer passes TLS to the other one."""
    ports = (
        ServicePort(port=80, target_port="http", name="http", node_port=31695),
        ServicePort(port=443, target_port="https", name="https", node_port=31696),
    )
    ingress = replace(s.service("ingress", 80, 31695, "http"), ports=ports)
    found = s.balancer(healthy=0, asks=30081, to=31696)
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), found, *s.reports())
    x = s.with_reading(x, ingress_service=ingress)
    assert answer(CAUSE, x) is Answer.SUPPORTED
    assert any("its other NodePort 31695" in t for t in ask(CAUSE, x).evidence)
