"""Specification of `lb-health-check-rejected`."""

from dataclasses import replace

import pytest

from parallax.causes.lb_health_check_rejected import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.balancer import BalancerReading, HealthStatus
from parallax.model.cluster import ServicePort
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

STATUS = "unexpected_http_status"
HOSTS = (s.TARGET.host, "*.shop.keybuzz.io")
PLAIN = ServicePort(port=80, target_port="http", name="http", node_port=31695)
TLS = ServicePort(port=443, target_port="https", name="https", node_port=31695)


def checked(
    domain: str | None = None,
    hosts: tuple[str, ...] | None = HOSTS,
    detail: str | None = None,
    **more: object,
) -> Snapshot:
    """Return unhealthy targets with an http check, and the Ingresses' hosts."""
    found = s.detailed(e.asking(s.balancer(healthy=0), domain, **more), detail)
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    return s.with_reading(s.taken(run, found, *s.reports()), ingress_hosts=hosts)


def test_without_an_api_reason_the_configuration_shows_it() -> None:
    """No domain: the check does not accept the default backend's 404."""
    x = checked()
    assert judge(x).cause == CAUSE.id
    assert ask(CAUSE, x).evidence[0] == (
        "the health check requests / with no host, which no Ingress rule matches;"
        " it accepts 2??, 3??, not the default backend's 404"
    )


def test_the_check_gets_a_host_or_only_connects() -> None:
    """Two ways to correct it, and one to reproduce it."""
    domain, connect, ask = judge(e.check_rejected()).next_steps
    update = "hcloud load-balancer update-service keybuzz-lb --listen-port 443"
    assert domain.command == f"{update} --health-check-http-domain {s.TARGET.host}"
    assert connect.command == f"{update} --health-check-protocol tcp"
    assert "-H Host: -o /dev/null -w '%{http_code}\\n' http://10.0.0.110:31695/" in (
        ask.command or ""
    )


@pytest.mark.parametrize("domain", [None, "old.keybuzz.io", "keybuzz.io"])
def test_a_host_without_an_ingress_is_rejected(domain: str | None) -> None:
    """An old name in the check, or none."""
    assert answer(CAUSE, checked(domain)) is Answer.SUPPORTED


@pytest.mark.parametrize("domain", [s.TARGET.host, "a.shop.keybuzz.io"])
def test_a_host_that_is_served_fails_for_another_reason(domain: str) -> None:
    """Also by a wildcard; then the reason of the failure is open."""
    x = checked(domain)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == "lb-no-healthy-target"


def test_the_wildcard_of_an_ingress_is_one_label() -> None:
    """A Gateway's may be several, so only ingress-nginx's list excludes the host."""
    x = checked("a.b.shop.keybuzz.io")
    gateway = replace(s.service("gateway", 80, 31695, "http"), namespace="gateways")
    other = s.with_reading(x, ingress_service=gateway, ingress_pods=())
    nginx = replace(gateway, namespace="ingress-nginx")
    assert answer(CAUSE, s.with_reading(x, ingress_service=nginx)) is Answer.SUPPORTED
    assert answer(CAUSE, other) is Answer.UNKNOWN


@pytest.mark.parametrize("codes", [("404",), ("2??", "4??"), ("*",), ("4*",)])
def test_a_check_that_accepts_404_does_not_reject_it(
    codes: tuple[str, ...],
) -> None:
    """It only requires a response of the ingress."""
    assert answer(CAUSE, checked(status_codes=codes)) is Answer.UNKNOWN


def test_healthz_and_catch_all_ingresses_answer_any_host() -> None:
    """Then it is not the default backend's 404."""
    assert answer(CAUSE, checked(path="/healthz")) is Answer.UNKNOWN
    assert answer(CAUSE, checked(hosts=("", s.TARGET.host))) is Answer.UNKNOWN
    assert answer(CAUSE, checked(hosts=("*",))) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("protocol", "port", "shown"),
    [
        ("https", PLAIN, True),
        ("http", TLS, True),
        ("https", TLS, False),
        ("http", PLAIN, False),
    ],
)
def test_the_wrong_one_of_http_and_https_is_rejected(
    protocol: str, port: ServicePort, *, shown: bool
) -> None:
    """By the name or number of the ingress's port."""
    x = checked(s.TARGET.host)
    assert x.balancer
    assert x.balancer.load_balancer
    services = tuple(
        replace(v, health_check=replace(v.health_check, protocol=protocol))
        for v in x.balancer.load_balancer.services
    )
    x = replace(x, balancer=e.changed(x.balancer, services=services))
    ingress = replace(s.service("ingress", 80, 31695, "http"), ports=(port,))
    x = s.with_reading(x, ingress_service=ingress)
    assert (answer(CAUSE, x) is Answer.SUPPORTED) is shown


@pytest.mark.parametrize("detail", ["layer4_timeout", "layer7_timeout"])
def test_another_api_reason_overrules_the_configuration(detail: str) -> None:
    """It got no response, so it rejected none."""
    assert answer(CAUSE, checked(detail=detail)) is Answer.UNKNOWN


