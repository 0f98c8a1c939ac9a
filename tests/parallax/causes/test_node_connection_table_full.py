"""Specification of the cause `node-connection-table-full`."""

from dataclasses import replace

import pytest

from parallax.causes.node_connection_table_full import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import Answer, Hop
from parallax.model.probe import Phases, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import nodes as n
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def test_a_node_that_drops_new_connections_is_named() -> None:
    """Its table is full, and nothing times out between other nodes."""
    judgement = judge(n.full_table())
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.NODE)
    assert ask(CAUSE, n.full_table()).evidence == (
        "worker-03 tracks 131030 of at most 131072 connections",
        (
            "6 internal probes to or from it timed out, and none of 7 probes of pods"
            " elsewhere"
        ),
        "the load balancer itself wrote all 4 failing responses (503), after 3.1 s",
    )
    commands = [step.command or "" for step in judgement.next_steps]
    assert "nf_conntrack_count" in commands[0]
    assert commands[1] == "sudo sysctl -w net.netfilter.nf_conntrack_max=262144"
    assert commands[3].startswith("kubectl label node worker-03 ")


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (131_072, Answer.SUPPORTED),
        (124_600, Answer.SUPPORTED),
        (124_000, Answer.REFUTED),
        (7_000, Answer.REFUTED),
    ],
)
def test_a_table_with_room_rules_it_out(count: int, expected: Answer) -> None:
    """From 95 % on it counts as full."""
    assert answer(CAUSE, n.with_tables(n.full_table(), count)) is expected


def test_an_agent_without_a_table_leaves_it_open() -> None:
    """An older agent, or a kernel without connection tracking."""
    x = n.with_tables(n.full_table(), 7_000)
    none = tuple(replace(r, tracked=None, tracked_limit=None) for r in x.reports)
    assert answer(CAUSE, replace(x, reports=none)) is Answer.UNKNOWN
    some = (*x.reports[:-1], none[-1])
    assert answer(CAUSE, replace(x, reports=some)) is Answer.UNKNOWN


def test_a_full_table_without_lost_connections_harms_nobody() -> None:
    """The kernel may still find places; users fail for another reason."""
    x = n.with_tables(n.dead_proxy(), 131_030)
    well = n.changed(x, lambda p: None if p.error_type else p)
    assert answer(CAUSE, well) is Answer.UNKNOWN


def test_connections_that_are_lost_elsewhere_too_have_another_reason() -> None:
    """E.g. the network between all nodes."""
    x = n.changed(n.full_table(), lambda p: n.lost(p) if p.role is Role.POD else p)
    assert answer(CAUSE, x) is Answer.UNKNOWN


def unhealthy(*which: int) -> Snapshot:
    """Return the full table with some targets unhealthy."""
    x = n.full_table()
    assert x.balancer
    return replace(x, balancer=e.unhealthy_target(x.balancer, *which))


def test_a_node_that_is_unhealthy_because_of_it_explains_that() -> None:
    """The checks fail now and then, as new connections do."""
    assert answer(CAUSE, unhealthy(2)) is Answer.SUPPORTED
    assert judge(unhealthy(2)).cause == CAUSE.id


def test_failures_without_connection_attempts_have_another_reason() -> None:
    """The load balancer responds at once; the fault of the node itself is proven."""
    x = unhealthy(2)
    assert x.run
    quick = tuple(replace(p, phases=Phases(processing=0.01)) for p in x.run.probes)
    y = replace(x, run=replace(x.run, probes=quick))
    assert answer(CAUSE, y) is Answer.UNKNOWN
    assert judge(y).cause != CAUSE.id


def test_targets_of_other_nodes_that_are_unhealthy_have_another_reason() -> None:
    """All are, and only one table is full."""
    assert answer(CAUSE, unhealthy(0, 1, 2, 3, 4)) is Answer.UNKNOWN


def test_the_ingress_log_shows_a_pod_on_the_full_node() -> None:
    """Through the ingress requests time out on their way to that pod."""
    outside = s.run(s.INGRESS_504_BY_LB)
    lines = s.seen(outside, 504, status=504, length=0)
    number = 110 + n.NODES.index(n.FILLED)
    there = tuple(replace(v, upstream_address=f"10.0.0.{number}:8080") for v in lines)
    here = tuple(replace(v, upstream_address="10.0.0.110:8080") for v in lines)
    x = n.full_table()
    for sightings, expected in ((there, Answer.SUPPORTED), (here, Answer.UNKNOWN)):
        y = replace(x, run=outside, sightings=sightings)
        moved = tuple(replace(v, node=n.NODES[0]) for v in y.sightings)
        assert answer(CAUSE, replace(y, sightings=moved)) is expected
