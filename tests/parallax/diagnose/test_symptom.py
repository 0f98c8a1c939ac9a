"""Specification of the symptom: `parallax.diagnose.symptom`."""

from dataclasses import replace
from datetime import timedelta

from parallax.diagnose.path import trace
from parallax.diagnose.symptom import read_symptom
from parallax.model.judgement import Constancy, Difference, Hop, HopState, Trend, View
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s


def test_only_external_requests_fail() -> None:
    """One sentence has 503 from the internet and 200 inside."""
    symptom = read_symptom(s.wrong_port())
    assert symptom.difference is Difference.EXTERNAL_ONLY
    assert symptom.constancy is Constancy.CONSTANT
    expected = "from the internet: 503 (11 of 11); inside the cluster: 200 (10 of 10)"
    assert symptom.summary == expected


def test_silent_agents_never_mean_that_the_inside_is_healthy() -> None:
    """Without agents the external failure is unconfirmed."""
    symptom = read_symptom(s.taken(s.run(s.LB_503), s.balancer()))
    assert symptom.difference is Difference.EXTERNAL_UNCONFIRMED


def test_a_share_is_intermittent() -> None:
    """Three of eleven fail."""
    pages = [s.LB_503, s.OK, s.OK, s.LB_503, *[s.OK] * 6, s.LB_503]
    symptom = read_symptom(s.taken(s.run(pages, direct=s.OK)))
    assert symptom.constancy is Constancy.INTERMITTENT
    assert (symptom.failed, symptom.total) == (3, 11)


def test_504_that_becomes_503_is_progress() -> None:
    """Before, a timeout of the load balancer; now, its response."""
    before = s.run("haproxy/504_server_timeout", investigated=False)
    later = s.SINCE + timedelta(minutes=1)
    now = s.run(s.LB_503, at=later)
    x = s.taken(before, now, taken_at=later + timedelta(seconds=30))
    symptom = read_symptom(x)
    assert symptom.trend is Trend.PROGRESS
    assert "before: 504 at load-balancer; now: 503 at" in (symptom.trend_text or "")


def inside_failing(nodes: int, *roles: Role) -> Snapshot:
    """Return the snapshot with this number of nodes whose inside probes fail."""
    x = s.wrong_port()

    def lose(probe: Probe) -> Probe:
        return replace(probe, **s.NO_ANSWER[s.REFUSED], status_code=None)  # type: ignore[arg-type]

    bad = [
        replace(r, probes=tuple(lose(p) if p.role in roles else p for p in r.probes))
        for r in x.reports[:nodes]
    ]
    return replace(x, reports=(*bad, *x.reports[nodes:]))


def test_one_failing_node_is_reported_by_its_share() -> None:
    """One or two failing probes of ten do not make the inside fail."""
    for nodes in (1, 2):
        symptom = read_symptom(inside_failing(nodes, Role.INGRESS_OTHER))
        assert symptom.difference is Difference.EXTERNAL_ONLY
        assert f", connection refused ({nodes} of 10)" in symptom.summary


def test_a_hop_that_fails_from_most_nodes_fails() -> None:
    """No node reaches another one, although each reaches itself."""
    symptom = read_symptom(inside_failing(3, Role.INGRESS_OTHER))
    assert symptom.internal is View.FAILING
    assert symptom.difference is Difference.BOTH


def test_the_symptom_has_window_and_inside_counts() -> None:
    """Eleven probes within twenty seconds, and two of ten inside."""
    symptom = read_symptom(inside_failing(2, Role.INGRESS_OTHER))
    assert symptom.window_seconds == 20
    assert (symptom.inside_failed, symptom.inside_total) == (2, 10)
    alone = s.taken(s.run(s.LB_503, investigated=False))
    assert read_symptom(alone).window_seconds is None


def test_nodeports_that_policy_local_drops_are_no_failure() -> None:
    """One of five nodes has an ingress pod; the others drop external requests."""
    x = e.with_nodeports_closed(s.healthy(), s.NODES[0])
    symptom = read_symptom(x)
    assert (symptom.internal, symptom.difference) == (View.HEALTHY, Difference.NONE)
    assert symptom.inside_failed == 0
    node = next(h for h in trace(x) if h.hop is Hop.NODE)
    assert node.state is HopState.OK
    assert (
        "4 of 4 got none from nodes without one (worker-02, worker-03, worker-04 and"
        in node.seen
    )


def test_counts_of_a_log_that_is_not_read_to_its_end_may_be_too_low() -> None:
    """Requests that are not found may stand in the lines that were not read yet."""
    x = s.pod_error()
    reports = tuple(replace(r, log_read_at=s.SINCE) for r in x.reports)
    late = replace(x, sightings=x.sightings[:6], reports=reports)
    hop = next(h for h in trace(late) if h.hop is Hop.INGRESS)
    assert hop.seen.endswith("(some logs are not read to their end yet)")
    whole = next(h for h in trace(x) if h.hop is Hop.INGRESS)
    assert "too low" not in whole.seen
