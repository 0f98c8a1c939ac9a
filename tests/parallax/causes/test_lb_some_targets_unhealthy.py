"""Specification of `lb-some-targets-unhealthy`."""

from dataclasses import replace

import pytest

from parallax.causes.lb_some_targets_unhealthy import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.balancer import BalancerReading, HealthStatus
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def by_turns(
    found: BalancerReading | None = None, bad: str = s.LB_503, after: float = 3.1
) -> Snapshot:
    """Return a share of bad answers, with a reading (two of five unhealthy)."""
    pages = [bad if n % 3 == 0 else s.OK for n in range(11)]
    run = s.run(pages, direct=s.OK, after=after)
    lines = e.good_lines(run, *s.NODES[:3])
    inside = s.reports(sightings=lines)
    return s.taken(run, found or s.balancer(healthy=3), *inside)


@pytest.mark.parametrize("page", [s.LB_503, e.LB_502, e.LB_504])
def test_the_evidence_has_the_share_and_the_servers(page: str) -> None:
    """The writer of the failures, the time, and the unhealthy targets."""
    x = by_turns(bad=page)
    assert judge(x).cause == CAUSE.id
    shares, health, likely = ask(CAUSE, x).evidence
    assert shares == (
        "4 of 11 requests failed at the load balancer after 3.1 s; 7 succeeded"
    )
    assert health.endswith("worker-04, worker-05")
    assert likely.startswith("most likely the failing requests went to worker-04, ")
    assert "Hetzner does not report which target got a request" in likely
    assert "until it is marked as unhealthy (3 failed checks, 15 s apart)" in likely


def test_the_unhealthy_servers_are_taken_out() -> None:
    """By name, after checks: later the load balancer sends no packet there."""
    still, watch, _, out = judge(by_turns()).next_steps
    assert "If some fail, targets become healthy at times" in still.text
    describe = "hcloud load-balancer describe keybuzz-lb"
    assert (still.command or "").startswith(f"{describe}; ")
    assert "; sleep 3; done" in (still.command or "")  # Longer than a health check.
    assert out.command == (
        "for node in worker-04 worker-05; do hcloud load-balancer remove-target"
        ' keybuzz-lb --server "$node"; done'
    )
    assert watch.text.startswith("On worker-04,")
    assert "tcp port 31695 and host 10.0.0.5" in (watch.command or "")


def test_a_server_that_is_off_is_the_reason() -> None:
    """The API's server status is next to its name."""
    found = e.with_targets(s.balancer(healthy=3), server_status="off")
    assert "worker-04 (off)" in ask(CAUSE, by_turns(found)).evidence[1]


def test_it_is_named_without_any_agent() -> None:
    """Health and shares are both seen from outside the cluster."""
    assert judge(replace(by_turns(), reports=())).cause == CAUSE.id


def test_a_502_or_504_may_have_arrived_where_no_log_is_live() -> None:
    """The balancer had a connection; only a log shows that it was not forwarded."""
    for page in (e.LB_502, e.LB_504):
        assert answer(CAUSE, replace(by_turns(bad=page), reports=())) is Answer.UNKNOWN


@pytest.mark.parametrize("page", [e.LB_502, s.LB_503, s.CLOSED])
def test_a_failure_after_milliseconds_comes_from_another_target(page: str) -> None:
    """An unhealthy target gets no request, and a dead one costs attempts first."""
    x = by_turns(bad=page, after=0.002)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def test_the_step_names_the_pods_that_end_connections() -> None:
    """A quick 502 comes from a target that accepted the connection."""
    judgement = judge(by_turns(bad=e.LB_502, after=0.002))
    assert judgement.lead
    assert "after at most 2 ms" in judgement.lead.observation
    step = judgement.next_steps[0]
    assert (step.command or "").startswith("kubectl -n keybuzz get pods -o wide")


def test_a_target_that_accepts_no_connection_causes_no_502() -> None:
    """502 and 504 follow a connection, however late they come."""
    found = s.detailed(s.balancer(healthy=3), "layer4_timeout")
    assert answer(CAUSE, by_turns(found)) is Answer.SUPPORTED
    for page in (e.LB_502, e.LB_504):
        assert answer(CAUSE, by_turns(found, page)) is Answer.UNKNOWN
        (missing,) = ask(CAUSE, by_turns(found, page)).missing
        assert "health checks cannot connect to an unhealthy one: " in missing


def test_a_target_that_was_unhealthy_long_before_is_not_the_cause() -> None:
    """The load balancer sends it nothing; one that became unhealthy with it counts."""

    def since(minutes: int) -> BalancerReading:
        found = s.balancer(healthy=3)
        assert found.load_balancer
        began = s.SINCE - minutes * s.MINUTE
        targets = tuple(
            replace(
                t,
                health_status=tuple(
                    replace(h, unhealthy_since=began)
                    if h.status is HealthStatus.UNHEALTHY
                    else h
                    for h in t.health_status
                ),
            )
            for t in found.load_balancer.targets
        )
        return e.changed(found, targets=targets)

    assert answer(CAUSE, by_turns(since(60))) is Answer.UNKNOWN
    assert answer(CAUSE, by_turns(since(0))) is Answer.SUPPORTED


