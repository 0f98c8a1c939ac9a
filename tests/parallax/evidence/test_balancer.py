"""Specification of the balancer's evidence: `parallax.evidence.balancer`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parallax.diagnose.judge import judge
from parallax.evidence import balancer
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Hop, HopState
from tests.parallax import scenarios as s

CDN = replace(s.TARGET, reached=replace(s.TARGET.reached, cdn=True))
AS_ANYBODY = ("pods/503_express_send", "nginx/503_return_text", s.INGRESS_503)
FAULTS: dict[str, Callable[[], BalancerReading]] = {
    "lb-health-check-wrong-port": lambda: s.balancer(healthy=0, asks=30081),
    "lb-no-healthy-target": lambda: s.balancer(healthy=0),
    "lb-no-target": s.without_targets,
    "lb-wrong-destination-port": lambda: s.balancer(to=31999),
}


@pytest.mark.parametrize("page", AS_ANYBODY)
@pytest.mark.parametrize("cause", FAULTS)
def test_a_cdns_page_does_not_clear_the_balancer(cause: str, page: str) -> None:
    """A CDN may write like an app or nginx; direct requests show the balancer."""
    run = s.run(page, direct=s.LB_503, unknown_host=s.LB_503, after=3.1)
    x = s.taken(run, FAULTS[cause](), *s.reports(), target=CDN)
    assert judge(x).cause == cause


@pytest.mark.parametrize("cause", FAULTS)
def test_the_balancers_own_response_is_not_refuted_by_one_that_passed(
    cause: str,
) -> None:
    """It responds itself and forwards another request: contradiction, no refutation."""
    run = s.run(s.LB_503, unknown_host=s.INGRESS_404_BY_LB)
    judgement = judge(s.taken(run, FAULTS[cause](), *s.reports()))
    assert judgement.cause == NOT_ESTABLISHED
    found = next(a for a in judgement.assessments if a.cause == cause)
    assert found.answer is Answer.UNKNOWN


@pytest.mark.parametrize("cause", FAULTS)
def test_a_balancer_that_inspect_found_by_its_address_counts_as_one_named(
    cause: str,
) -> None:
    """No name is configured: its reading is used, also in the path."""
    nameless = replace(s.TARGET, reached=replace(s.TARGET.reached, load_balancer=None))
    run = s.run(s.LB_503, unknown_host=s.LB_503, after=3.1)
    x = s.taken(run, FAULTS[cause](), *s.reports(), target=nameless)
    judgement = judge(x)
    assert (judgement.cause, judgement.complete) == (cause, True)
    assert Hop.LOAD_BALANCER in {seen.hop for seen in judgement.path}


def speaking(protocol: str, reading: BalancerReading) -> BalancerReading:
    """Set the protocol of the balancer's services."""
    assert reading.load_balancer
    services = tuple(
        replace(v, protocol=protocol) for v in reading.load_balancer.services
    )
    return replace(
        reading, load_balancer=replace(reading.load_balancer, services=services)
    )


@pytest.mark.parametrize("cause", FAULTS)
def test_a_tcp_balancer_writes_no_page(cause: str) -> None:
    """The page is then an HAProxy's in the cluster; closing is its own response."""
    reading = speaking("tcp", FAULTS[cause]())
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), reading, *s.reports())
    assert judge(x).cause == NOT_ESTABLISHED
    x = s.taken(s.run(s.CLOSED, unknown_host=s.CLOSED), reading, *s.reports())
    assert judge(x).cause == cause


def test_a_healthy_tcp_balancer_wrote_no_response() -> None:
    """The path attributes the page to a writer behind it."""
    reading = speaking("tcp", s.balancer())
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), reading, *s.reports())
    hop = next(h for h in judge(x).path if h.hop is Hop.LOAD_BALANCER)
    assert hop.state is HopState.OK
    assert "answered" not in hop.seen


def test_a_page_like_the_balancers_that_an_ingress_logged_is_the_ingresss() -> None:
    """HAProxy is also an ingress: its log has the request with this status."""
    x = s.without_endpoints()
    run = s.run(s.LB_503)
    alike = replace(x, run=run, sightings=s.seen(run, None))
    assert judge(alike).cause == "service-without-endpoints"
    assert judge(replace(alike, sightings=())).cause == NOT_ESTABLISHED


def test_inside_no_balancer_is_on_the_way() -> None:
    """Its page there is an ingress's, and an http health check got it."""
    found = s.checking("http", s.balancer(healthy=0))
    found = s.detailed(found, "unexpected_http_status", 503)
    inside = s.reports(ingress=s.LB_503, ready=0, pods=0)
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), found, *inside)
    assert judge(x).cause == "service-without-endpoints"


UNNAMED = replace(s.TARGET, reached=replace(s.TARGET.reached, load_balancer=None))
SECURE = replace(s.TARGET, url=f"https://{s.TARGET.host}:8443/")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"target": UNNAMED, "balancer": None},
            "a load balancer in the target's configuration",
        ),
        (
            {"balancer": None},
            "Hetzner API data of keybuzz-lb (not read)",
        ),
        (
            {
                "balancer": BalancerReading(
                    target=s.TARGET.name, read_at=s.NOW, problem=Problem.UNAUTHORIZED
                )
            },
            "Hetzner API data of keybuzz-lb (unauthorized)",
        ),
        (
            {"failing_since": s.NOW + timedelta(seconds=1)},
            "Hetzner API data of keybuzz-lb since the failure began",
        ),
        ({"target": SECURE}, "a service on port 8443 (keybuzz-lb has none)"),
    ],
)
def test_the_missing_part_of_the_balancer_is_stated(
    change: dict[str, Any], why: str
) -> None:
    """Its service is read, or one sentence states what is missing."""
    x = s.no_healthy_target()
    known = Scene.of(x)
    assert balancer.service(known).listen_port == 443
    assert balancer.load_balancer(known) is known.load_balancer
    assert balancer.service.lacks(Scene.of(replace(x, **change))) == (why,)


def test_a_closed_public_interface_leaves_the_private_address() -> None:
    """Users reach it there; its public addresses are not its own any more."""
    read = s.balancer()
    assert read.load_balancer
    lb = replace(read.load_balancer, public_interface=False, private_ips=("10.0.0.5",))
    x = s.taken(s.run(s.LB_503), replace(read, load_balancer=lb), *s.reports())
    assert balancer.addresses(Scene.of(x)) == {"10.0.0.5"}
    assert balancer.addresses(Scene.of(replace(x, balancer=read))) == {
        a for a in (read.load_balancer.ipv4, read.load_balancer.ipv6) if a
    }