def test_hosts_that_were_not_read_are_open() -> None:
    """The hosts were not read; both candidates are named."""
    x = checked(hosts=None)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == "lb-no-healthy-target"


def test_a_check_that_is_right_to_fail_is_not_blamed() -> None:
    """The target's own host returns errors inside too."""
    found = s.detailed(
        e.asking(s.balancer(healthy=0), s.TARGET.host), "unexpected_http_status", 503
    )
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    inside = s.reports(ingress=s.INGRESS_503, ready=0)
    x = s.taken(run, found, *inside)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == "pods-not-ready"


def test_unhealthy_while_users_are_served_raises_nothing() -> None:
    """No Ingress for the check yet: it fails although the target works."""
    x = checked()
    assert x.balancer
    well = s.taken(s.run(s.OK, investigated=False), x.balancer, *s.reports())
    well = s.with_reading(well, ingress_hosts=HOSTS)
    assert judge(well).cause == "none"
    assert answer(CAUSE, well) is Answer.REFUTED


def with_one(status: HealthStatus) -> BalancerReading:
    """Return a reading whose first target has another health than unhealthy."""
    x = checked()
    assert x.balancer
    assert x.balancer.load_balancer
    first, *rest = x.balancer.load_balancer.targets
    health = tuple(replace(h, status=status) for h in first.health_status)
    return e.changed(
        x.balancer, targets=(replace(first, health_status=health), *rest)
    )  # fmt: skip


def test_health_just_after_a_change_is_not_unhealthy() -> None:
    """`unknown` leaves the cause open, `healthy` refutes it."""
    x = checked()
    fresh = replace(x, balancer=with_one(HealthStatus.UNKNOWN))
    assert answer(CAUSE, fresh) is Answer.UNKNOWN
    assert judge(fresh).cause == NOT_ESTABLISHED
    one = replace(x, balancer=with_one(HealthStatus.HEALTHY))
    assert answer(CAUSE, one) is Answer.REFUTED


def test_a_tcp_check_has_no_content() -> None:
    """A TCP check ignores the response."""
    assert answer(CAUSE, s.no_healthy_target()) is Answer.REFUTED


def test_hosts_of_which_only_a_part_was_read_exclude_none() -> None:
    """The requested host may be among those that were not read."""
    x = checked("shop.keybuzz.io")
    assert answer(CAUSE, x) is Answer.SUPPORTED
    assert (
        answer(CAUSE, s.with_reading(x, partial=("ingress_hosts",))) is Answer.UNKNOWN
    )
    many = tuple(f"shop-{n}.keybuzz.io" for n in range(200))
    assert answer(CAUSE, s.with_reading(x, ingress_hosts=many)) is Answer.UNKNOWN


def test_a_check_that_received_an_error_was_right() -> None:
    """A 503 is an error, even if the target works by now."""
    found = s.detailed(e.asking(s.balancer(healthy=0)), "unexpected_http_status", 503)
    x = replace(e.check_rejected(), balancer=found)
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_400_may_be_for_the_balancers_own_line() -> None:
    """It sends a PROXY header; the ingress's setting was not read."""
    found = e.with_services(e.asking(s.balancer(healthy=0)), proxyprotocol=True)
    found = s.detailed(found, "unexpected_http_status", 400)
    x = replace(e.check_rejected(), balancer=found)
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_port_of_the_nodes_on_which_perhaps_nothing_listens_is_left_open() -> None:
    """Requests go to a NodePort; that the check speaks TLS to port 80 shows nothing."""
    reading = s.checking("https", s.balancer(healthy=0, asks=80))
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    assert answer(CAUSE, s.taken(run, reading, *s.reports())) is Answer.UNKNOWN
    both = s.checking("https", s.balancer(healthy=0, to=80, asks=80))
    assert answer(CAUSE, s.taken(run, both, *s.reports())) is Answer.SUPPORTED


@pytest.mark.parametrize(("detail", "code"), [(None, None), (STATUS, 404)])
def test_a_check_of_another_host_is_wrong_while_the_backend_fails(
    detail: str | None, code: int | None
) -> None:
    """It gets 404 and the target's host 503, so both faults are true."""
    found = s.detailed(e.asking(s.balancer(healthy=0)), detail, code)
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(run, found, *s.reports(ingress=s.INGRESS_503, ready=0))
    x = s.with_reading(x, ingress_hosts=HOSTS)
    found_ = judge(x)
    assert found_.cause == CAUSE.id
    also = {a.cause for a in found_.assessments if a.answer is Answer.SUPPORTED}
    assert also >= {CAUSE.id, "pods-not-ready"}


@pytest.mark.parametrize(
    ("domain", "code"), [(s.TARGET.host, 503), (s.TARGET.host, 404), (None, 503)]
)
def test_a_check_that_may_meet_the_backends_error_is_not_blamed(
    domain: str | None, code: int
) -> None:
    """It requests the target's own host, or gets the same error."""
    found = s.detailed(e.asking(s.balancer(healthy=0), domain), STATUS, code)
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(run, found, *s.reports(ingress=s.INGRESS_503, ready=0))
    x = s.with_reading(x, ingress_hosts=HOSTS)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause != CAUSE.id