def test_all_healthy_refutes_it() -> None:
    """Intermittent, and no target is to blame."""
    assert answer(CAUSE, by_turns(s.balancer())) is Answer.REFUTED


@pytest.mark.parametrize(
    "found",
    [s.balancer(healthy=0), s.balancer(healthy=3, rest=HealthStatus.UNKNOWN)],
    ids=["all unhealthy", "not looked at yet"],
)
def test_other_health_leaves_it_open(found: BalancerReading) -> None:
    """No target is healthy, or a change was made just now."""
    assert answer(CAUSE, by_turns(found)) is Answer.UNKNOWN


@pytest.mark.parametrize("page", [s.POD_503, s.INGRESS_503_BY_LB, s.INGRESS_502_BY_LB])
def test_failures_behind_the_balancer_are_not_the_targets(page: str) -> None:
    """They passed the load balancer."""
    x = by_turns(bad=page)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause != CAUSE.id


def test_a_line_in_the_log_shows_that_a_failing_request_arrived() -> None:
    """The ingress logged the request first: another cause."""
    x = by_turns(bad=e.LB_504)
    assert x.run
    assert answer(CAUSE, replace(x, sightings=s.seen(x.run, None, status=499))) is (
        Answer.UNKNOWN
    )


def test_a_constant_failure_is_not_some_targets() -> None:
    """Healthy targets would answer."""
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(run, s.balancer(healthy=3), *s.reports())
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def test_a_single_probe_shows_no_share() -> None:
    """The investigation is still under way."""
    x = by_turns()
    assert x.run
    alone = replace(x.run, probes=x.run.probes[:1])
    assert answer(CAUSE, replace(x, run=alone)) is Answer.UNKNOWN


def test_unhealthy_targets_while_users_are_served_raise_nothing() -> None:
    """That is what health checks are for."""
    run = s.run(s.OK, investigated=False)
    x = s.taken(run, s.balancer(healthy=3), *s.reports())
    assert judge(x).cause == "none"
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_an_in_cluster_haproxys_page_is_not_a_tcp_balancers() -> None:
    """A tcp service writes no page; closing the connection is its response."""
    tcp = e.with_services(s.balancer(healthy=3), protocol="tcp")
    assert answer(CAUSE, by_turns(tcp)) is Answer.UNKNOWN
    assert answer(CAUSE, by_turns(tcp, s.CLOSED)) is Answer.SUPPORTED


def test_a_stale_reading_has_no_health() -> None:
    """Targets come and go."""
    x = by_turns(s.balancer(healthy=3, at=s.SINCE - s.MINUTE))
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_failing_address_of_the_name_is_not_a_target() -> None:
    """The failing share reached another machine."""
    x = by_turns()
    assert x.run
    away = e.led_to(e.OLD, x.run)
    assert all(p.peer_address == e.OWN for p in away.by_role(Role.DIRECT))
    assert answer(CAUSE, replace(x, run=away)) is Answer.UNKNOWN


def test_a_node_that_answers_no_other_node_has_another_trouble() -> None:
    """Other nodes cannot connect either, unless the server is off."""
    x = by_turns()
    reports = tuple(
        replace(
            r,
            probes=tuple(
                s.probe(p.role, p.started_at, s.DROPPED, peer_node=p.peer_node)
                if p.role is Role.INGRESS_OTHER and p.peer_node == "worker-04"
                else p
                for p in r.probes
            ),
        )
        for r in x.reports
    )
    silent = replace(x, reports=reports)
    assert answer(CAUSE, silent) is Answer.UNKNOWN
    assert silent.balancer
    for status, expected in (
        ("running", Answer.UNKNOWN),
        ("off", Answer.SUPPORTED),
        ("starting", Answer.SUPPORTED),
    ):
        found = e.with_targets(silent.balancer, server_status=status)
        assert answer(CAUSE, replace(silent, balancer=found)) is expected


def test_behind_a_cdn_the_balancers_page_is_still_its_own() -> None:
    """The CDN forwards the error; the log has none of the requests."""
    x = by_turns()
    assert x.run
    edge = e.led_to("198.51.100.80", x.run)
    assert answer(CAUSE, replace(x, run=edge, target=e.CDN)) is Answer.SUPPORTED


def test_nodes_that_are_cut_off_from_each_other_are_not_the_balancers_fault() -> None:
    """The same connection between nodes fails too."""
    x = by_turns()
    inside = s.reports(ingress=s.DROPPED, other_pod=s.DROPPED)
    found = tuple(
        replace(
            r, probes=tuple(p for p in r.probes if p.role is not Role.INGRESS_OTHER)
        )
        for r in inside
    )
    assert answer(CAUSE, replace(x, reports=found)) is Answer.UNKNOWN


def test_if_all_are_unhealthy_it_is_not_only_some() -> None:
    """Unless a request passed: then their health changes too fast for one reading."""
    down = s.no_healthy_target()
    assert ask(CAUSE, down).evidence == ("all 5 targets are unhealthy, not only some",)
    assert answer(CAUSE, by_turns(s.balancer(healthy=0))) is Answer.UNKNOWN
