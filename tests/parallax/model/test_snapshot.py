"""Specification of a snapshot's fresh evidence: `parallax.model.snapshot`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from parallax.model.balancer import BalancerReading, LoadBalancer
from parallax.model.cluster import ClusterReading, Node, NodeReport, Pod
from parallax.model.probe import Probe, ProbeRun, Role
from parallax.model.reporters import reporters
from parallax.model.snapshot import PastProbe, Snapshot
from parallax.model.target import Target

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def probe(at: datetime, role: Role = Role.FIRST) -> Probe:
    """Make a failing probe."""
    return Probe(
        role=role,
        request_id="r1",
        url="https://a.example/",
        started_at=at,
        healthy=False,
        duration=0.1,
        status_code=503,
    )


def report(at: datetime, *, skew: timedelta = timedelta(0)) -> NodeReport:
    """Make a report measured at an instant of ingest's clock, on a skewed node."""
    return NodeReport(
        target="a",
        cluster="c",
        node="worker-01",
        sent_at=at - skew,
        received_at=at,
        interval=15,
        probes=(probe(at - skew, Role.INGRESS),),
        reading=ClusterReading(read_at=at - skew),
    )


def snapshot(**known: object) -> Snapshot:
    """Make a snapshot taken now."""
    return Snapshot(
        target=Target(name="a", url="https://a.example/"),
        taken_at=NOW,
        **known,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("age", "known"), [(170, True), (190, False)])
def test_an_old_external_run_does_not_count(age: int, known: bool) -> None:  # noqa: FBT001 - a table
    """A run older than three minutes is not the external view any more."""
    at = NOW - timedelta(seconds=age)
    run = ProbeRun(target="a", started_at=at, probes=(probe(at),))
    assert (snapshot(run=run).outside is not None) is known


@pytest.mark.parametrize(("age", "known"), [(10_700, True), (10_900, False)])
def test_a_run_of_an_hourly_target_counts_for_three_hours(
    age: int,
    known: bool,  # noqa: FBT001 - a table
) -> None:
    """Its age limit is three intervals."""
    at = NOW - timedelta(seconds=age)
    healthy = replace(probe(at), healthy=True, status_code=200)
    run = ProbeRun(target="a", started_at=at, probes=(healthy,))
    hourly = Target(name="a", url="https://a.example/", interval=3600)
    assert (replace(snapshot(run=run), target=hourly).outside is not None) is known


@pytest.mark.parametrize(
    ("minutes", "later", "known"),
    [
        (10, [503, 503], True),
        (10, [503, 504], False),
        (10, [504, 503], False),
        (10, [], False),
        (21, [503], True),
        (23, [503], False),
    ],
)
def test_later_probes_confirm_an_investigation_if_they_fail_alike(
    minutes: int,
    later: list[int],
    known: bool,  # noqa: FBT001 - a table
) -> None:
    """A failure that continues is investigated only now and then."""
    at = NOW - timedelta(minutes=minutes)
    run = ProbeRun(target="a", started_at=at, probes=(probe(at), probe(at)))
    past = [PastProbe(started_at=at, healthy=False, status_code=503)]
    for number, status in enumerate(later):
        seen = NOW - timedelta(minutes=len(later) - number)
        past.append(PastProbe(started_at=seen, healthy=False, status_code=status))
    assert (snapshot(run=run, past=tuple(past)).outside is not None) is known


@pytest.mark.parametrize(("age", "known"), [(10, True), (30, False)])
def test_a_balancer_reading_from_before_the_failure_is_not_known(
    age: int,
    known: bool,  # noqa: FBT001 - a table
) -> None:
    """A load balancer's state from before the failure does not explain it."""
    reading = BalancerReading(
        target="a",
        read_at=NOW - timedelta(seconds=age),
        load_balancer=LoadBalancer(id=1, name="lb"),
    )
    since = NOW - timedelta(seconds=20)
    taken = snapshot(balancer=reading, failing_since=since)
    assert (taken.load_balancer is not None) is known


@pytest.mark.parametrize(
    "skew", [timedelta(0), timedelta(hours=1), -timedelta(hours=1)]
)
def test_skew_of_a_nodes_clock_makes_evidence_neither_fresh_nor_stale(
    skew: timedelta,
) -> None:
    """Instants of the node's clock are converted before they are compared."""
    since = NOW - timedelta(seconds=20)
    fresh = snapshot(
        reports=(report(NOW - timedelta(seconds=5), skew=skew),), failing_since=since
    )
    stale = snapshot(
        reports=(report(NOW - timedelta(seconds=30), skew=skew),), failing_since=since
    )
    assert fresh.inside(Role.INGRESS)
    assert fresh.cluster is not None
    assert not stale.inside(Role.INGRESS)
    assert stale.cluster is None


def test_an_agent_that_missed_four_intervals_is_silent() -> None:
    """Its last report is not among the live ones."""
    assert not snapshot(reports=(report(NOW - timedelta(seconds=61)),)).live_reports


def test_a_report_that_waited_in_a_buffer_is_not_current() -> None:
    """It is received now, but was measured nineteen minutes ago."""
    old = NOW - timedelta(minutes=19)
    waited = NodeReport(
        target="a",
        cluster="c",
        node="worker-01",
        sent_at=NOW,
        received_at=NOW,
        interval=15,
        probes=(probe(old, Role.INGRESS),),
        reading=ClusterReading(read_at=old),
    )
    taken = snapshot(reports=(waited,), failing_since=old - timedelta(minutes=1))
    assert taken.live_reports
    assert not taken.inside(Role.INGRESS)
    assert taken.cluster is None


def test_of_a_large_cluster_a_reporters_reading_counts() -> None:
    """Only reporters list events, so a newer reading of another node lacks them."""
    names = [f"node-{n:02}" for n in range(40)]
    full = ClusterReading(
        read_at=NOW,
        nodes=tuple(Node(name=name) for name in names),
        ingress_pods=(Pod(name="in", node=names[0]),),
    )
    chosen = reporters("a", full)
    assert chosen
    other = next(name for name in names if name not in chosen)
    older = replace(full, read_at=NOW - timedelta(seconds=20), events=())

    def of(node: str, reading: ClusterReading) -> NodeReport:
        return replace(report(reading.read_at), node=node, reading=reading)

    both = of(other, full), of(min(chosen), older)
    assert snapshot(reports=both).cluster == older
    assert snapshot(reports=both[:1]).cluster == full
