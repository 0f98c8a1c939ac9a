"""Specification of the cause `service-port-leads-nowhere`."""

from dataclasses import replace

import pytest

from parallax.causes.service_port_leads_nowhere import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.cluster import Endpoint, ServicePort
from parallax.model.judgement import Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

TWO_PORTS = (
    ServicePort(port=8080, target_port="web", name="http"),
    ServicePort(port=9090, target_port="metrics", name="metrics"),
)


def read_endpoints() -> tuple[Endpoint, ...]:
    """Return the ready endpoints of the scenario, none with a port."""
    cluster = s.port_leads_nowhere().reports[0].reading
    assert cluster
    assert cluster.endpoints
    return cluster.endpoints


def with_ports(*ports: ServicePort, asked: int | None) -> Snapshot:
    """Return the scenario with other ports of the Service, and the one asked."""
    service = replace(s.service("keybuzz-api", 8080, 30080, "web"), ports=ports)
    return s.with_reading(s.port_leads_nowhere(), service=service, service_port=asked)


def test_it_is_named_with_the_port_that_no_pod_declares() -> None:
    """Ready endpoints without a port, and the name that leads nowhere."""
    judgement = judge(s.port_leads_nowhere())
    assert judgement.cause == CAUSE.id
    shown = next(a for a in judgement.assessments if a.cause == CAUSE.id)
    assert shown.evidence[:2] == (
        (
            "Service keybuzz/keybuzz-api has 5 of 5 endpoints ready,"
            " none of them with a port"
        ),
        "no ready pod declares a TCP port named 'web', the targetPort of port 8080",
    )
    compare, slices = (step.command for step in judgement.next_steps)
    assert compare == (
        "kubectl -n keybuzz get service keybuzz-api -o"
        " jsonpath='{.spec.ports}{\"\\n\"}' && kubectl -n keybuzz get pod"
        " keybuzz-api-1 -o jsonpath='{.spec.containers[*].ports}{\"\\n\"}'"
    )
    assert slices == (
        "kubectl -n keybuzz get endpointslices -l"
        " kubernetes.io/service-name=keybuzz-api"
    )


def test_one_ready_endpoint_with_a_port_rules_it_out() -> None:
    """The ingress sends requests to that one, as with two Deployments behind it."""
    first, *rest = read_endpoints()
    x = s.with_reading(
        s.port_leads_nowhere(), endpoints=(replace(first, port=8080), *rest)
    )
    assessment = ask(CAUSE, x)
    assert assessment.answer is Answer.REFUTED
    assert assessment.evidence == (
        "the Service port maps to a port on 1 of 5 ready endpoints",
    )


def test_endpoints_that_are_not_ready_are_another_cause() -> None:
    """Without a ready endpoint the port does not matter yet: it is hidden."""
    unready = tuple(replace(e, ready=False) for e in read_endpoints())
    x = s.with_reading(s.port_leads_nowhere(), endpoints=unready)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == "pods-not-ready"
    assert answer(CAUSE, s.without_endpoints()) is Answer.UNKNOWN


def test_of_several_ports_the_one_that_requests_go_to_counts() -> None:
    """An agent that read no such port leaves it open; one port alone needs none."""
    assert answer(CAUSE, with_ports(*TWO_PORTS, asked=8080)) is Answer.SUPPORTED
    assert answer(CAUSE, with_ports(TWO_PORTS[0], asked=None)) is Answer.SUPPORTED
    assessment = ask(CAUSE, with_ports(*TWO_PORTS, asked=None))
    assert assessment.answer is Answer.UNKNOWN
    assert assessment.missing == ("which port of the Service requests go to",)


def test_a_service_without_a_tcp_port_leads_nowhere() -> None:
    """A Service whose only port is UDP: the agent reads TCP ports only."""
    assessment = ask(CAUSE, with_ports(asked=None))
    assert assessment.answer is Answer.SUPPORTED
    assert assessment.evidence[1] == "the Service has no TCP port"
    assert assessment.reason == "port-not-tcp"


def test_the_reason_is_that_no_container_has_the_name() -> None:
    """It is a stable id, for programs that read findings."""
    assert judge(s.port_leads_nowhere()).reason == "port-name-unknown"


def test_a_number_without_a_port_has_another_protocol() -> None:
    """Kubernetes takes a number as it is, so only the protocol can be missing."""
    number = ServicePort(port=8080, target_port="8080")
    assessment = ask(CAUSE, with_ports(number, asked=8080))
    assert assessment.answer is Answer.SUPPORTED
    assert assessment.reason == "port-not-tcp"
    assert assessment.evidence[1] == (
        "no EndpointSlice has a TCP port for port 8080 of the Service, although its"
        " targetPort is the number 8080: the port's protocol is not TCP"
    )


def test_a_number_without_a_selector_is_left_out_by_somebody_else() -> None:
    """Kubernetes does not write the EndpointSlices of a Service without selector."""
    x = with_ports(ServicePort(port=8080, target_port="8080"), asked=8080)
    cluster = x.reports[0].reading
    assert cluster
    assert cluster.service
    own = s.with_reading(x, service=replace(cluster.service, selector=()))
    assessment = ask(CAUSE, own)
    assert assessment.answer is Answer.SUPPORTED
    assert assessment.reason is None
    assert assessment.evidence[1].endswith(
        "which has no selector: somebody else writes them"
    )


@pytest.mark.parametrize(
    "changes",
    [{"endpoints": None}, {"service": None}, {"partial": ("endpoints",)}],
    ids=["no EndpointSlices", "no Service", "a part of the endpoints"],
)
def test_what_was_not_read_leaves_it_open(changes: dict[str, object]) -> None:
    """Blindness is not proof: of ready pods, and of a port that none has."""
    x = s.with_reading(s.port_leads_nowhere(), **changes)
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_silent_agents_and_an_unread_log_leave_it_open() -> None:
    """Without them nothing is known of the Service, or of where requests end."""
    x = s.port_leads_nowhere()
    assert answer(CAUSE, replace(x, reports=(), sightings=())) is Answer.UNKNOWN
    assert x.run
    answered = replace(x, sightings=s.seen(x.run, 503))
    assert answer(CAUSE, answered) is Answer.UNKNOWN


def test_a_limit_at_the_ingress_is_explained() -> None:
    """An Ingress that limits requests writes the same page; no limit matters here."""
    limit = (("nginx.ingress.kubernetes.io/limit-rps", "1"),)
    x = s.with_reading(s.port_leads_nowhere(), ingress_annotations=limit)
    found = {a.cause: a for a in judge(x).assessments}
    assert found["ingress-rejects-request"].answer is Answer.SUPPORTED
    assert found["ingress-rejects-request"].explained_by == CAUSE.id
    assert judge(x).cause == CAUSE.id


@pytest.mark.parametrize(
    "cause", ["ingress-rejects-request", "pod-refuses-connection", "pod-too-slow"]
)
def test_endpoints_without_a_port_get_no_request(cause: str) -> None:
    """Whether a pod refuses or delays one, or a rule rejects it, is hidden."""
    found = {a.cause: a for a in judge(s.port_leads_nowhere()).assessments}
    (missing,) = found[cause].missing
    assert missing.endswith("none of the Service's ready endpoints has a port")
