"""Specification of `nodeport-dropped-by-local-traffic-policy`."""

from dataclasses import replace

import pytest

from parallax.causes.nodeport_dropped_by_local_traffic_policy import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.balancer import BalancerReading
from parallax.model.cluster import Pod
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

GREEN = s.balancer(asks=10256)


def dropping(  # noqa: PLR0913 - one argument for each thing that may differ
    found: BalancerReading = GREEN,
    *,
    pages: list[str] = e.BY_TURNS,
    after: float = 3.1,
    policy: str = "Local",
    pods_on: tuple[str, ...] = s.NODES[:3],
    seen_on: tuple[str, ...] = s.NODES[:3],
) -> Snapshot:
    """Return intermittent failures, with ingress pods on some nodes."""
    run = s.run(pages, direct=s.OK, after=after)
    lines = e.good_lines(run, *seen_on) if seen_on else ()
    x = s.taken(run, found, *s.reports(sightings=lines))
    return e.with_policy(x, policy, *pods_on)


def test_the_check_is_set_to_the_health_check_node_port() -> None:
    """The Service's own health port, or Cluster as the other way."""
    check, policy, look = judge(dropping()).next_steps
    assert check.command == (
        "hcloud load-balancer update-service keybuzz-lb --listen-port 443"
        " --health-check-protocol http --health-check-port 32100"
        " --health-check-http-path /healthz"
    )
    assert "on a node: `curl -sS http://NODE:32100/healthz` prints" in check.text
    assert "patch service ingress-nginx-controller" in (policy.command or "")
    assert look.command == "kubectl -n keybuzz get pods -o wide"


def test_policy_cluster_or_a_pod_on_each_target_refutes_it() -> None:
    """Every node forwards requests."""
    assert answer(CAUSE, dropping(policy="Cluster")) is Answer.REFUTED
    assert answer(CAUSE, dropping(pods_on=s.NODES)) is Answer.REFUTED


def test_a_check_that_takes_nodes_without_pods_out_does_right() -> None:
    """The check uses the healthCheckNodePort, so no request is sent there."""
    right = e.unhealthy_target(s.balancer(asks=32100), 3, 4)
    x = dropping(right)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


@pytest.mark.parametrize("asks", [31695, 32100])
def test_unhealthy_nodes_without_pods_are_harmless(asks: int) -> None:
    """Nodes with a pod serve the users."""
    found = e.unhealthy_target(s.balancer(asks=asks), 3, 4)
    x = s.taken(s.run(s.OK, investigated=False), found, *s.reports())
    x = e.with_policy(x, "Local", *s.NODES[:3])
    judgement = judge(x)
    assert judgement.cause == "none"
    shown = [a.cause for a in judgement.assessments if a.answer is Answer.SUPPORTED]
    assert not shown


def test_failures_at_once_are_not_dropped_connections() -> None:
    """The balancer did not try to connect."""
    assert answer(CAUSE, dropping(after=0.002)) is Answer.UNKNOWN


def test_failures_behind_the_balancer_are_not_the_nodes() -> None:
    """The ingress wrote them, or its log has them."""
    pages = [s.INGRESS_503_BY_LB if n % 3 == 0 else s.OK for n in range(11)]
    assert answer(CAUSE, dropping(pages=pages)) is Answer.UNKNOWN
    x = dropping()
    assert x.run
    x = replace(x, sightings=s.seen(x.run, None))
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_constant_failure_is_not_intermittent() -> None:
    """Three of five nodes have a pod; they would answer."""
    assert answer(CAUSE, dropping(pages=[s.LB_503] * 11)) is Answer.UNKNOWN


def test_a_success_on_a_node_without_a_pod_contradicts() -> None:
    """The reading of the pods is wrong, or old."""
    assert answer(CAUSE, dropping(seen_on=(s.NODES[4],))) is Answer.UNKNOWN


def test_ingress_pods_are_read_from_endpoints_or_from_pods() -> None:
    """One of both is enough, none leaves it open."""
    x = s.with_reading(dropping(), ingress_endpoints=None)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED
    pods = tuple(Pod(name=f"i-{n}", node=n, ready=True) for n in s.NODES[:3])
    assert answer(CAUSE, s.with_reading(x, ingress_pods=pods)) is Answer.SUPPORTED


def test_an_in_cluster_haproxys_page_is_not_a_tcp_balancers() -> None:
    """A tcp service writes no page; something behind it did."""
    tcp = e.with_services(GREEN, protocol="tcp")
    assert answer(CAUSE, dropping(tcp)) is Answer.UNKNOWN
    pages = [s.CLOSED if n % 3 == 0 else s.OK for n in range(11)]
    assert answer(CAUSE, dropping(tcp, pages=pages)) is Answer.SUPPORTED


def test_a_slow_hang_up_in_the_handshake_is_a_try_too() -> None:
    """Behind a tcp service TLS fails; its time is that of the complete request."""
    tcp = e.with_services(GREEN, protocol="tcp")
    pages = [s.CLOSED if n % 3 == 0 else s.OK for n in range(11)]
    for took, shown in ((3.1, True), (0.02, False)):
        x = dropping(tcp, pages=pages, after=0.0)
        assert x.run
        probes = tuple(
            p if p.healthy else replace(p, duration=took, error_phase="tls")
            for p in x.run.probes
        )
        x = replace(x, run=replace(x.run, probes=probes))
        assert (answer(CAUSE, x) is Answer.SUPPORTED) is shown


def test_without_any_target_that_runs_a_pod_it_is_another_cause() -> None:
    """Then none of the targets reaches the ingress."""
    x = e.with_policy(e.local_drops(), "Local", "elsewhere")
    (reason,) = ask(CAUSE, x).evidence
    assert reason.startswith("none of 5 targets runs a ready ingress pod; this cause")
