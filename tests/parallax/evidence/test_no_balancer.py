"""Specification of targets without a Hetzner load balancer."""

from dataclasses import replace

import pytest

from faults import TABLE
from parallax.diagnose.judge import judge
from parallax.evidence import balancer
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.cluster import ClusterReading
from parallax.model.finding import Finding
from parallax.model.judgement import Answer, Class, Hop
from parallax.model.probe import AS_A_USER
from parallax.model.snapshot import Snapshot
from parallax.model.target import NO_BALANCER
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s
from tests.parallax.rendered import mail_of

TOKEN = "no token is configured: set the stack's parameter HetznerToken"
INSIDE = [
    row.cause for row in TABLE if row.class_ is Class.BACKEND and row.cause in s.FAULTS
]


def without(snapshot: Snapshot, name: str | None = NO_BALANCER) -> Snapshot:
    """Return the snapshot as its target has no load balancer, and no token is set."""
    reached = replace(snapshot.target.reached, load_balancer=name)
    reading = BalancerReading(
        target=snapshot.target.name,
        read_at=snapshot.taken_at,
        problem=Problem.UNAUTHORIZED,
        problem_detail=TOKEN,
    )
    target = replace(snapshot.target, reached=reached)
    return replace(snapshot, target=target, balancer=reading)


def to_a_node(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with every user connected to one node's address."""
    assert snapshot.run

    def changed(reading: ClusterReading | None) -> ClusterReading | None:
        if reading is None or not reading.nodes:
            return reading
        first = replace(reading.nodes[0], external_ip="198.51.100.7")
        return replace(reading, nodes=(first, *reading.nodes[1:]))

    probes = tuple(
        replace(p, peer_address="198.51.100.7") if p.role in AS_A_USER else p
        for p in snapshot.run.probes
    )
    reports = tuple(replace(r, reading=changed(r.reading)) for r in snapshot.reports)
    run = replace(snapshot.run, probes=probes)
    return replace(snapshot, run=run, reports=reports)


def mailed(snapshot: Snapshot) -> str:
    """Return the first mail about a snapshot, in one line."""
    incident = advance(None, judge(snapshot), snapshot, rules=Rules(settle_seconds=0))
    assert incident
    finding: Finding | None = incident.finding
    assert finding
    return " ".join(mail_of(finding).body.split())


@pytest.mark.parametrize("cause", INSIDE)
def test_the_causes_inside_the_cluster_are_named_as_before(cause: str) -> None:
    """A load balancer that does not exist is not needed for any of them."""
    unread = replace(s.FAULTS[cause](), balancer=None)
    x = without(s.FAULTS[cause]())
    assert judge(x).cause == judge(unread).cause


@pytest.mark.parametrize("cause", INSIDE)
def test_no_finding_has_a_line_about_a_missing_token(cause: str) -> None:
    """The mail and the path do not mention it; the path has no such hop."""
    x = without(s.FAULTS[cause]())
    assert "HetznerToken" not in mailed(x)
    assert "Hetzner API data" not in mailed(x)
    assert Hop.LOAD_BALANCER not in {hop.hop for hop in judge(x).path}


def test_a_cause_of_the_load_balancer_is_ruled_out() -> None:
    """What does not exist is not broken."""
    judgement = judge(without(s.pods_not_ready()))
    answers = {a.cause: a.answer for a in judgement.assessments}
    assert answers["lb-no-target"] is Answer.REFUTED
    assert answers["node-firewall-blocks-load-balancer"] is Answer.REFUTED


def test_users_who_connect_to_a_node_show_it_too() -> None:
    """The name resolves to a node's address, and no load balancer was found."""
    x = to_a_node(without(s.pods_not_ready(), None))
    why = balancer.none_in_the_path(Scene.of(x))
    assert why is not None
    assert why.endswith("without a load balancer")
    assert "HetznerToken" not in mailed(x)


def test_an_unread_load_balancer_is_not_absent() -> None:
    """Users connect to an address of no node: the token is missing."""
    x = without(s.pods_not_ready(), None)
    assert balancer.none_in_the_path(Scene.of(x)) is None
    assert balancer.none_in_the_path(Scene.of(to_a_node(s.pods_not_ready()))) is None
