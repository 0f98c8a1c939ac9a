"""Specification of the advisers: `parallax.advice`, one by one."""

from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from parallax.advice import ADVISERS, Adviser, decidable
from parallax.diagnose.judge import judge
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerCertificate
from parallax.model.cluster import Node
from parallax.model.judgement import Advice
from parallax.model.probe import Certificate, Resolution
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s


def given(snapshot: Snapshot) -> dict[str, Advice]:
    """Return the advice by its id."""
    return {advice.id: advice for advice in judge(snapshot).advice}


def certified(days: float, lifetime: float | None = None) -> Snapshot:
    """Return a healthy target whose certificate is valid for this many days.

    `lifetime`: days in all; None: unknown, as in snapshots of earlier releases.
    """
    x = s.healthy()
    assert x.run
    ends = x.taken_at + timedelta(days=days)
    begins = ends - timedelta(days=lifetime) if lifetime is not None else None
    cert = Certificate(subject="a", issuer="Test CA", not_after=ends, not_before=begins)
    probes = tuple(replace(p, certificate=cert) for p in x.run.probes)
    return replace(x, run=replace(x.run, probes=probes))


def asking(port: int) -> Snapshot:
    """Return a healthy target whose health check uses another port."""
    run = s.run(s.OK, investigated=False)
    return s.taken(run, s.balancer(asks=port), *s.reports())


def of_zone(ttl: int | None) -> Snapshot:
    """Return a healthy target with the zone's own answer."""
    x = s.healthy()
    assert x.run
    zone = Resolution(
        resolver="192.0.2.53", authoritative=True, addresses=("203.0.113.20",), ttl=ttl
    )
    return replace(x, run=replace(x.run, resolutions=(zone,)))


def few_ready(ready: int, *, pods: int = 5) -> Snapshot:
    """Return a healthy target with this many ready pods."""
    run = s.run(s.OK, investigated=False)
    return s.taken(run, s.balancer(), *s.reports(ready=ready, pods=pods))


def machines(*servers: int) -> Snapshot:
    """Return a healthy target with these machines as nodes; targets 10001 to 10005."""
    nodes = tuple(
        Node(name=f"node-{n}", internal_ip=f"10.9.0.{n}", provider_id=f"hcloud://{n}")
        for n in servers
    )
    return s.with_reading(s.healthy(), nodes=nodes)


def test_health_gives_no_advice() -> None:
    """Nothing is wrong, and nothing will break soon."""
    assert given(s.healthy()) == {}


@pytest.mark.parametrize(
    ("days", "title"),
    [
        (13, "The certificate expires in 13 days"),
        (2, "The certificate expires in 2 days: renew it now"),
        (1, "The certificate expires in 1 day: renew it now"),
        (0.5, "The certificate expires in 12 hours: renew it now"),
        (-1, "The certificate has expired: renew it now"),
    ],
)
def test_a_certificate_is_advised_two_weeks_before(days: float, title: str) -> None:
    """Three days before, the title is urgent."""
    advice = given(certified(days))["certificate-expires"]
    assert advice.title == title
    assert advice.due == s.NOW + timedelta(days=days)
    command = advice.next_steps[0].command or ""
    assert "openssl s_client -connect platform-api.keybuzz.io:443" in command


@pytest.mark.parametrize(
    ("kind", "whose"),
    [("managed", "managed by Hetzner"), ("uploaded", "renewed by hand")],
)
def test_the_balancers_own_certificate_is_named(kind: str, whose: str) -> None:
    """It has the same end date as the certificate that users get."""
    x = certified(5)
    assert x.balancer
    assert x.balancer.load_balancer
    end = s.NOW + timedelta(days=5)
    its = BalancerCertificate(id=7, name="shop", not_valid_after=end, type=kind)
    other = replace(its, name="old", not_valid_after=end + timedelta(days=1))
    found = replace(x.balancer.load_balancer, certificates=(other, its))
    x = replace(x, balancer=replace(x.balancer, load_balancer=found))
    advice = given(x)["certificate-expires"]
    assert advice.evidence[1] == f"it is the load balancer's certificate shop ({whose})"
    assert advice.next_steps[1].command == "hcloud certificate describe shop"


