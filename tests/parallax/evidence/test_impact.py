"""Specification of what users' failure can come from: `parallax.evidence.impact`."""

from dataclasses import replace

import pytest

from parallax.diagnose.judge import judge
from parallax.model.balancer import BalancerReading, HealthCheckHttp
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import AS_A_USER, ErrorType, Probe, ProbeRun, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

NO_CONNECTION = {
    "the name does not resolve": (ErrorType.NAME_NOT_RESOLVED, "resolve"),
    "connecting times out": (ErrorType.TIMEOUT, "connect"),
    "nobody listens": (ErrorType.CONNECTION_REFUSED, "connect"),
    "an expired certificate": (ErrorType.TLS, "tls"),
    "the handshake times out": (ErrorType.TIMEOUT, "tls"),
}
CDN_503 = "varnish/503_director_no_healthy"


def lose(probe: Probe, error: ErrorType, phase: str) -> Probe:
    """Return the probe without a connection."""
    return replace(
        probe,
        healthy=False,
        status_code=None,
        reason=None,
        headers=(),
        body="",
        error_type=error,
        error_phase=phase,
    )


def losing(run: ProbeRun, error: ErrorType, phase: str, *roles: Role) -> ProbeRun:
    """Return the run with failed connections for these roles; none: all."""
    probes = tuple(
        lose(p, error, phase) if p.role in (roles or tuple(Role)) else p
        for p in run.probes
    )
    return replace(run, probes=probes)


def answer(snapshot: Snapshot, cause: str) -> Answer:
    """Return one cause's answer."""
    return next(a.answer for a in judge(snapshot).assessments if a.cause == cause)


BEFORE = (
    "dns-resolvers-disagree",
    "dns-stale-address",
    "lb-no-service-for-port",
    "dns-name-gone",
    "dns-zone-broken",
    "cdn-certificate-refused",
    "lb-certificate-refused",
    "ingress-certificate-refused",
)
"""Causes that explain why users cannot connect."""


@pytest.mark.parametrize("roles", [(), AS_A_USER], ids=["everybody", "users"])
@pytest.mark.parametrize("how", NO_CONNECTION)
@pytest.mark.parametrize("cause", [cause for cause in s.FAULTS if cause not in BEFORE])
def test_no_inner_cause_is_named_if_users_get_no_connection(
    cause: str, how: str, roles: tuple[Role, ...]
) -> None:
    """Another fault does not affect users then."""
    x = s.FAULTS[cause]()
    assert x.run
    x = replace(x, run=losing(x.run, *NO_CONNECTION[how], *roles))
    judgement = judge(x)
    assert judgement.cause == NOT_ESTABLISHED
    assert not [a for a in judgement.assessments if a.answer is Answer.SUPPORTED]


@pytest.mark.parametrize("how", NO_CONNECTION)
@pytest.mark.parametrize("cause", BEFORE[:2])
def test_a_wrong_address_is_named_for_failed_connections(cause: str, how: str) -> None:
    """An old address may refuse, drop, or have an old certificate: a DNS cause."""
    x = s.FAULTS[cause]()
    assert x.run
    lost = replace(x, run=losing(x.run, *NO_CONNECTION[how], *AS_A_USER))
    resolved = how != "the name does not resolve"
    assert judge(lost).cause == (cause if resolved else NOT_ESTABLISHED)
    everybody = replace(x, run=losing(x.run, *NO_CONNECTION[how]))
    assert judge(everybody).cause == NOT_ESTABLISHED


@pytest.mark.parametrize("cause", s.FAULTS)
def test_one_lost_request_hides_no_cause(cause: str) -> None:
    """Most users get the fault; one of them got no connection."""
    x = s.FAULTS[cause]()
    assert x.run
    first, *rest = x.run.probes
    run = replace(
        x.run,
        probes=(lose(first, ErrorType.TIMEOUT, "connect"), *rest),
        started_at=s.SINCE,
    )
    assert judge(replace(x, run=run)).cause == cause


def test_a_tcp_balancer_that_closes_is_its_own_response() -> None:
    """The handshake is closed by a balancer without targets."""
    run = losing(s.run(s.LB_503), ErrorType.CONNECTION_CLOSED, "tls")
    x = s.taken(run, s.balancer(healthy=0, asks=30081), *s.reports())
    assert judge(x).cause == "lb-health-check-wrong-port"


