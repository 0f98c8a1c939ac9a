"""The large clusters of the speed bench: `bench.speed.judging`."""

from collections import Counter

from bench.speed.judging import FAULT, INGRESS_PODS, cluster
from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.model.cluster import NodeReport
from parallax.model.probe import Role


def test_a_large_cluster_fails_as_its_fault_says() -> None:
    """Every node reports, and the fault is named in a large cluster too."""
    seen = cluster(30)
    reports = [o for o in seen.observations if isinstance(o, NodeReport)]
    assert len({report.node for report in reports}) == 30
    snapshot = join(seen.target, seen.observations, taken_at=seen.taken_at)
    assert judge(snapshot).cause == FAULT


def test_an_agent_asks_no_more_than_it_would() -> None:
    """One cycle probes at most ten ingress pods."""
    for report in cluster(30).observations:
        if isinstance(report, NodeReport):
            roles = Counter(probe.role for probe in report.probes)
            assert roles[Role.INGRESS_POD] == INGRESS_PODS