def test_a_certificate_that_lasts_gives_no_advice() -> None:
    """Three weeks are enough for its renewal."""
    assert given(certified(21)) == {}


SIX_DAYS = 160 / 24
"""The lifetime of Let's Encrypt's short-lived certificates."""


@pytest.mark.parametrize(
    ("lifetime", "left"),
    [
        (SIX_DAYS, SIX_DAYS),
        (SIX_DAYS, SIX_DAYS / 2),
        (SIX_DAYS, SIX_DAYS / 3),
        (1, 0.3),
        (45, 15),
        (64, 15),
        (90, 14.1),
        (365, 14.1),
    ],
)
def test_a_certificate_that_is_renewed_in_time_gives_no_advice(
    lifetime: float, left: float
) -> None:
    """A six-day certificate is normal on its first day; programs renew at a third."""
    assert given(certified(left, lifetime)) == {}


@pytest.mark.parametrize(
    ("lifetime", "left", "title"),
    [
        (SIX_DAYS, 1.6, "The certificate expires in 1 day"),
        (SIX_DAYS, 0.5, "The certificate expires in 12 hours: renew it now"),
        (1, 0.2, "The certificate expires in 4 hours"),
        (1, 0.1, "The certificate expires in 2 hours: renew it now"),
        (45, 11, "The certificate expires in 11 days"),
        (45, 3, "The certificate expires in 3 days: renew it now"),
        (90, 14, "The certificate expires in 14 days"),
        (365, 14, "The certificate expires in 14 days"),
        (365, 3, "The certificate expires in 3 days: renew it now"),
    ],
)
def test_a_certificate_whose_renewal_is_overdue_gives_advice(
    lifetime: float, left: float, title: str
) -> None:
    """Less than a quarter of its lifetime is left, and at most 14 days."""
    assert given(certified(left, lifetime))["certificate-expires"].title == title


@pytest.mark.parametrize(
    ("lifetime", "left", "share"),
    [
        (SIX_DAYS, 1.6, "24% of its 160 h is left"),
        (1, 0.2, "20% of its 24 h is left"),
        (90, 9, "10% of its 90 days is left"),
    ],
)
def test_the_advice_states_which_part_of_the_lifetime_is_left(
    lifetime: float, left: float, share: str
) -> None:
    """So that a reader sees that a renewal failed; not for one renewed by hand."""
    advice = given(certified(left, lifetime))["certificate-expires"]
    usual = "automatic renewal is usual when a third is left"
    assert advice.evidence[1] == f"{share}; {usual}"
    assert len(given(certified(9, 365))["certificate-expires"].evidence) == 1


@pytest.mark.parametrize("lifetime", [None, 0, -3])
def test_without_a_begin_14_days_count(lifetime: float | None) -> None:
    """A snapshot of an earlier release has none; one after the end means nothing."""
    assert given(certified(14.1, lifetime)) == {}
    advice = given(certified(13, lifetime))["certificate-expires"]
    assert advice.title == "The certificate expires in 13 days"
    assert len(advice.evidence) == 1


def test_a_health_check_of_an_unused_port_gives_advice_while_users_are_served() -> None:
    """If the listener on that port stops, it is an outage."""
    advice = given(asking(30999))["health-check-no-node-port"]
    assert advice.title.startswith("The health check uses port 30999")
    assert advice.next_steps[0].command == (
        "hcloud load-balancer update-service keybuzz-lb --listen-port 443"
        " --health-check-port 31695"
    )
    assert "health-check-no-node-port" not in given(s.wrong_port())


def test_a_health_check_of_the_apps_own_port_gives_advice() -> None:
    """The check can succeed while the ingress is down."""
    assert set(given(asking(30080))) == {"health-check-other-port"}


def test_the_services_own_health_port_is_right() -> None:
    """Under policy Local it is the right port."""
    x = asking(32000)
    cluster = x.cluster
    assert cluster
    assert cluster.ingress_service
    local = replace(
        cluster.ingress_service,
        external_traffic_policy="Local",
        health_check_node_port=32000,
    )
    assert given(s.with_reading(x, ingress_service=local)) == {}