def test_an_edge_that_hangs_up_is_not_the_balancer() -> None:
    """Behind a CDN the CDN closes the handshake."""
    cdn = replace(s.TARGET, reached=replace(s.TARGET.reached, cdn=True))
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    run = losing(run, ErrorType.CONNECTION_CLOSED, "tls", *AS_A_USER)
    x = s.taken(run, s.balancer(healthy=0, asks=30081), *s.reports(), target=cdn)
    assert judge(x).cause == NOT_ESTABLISHED


@pytest.mark.parametrize("page", [s.LB_503, CDN_503])
@pytest.mark.parametrize(
    ("cause", "ingress", "more"),
    [
        ("pods-not-ready", s.INGRESS_503, {"ready": 0}),
        ("service-without-endpoints", s.INGRESS_503, {"ready": 0, "pods": 0}),
        ("pod-refuses-connection", s.INGRESS_502, {"pod": s.REFUSED}),
    ],
)
def test_an_inside_page_alone_does_not_explain_another_hops_page(
    page: str, cause: str, ingress: str, more: dict[str, object]
) -> None:
    """Users get the page of the balancer or CDN; the reason is open."""
    inside = s.reports(ingress=ingress, **more)  # type: ignore[arg-type]
    x = s.taken(s.run(page, unknown_host=page), s.balancer(), *inside)
    assert judge(x).cause == NOT_ESTABLISHED
    assert answer(x, cause) is Answer.UNKNOWN


def test_an_internal_page_explains_an_unmarked_page() -> None:
    """A page replaced on the way, with the same status."""
    run = s.run(s.INGRESS_503_BY_LB)
    plain = {"headers": (), "body": "<h1>We are sorry</h1>", "reason": "Sorry"}
    probes = tuple(
        p if p.role is Role.UNKNOWN_HOST else replace(p, **plain) for p in run.probes
    )
    inside = s.reports(ingress=s.INGRESS_503, ready=0)
    x = s.taken(replace(run, probes=probes), s.balancer(), *inside)
    assert judge(x).cause == "pods-not-ready"


def asking(domain: str | None) -> BalancerReading:
    """Return a balancer without a healthy target whose check requests a host."""
    found = s.checking("http", s.balancer(healthy=0))
    assert found.load_balancer
    services = tuple(
        replace(
            v, health_check=replace(v.health_check, http=HealthCheckHttp(domain=domain))
        )
        for v in found.load_balancer.services
    )
    return replace(found, load_balancer=replace(found.load_balancer, services=services))


@pytest.mark.parametrize("domain", [None, "other.keybuzz.io"])
def test_a_check_of_another_host_fails_for_its_own_reason(domain: str | None) -> None:
    """Without a domain it gets the default backend, not the empty Service."""
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(run, asking(domain), *s.reports(ingress=s.INGRESS_503, ready=0))
    assert judge(x).cause == NOT_ESTABLISHED
    x = s.taken(run, asking(s.TARGET.host), *s.reports(ingress=s.INGRESS_503, ready=0))
    assert judge(x).cause == "pods-not-ready"


@pytest.mark.parametrize("balancers", [1, 9])
def test_one_trace_does_not_explain_the_balancers_pages(
    balancers: int,
) -> None:
    """One request reached the ingress or a pod; most ended before it."""
    blames = balancers == 1
    pages = [s.LB_503] * balancers + [s.INGRESS_503_BY_LB] * (11 - balancers)
    run = s.run(pages, direct=s.INGRESS_503_BY_LB)
    x = s.taken(run, s.balancer(), *s.reports(ingress=s.INGRESS_503, ready=0))
    assert (judge(x).cause == "pods-not-ready") is blames
    run = s.run([s.LB_503] * balancers + [s.POD_503] * (11 - balancers))
    lines = tuple(
        line
        for line, p in zip(s.seen(run, 503), run.probes, strict=False)
        if "No server is available" not in p.body
    )
    x = s.taken(run, s.balancer(), *s.reports(pod=s.POD_503, sightings=lines))
    assert (judge(x).cause == "pod-answers-error") is blames
