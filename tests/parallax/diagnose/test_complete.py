"""Specification of complete evidence: `parallax.diagnose.complete`."""

from dataclasses import replace
from datetime import datetime, timedelta

from parallax.diagnose.complete import complete
from parallax.diagnose.judge import judge
from parallax.evidence.scene import Scene
from parallax.model.cluster import Node, NodeReport, Pod
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.probe import Role
from parallax.model.reporters import reporters
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s


def taken_out_meanwhile(*, read_again: bool) -> Snapshot:
    """Return the ingress's 404s, then the balancer's 503, and a healthy reading."""
    pages = [s.INGRESS_404_BY_LB] * 3 + [s.LB_503] * 8
    run = s.run(pages, direct=s.INGRESS_404_BY_LB, unknown_host=s.INGRESS_404_BY_LB)
    x = s.taken(run, s.balancer(), *s.reports(ingress=s.INGRESS_404_BY_LB))
    assert x.balancer
    at = x.taken_at if read_again else run.started_at
    return replace(x, balancer=replace(x.balancer, read_at=at))


def test_a_balancer_that_responded_after_its_reading_is_read_again_first() -> None:
    """Its targets may have failed in between; a later reading is complete."""
    early, late = (
        taken_out_meanwhile(read_again=False),
        taken_out_meanwhile(read_again=True),
    )
    assert (judge(early).cause, judge(early).complete) == (NOT_ESTABLISHED, False)
    assert (judge(late).cause, judge(late).complete) == (NOT_ESTABLISHED, True)


def test_a_balancer_that_always_responded_itself_is_not_waited_for() -> None:
    """Its targets' health did not change during the run."""
    run = s.run(s.LB_503, unknown_host=s.INGRESS_404_BY_LB)
    x = s.taken(run, s.balancer(at=run.started_at), *s.reports())
    assert (judge(x).cause, judge(x).complete) == (NOT_ESTABLISHED, True)


def test_an_established_cause_does_not_wait_for_the_next_reading() -> None:
    """A firewall: the balancer responds 503, all targets healthy on another port."""
    x = e.firewall()
    assert judge(x).complete


def test_a_health_check_that_has_not_passed_yet_is_waited_for() -> None:
    """Inside, all works since seconds ago; an hour later the cause is established."""
    x = s.no_healthy_target()
    late = s.with_reading(x, ingress_pods=(_came_up(x.taken_at),))
    assert (judge(late).cause, judge(late).complete) == (NOT_ESTABLISHED, False)
    old = s.with_reading(x, ingress_pods=(_came_up(x.taken_at - timedelta(hours=1)),))
    assert (judge(old).cause, judge(old).complete) == ("lb-no-healthy-target", True)


def _came_up(at: datetime) -> Pod:
    return Pod(name="ingress-1", node="worker-01", ready=True, started_at=at)


def test_a_cycle_that_ran_as_the_failure_began_is_not_complete() -> None:
    """If an app hangs, a cycle takes ten seconds: its first readings are too old."""
    x = s.slow_pods()
    assert (judge(x).cause, judge(x).complete) == ("pod-too-slow", True)
    under_way = replace(x, reports=tuple(_begun_before(x, r) for r in x.reports))
    assert (judge(under_way).cause, judge(under_way).complete) == (
        NOT_ESTABLISHED,
        False,
    )


def _begun_before(snapshot: Snapshot, report: NodeReport) -> NodeReport:
    """Return a report whose reading and pods are from before the failure began."""
    assert snapshot.failing_since
    assert report.reading
    early = snapshot.failing_since - timedelta(seconds=1)
    return replace(
        report,
        reading=replace(report.reading, read_at=early),
        probes=tuple(
            replace(p, started_at=early) if p.role is Role.POD else p
            for p in report.probes
        ),
    )


def test_in_a_large_cluster_the_reporters_are_waited_for() -> None:
    """The other nodes send heartbeats only."""
    names = [f"node-{n:03}" for n in range(100)]
    x = s.with_reading(
        s.slow_pods(),
        nodes=tuple(Node(name=name) for name in names),
        ingress_pods=(Pod(name="ingress-1", node=names[7]),),
        endpoints=(),
    )
    report = x.reports[0]
    assert report.reading
    chosen = sorted(reporters(x.target.name, report.reading) or ())
    every = tuple(replace(report, node=name) for name in chosen)
    assert names[7] in chosen
    assert len(chosen) == 25
    assert complete(Scene.of(replace(x, reports=every)))
    assert not complete(Scene.of(replace(x, reports=every[1:])))