def test_a_target_that_is_no_node_is_named() -> None:
    """Machine 10005 left the cluster."""
    advice = given(machines(10001, 10002, 10003, 10004))["target-no-node"]
    assert advice.title.startswith("1 of 5 targets")
    assert "worker-05" in advice.evidence[0]
    assert "remove-target keybuzz-lb --server worker-05" in (
        advice.next_steps[1].command or ""
    )
    assert given(machines(*range(10001, 10006))) == {}


def test_the_last_ready_pod_gives_advice_and_a_single_one_does_not() -> None:
    """One ready pod of five is a warning; one of one is intended."""
    advice = given(few_ready(1))["one-ready-replica"]
    assert advice.title.startswith("Only 1 of 5 pods is ready")
    assert "keybuzz-api-1" in advice.evidence[0]
    assert "describe pod keybuzz-api-2" in (advice.next_steps[0].command or "")
    assert given(few_ready(2)) == {}
    assert given(few_ready(1, pods=1)) == {}


def test_a_ttl_of_a_day_gives_advice() -> None:
    """That long users use an old address after a move."""
    advice = given(of_zone(86400))["long-ttl"]
    assert "up to 24 h to reach all users" in advice.title
    assert given(of_zone(3600)) == {}
    assert given(of_zone(None)) == {}


def test_nothing_read_is_no_advice_and_no_end_of_any() -> None:
    """Without a source, no advice does not mean that nothing is wrong."""
    blank = replace(s.healthy(), run=None, balancer=None, reports=())
    assert given(blank) == {}
    assert decidable(Scene.of(blank)) == frozenset()
    whole = decidable(Scene.of(s.healthy()))
    assert whole == {
        "health-check-no-node-port",
        "health-check-other-port",
        "target-no-node",
        "one-ready-replica",
    }


@pytest.mark.parametrize("fault", s.FAULTS)
def test_no_adviser_raises_whatever_is_broken(fault: str) -> None:
    """Each adviser answers each scenario."""
    for adviser in ADVISERS:
        adviser.advise(Scene.of(s.FAULTS[fault]()))
        adviser.decidable(Scene.of(s.FAULTS[fault]()))


def test_stale_readings_give_no_advice() -> None:
    """An old reading of the balancer does not count."""
    x = asking(30999)
    assert x.balancer
    old = replace(x.balancer, read_at=s.NOW - timedelta(minutes=10))
    assert given(replace(x, balancer=old)) == {}


def test_an_adviser_that_raises_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An adviser with a bug gives no advice and ends none."""

    def broken(_: Snapshot) -> NoReturn:
        raise ZeroDivisionError

    bad = Adviser(id="bad", summary="Bad", advise=broken, decidable=broken)
    monkeypatch.setattr("parallax.advice.ADVISERS", (bad, *ADVISERS))
    assert set(given(certified(2))) == {"certificate-expires"}
    assert "bad" not in decidable(Scene.of(certified(2)))


def local_policy(x: Snapshot) -> Snapshot:
    """Return the snapshot under policy Local, with healthCheckNodePort 32000."""
    cluster = x.cluster
    assert cluster
    assert cluster.ingress_service
    local = replace(
        cluster.ingress_service,
        external_traffic_policy="Local",
        health_check_node_port=32000,
    )
    return s.with_reading(x, ingress_service=local)


def test_under_policy_local_the_services_own_health_port_is_advised() -> None:
    """Only this port shows which nodes run an ingress pod."""
    advice = given(local_policy(asking(30080)))["health-check-other-port"]
    assert advice.title == "The health check uses port 30080 instead of port 32000"
    assert advice.next_steps[0].command == (
        "hcloud load-balancer update-service keybuzz-lb --listen-port 443"
        " --health-check-protocol http --health-check-port 32000"
        " --health-check-http-path /healthz"
    )


def test_a_wrong_destination_gives_no_advice_about_the_health_check() -> None:
    """It would name the wrong port, and the check has the right one."""
    x = s.wrong_destination()
    assert given(x) == {}
    assert "health-check-other-port" not in decidable(Scene.of(x))


def test_the_cause_that_no_target_is_a_node_is_not_repeated_as_advice() -> None:
    """While users fail the finding has it; while they are served it is advice."""
    failing = s.FAULTS["lb-targets-not-the-ingress-nodes"]()
    assert "target-no-node" not in given(failing)
    assert "target-no-node" not in decidable(Scene.of(failing))
    assert "target-no-node" in given(machines(1, 2, 3))
