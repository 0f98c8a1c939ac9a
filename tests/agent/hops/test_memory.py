"""What is remembered of a target's hops."""

from dataclasses import replace
from datetime import UTC, datetime

from parallax.model.cluster import ClusterReading, Endpoint, Node
from parallax.model.probe import Probe, Role
from parallax_agent.hops.memory import KEPT_INTERVALS, MOST_HOPS, HopMemory
from parallax_agent.hops.share import hop_of
from parallax_agent.read.target_path import TargetPath

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def probe(pod: str, *, healthy: bool = True, node: str = "one") -> Probe:
    """Return a probe of a pod."""
    return Probe(
        role=Role.POD,
        request_id="0" * 32,
        url="http://shop.example/",
        started_at=NOW,
        healthy=healthy,
        duration=0.1,
        pod=pod,
        peer_node=node,
    )


def test_a_failure_and_a_recovery_are_reasons_to_report() -> None:
    """A hop that stays healthy is none."""
    hops = HopMemory()
    bad = probe("a", healthy=False)
    assert not hops.add([probe("a"), probe("b")])
    assert hops.add([bad])
    assert hops.failing == {hop_of(bad)}
    assert not hops.add([probe("b")])
    assert hops.add([probe("a")])
    assert not hops.add([probe("a")])
    assert hops.failing == frozenset()


def test_a_pod_that_is_not_ready_may_fail() -> None:
    """A rollout does not count; a pod that fails although it is ready does."""
    hops = HopMemory()
    bad = probe("a", healthy=False)
    assert not hops.add([bad], {"a"})
    assert not hops.add([probe("a")])
    assert hops.last == (probe("a"),)
    assert hops.add([bad], {"b"})


def test_a_hop_that_no_longer_exists_is_forgotten() -> None:
    """A pod that failed and was removed does not fail forever."""
    hops = HopMemory()
    hops.add([probe("gone", healthy=False), probe("here", healthy=False, node="two")])
    reading = ClusterReading(
        read_at=NOW,
        nodes=(Node(name="one"), Node(name="two")),
        endpoints=(Endpoint(address="10.0.0.2", ready=True, pod="here", node="two"),),
    )
    hops.keep_existing(TargetPath(reading=replace(reading, nodes=None)))
    assert len(hops.failing) == 2
    hops.keep_existing(TargetPath(reading=reading))
    assert [p.pod for p in hops.last] == ["here"]
    hops.keep_existing(TargetPath(reading=replace(reading, nodes=(Node(name="one"),))))
    assert hops.last == ()


def test_memory_is_bounded() -> None:
    """A Service with thousands of pods, each with a body."""
    hops = HopMemory()
    for number in range(2 * MOST_HOPS):
        hops.add([replace(probe(f"pod-{number}"), body="x" * 2048)])
    assert len(hops.last) == MOST_HOPS
    assert hops.last[-1] == probe(f"pod-{2 * MOST_HOPS - 1}")


def test_a_report_keeps_what_its_cycle_left_out() -> None:
    """The newest probe of each hop, for some intervals."""
    now = [0.0]
    hops = HopMemory(lambda: now[0])
    assert hops.keep([probe("a")], 10.0) == (probe("a"),)
    now[0] = 10.0
    again = probe("a", healthy=False)
    assert hops.keep([probe("b")], 10.0) == (probe("b"), probe("a"))
    now[0] = 20.0
    assert hops.keep([again], 10.0) == (again, probe("b"))
    now[0] = 20.0 + KEPT_INTERVALS * 10.0
    assert hops.keep([probe("c")], 10.0) == (probe("c"),)


def test_a_new_failure_is_reported_with_new_probes_only() -> None:
    """Judging waits for reports that were measured after the failure began."""
    hops = HopMemory()
    hops.keep([probe("a")], 10.0)
    hops.forget()
    assert hops.keep([probe("b")], 10.0) == (probe("b"),)
