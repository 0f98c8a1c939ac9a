"""Specification of the path: `parallax.diagnose.path`."""

from dataclasses import replace

import pytest

from parallax.diagnose.judge import judge
from parallax.diagnose.path import blame, trace
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.cluster import NodeReport
from parallax.model.judgement import Answer, Hop, HopSeen, HopState
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from parallax.notify.mail.path import path as shown
from tests.parallax import edge as e
from tests.parallax import scenarios as s


def at(path: tuple[HopSeen, ...], hop: Hop) -> HopSeen:
    """Return a hop's line."""
    return next(h for h in path if h.hop is hop)


@pytest.mark.parametrize("cause", s.FAULTS)
def test_the_named_hop_is_faulty_with_a_reason(cause: str) -> None:
    """Its own line if that reports a fault, else the evidence of the cause."""
    x = s.FAULTS[cause]()
    judgement, seen = judge(x), trace(x)
    assert judgement.hop
    named = at(judgement.path, judgement.hop)
    assert named.state is HopState.FAULTY
    shown = next(a for a in judgement.assessments if a.answer is Answer.SUPPORTED)
    own = [h for h in seen if h.hop is named.hop and h.state is HopState.FAULTY]
    assert named.seen == (own[0].seen if own else shown.evidence[0])


@pytest.mark.parametrize("cause", s.FAULTS)
def test_only_the_named_hop_is_faulty(cause: str) -> None:
    """A hop before it that fails too is affected; the order is that of a request."""
    x = s.FAULTS[cause]()
    judgement = judge(x)
    others = [h for h in judgement.path if h.hop is not judgement.hop]
    before = [h for h in trace(x) if h.hop is not judgement.hop]
    assert [(h.hop, h.seen) for h in others] == [(h.hop, h.seen) for h in before]
    assert HopState.FAULTY not in {h.state for h in others}
    order = list(Hop)
    places = [order.index(h.hop) for h in judgement.path]
    assert places == sorted(places)


def test_a_hop_that_has_no_line_gets_one_in_its_place() -> None:
    """The overlay, after its proof went stale."""
    path = blame(trace(s.healthy()), Hop.OVERLAY, "as of 03:00 UTC: cut off")
    hops = [h.hop for h in path]
    assert hops[hops.index(Hop.OVERLAY) - 1] is Hop.INGRESS
    assert hops[hops.index(Hop.OVERLAY) + 1] is Hop.SERVICE
    assert "node-to-node FAULTY" in shown(path, Hop.OVERLAY)
    assert "node-to-node fails" in shown(path, None)


def test_another_address_than_the_balancers_is_never_ok() -> None:
    """This holds without a named cause too, e.g. before the resolvers are queried."""
    x = s.FAULTS["dns-stale-address"]()
    assert x.run
    x = replace(x, run=replace(x.run, resolutions=()))
    seen = at(judge(x).path, Hop.DNS)
    assert seen.state is HopState.UNKNOWN
    assert seen.seen == (
        "platform-api.keybuzz.io resolves to 198.51.100.7; keybuzz-lb has 203.0.113.20"
    )


RENAMED = (
    "no load balancer is named 'keybuzz-lb'; renamed? 'lb-new' serves it:"
    " 203.0.113.20 is its public IPv4"
)


def unread(detail: str | None, problem: Problem = Problem.NOT_FOUND) -> Snapshot:
    """Return a failure whose reading has a problem, explained or not."""
    reading = BalancerReading(
        target=s.TARGET.name, read_at=s.NOW, problem=problem, problem_detail=detail
    )
    return replace(s.wrong_port(), balancer=reading)


def nameless(reading: BalancerReading) -> Snapshot:
    """Return a failure whose target names no load balancer."""
    target = replace(s.TARGET, reached=replace(s.TARGET.reached, load_balancer=None))
    return replace(s.wrong_port(), target=target, balancer=reading)


def test_a_balancer_without_a_reading_has_a_reason() -> None:
    """The reading's explanation; older readings have only the error code."""
    seen = at(trace(unread(RENAMED)), Hop.LOAD_BALANCER)
    bare = "not available: Hetzner API data of keybuzz-lb (not_found)"
    assert (seen.state, seen.seen) == (HopState.UNKNOWN, f"{bare} ({RENAMED})")
    assert at(trace(unread(None)), Hop.LOAD_BALANCER).seen == bare


def test_a_long_explanation_is_cut_between_words() -> None:
    """A project may have many balancers; the reading keeps the whole text."""
    text = f"{RENAMED}; the project has: " + ", ".join(f"lb-{n}" for n in range(99))
    seen = at(trace(unread(text)), Hop.LOAD_BALANCER).seen
    assert RENAMED in seen
    assert seen.endswith(", …)")
    assert len(seen) < 300


def test_a_balancer_without_a_configured_name_has_the_reason_of_its_choice() -> None:
    """A configured name needs no reason."""
    by_address = "203.0.113.20 is its public IPv4"
    reading = replace(s.balancer(), matched_by=by_address)
    seen = at(trace(nameless(reading)), Hop.LOAD_BALANCER).seen
    assert seen.startswith(f"keybuzz-lb ({by_address}): 5 of 5 targets healthy")
    named = replace(s.wrong_port(), balancer=replace(reading, matched_by="by name"))
    seen = at(trace(named), Hop.LOAD_BALANCER).seen
    assert seen.startswith("keybuzz-lb: 5 of 5 targets healthy")
    old = at(trace(nameless(s.balancer())), Hop.LOAD_BALANCER).seen
    assert old.startswith("keybuzz-lb: 5 of 5 targets healthy")


def test_the_page_of_another_machine_is_not_the_balancers() -> None:
    """The old server may run HAProxy too, and write the same page."""
    run = e.led_to(e.OLD, s.run(s.LB_503, direct=s.OK))
    seen = at(trace(s.taken(run, s.balancer(), *s.reports())), Hop.LOAD_BALANCER)
    assert seen.state is HopState.OK
    assert "itself" not in seen.seen
    here = s.taken(s.run(s.LB_503), s.balancer(), *s.reports())
    own = at(trace(here), Hop.LOAD_BALANCER)
    assert own.state is HopState.UNKNOWN
    assert own.seen.endswith("; it responded 503 itself")


def test_without_a_difference_between_nodes_there_is_no_overlay() -> None:
    """All is healthy, or pods refuse all connections."""
    for name in ("pod-refuses-connection", "pod-too-slow", "lb-no-target"):
        assert Hop.OVERLAY not in {h.hop for h in trace(s.FAULTS[name]())}
    assert Hop.OVERLAY not in {h.hop for h in trace(s.healthy())}


def test_cut_off_pods_make_the_overlay_faulty_and_not_the_pods() -> None:
    """The pods' line has the results of their own nodes."""
    path = trace(s.cut_off())
    assert at(path, Hop.OVERLAY).state is HopState.FAULTY
    assert (
        "5 of 5 probes of pods on other nodes could not connect"
        in at(path, Hop.OVERLAY).seen
    )
    assert at(path, Hop.POD) == HopSeen(
        hop=Hop.POD,
        state=HopState.OK,
        seen="directly to the pods, from their own nodes: 200 (5 of 5)",
    )


def joined(snapshot: Snapshot, *cut: str) -> Snapshot:
    """Return the snapshot in which only agents on these nodes are cut off."""
    well = {r.node: r for r in s.reports()}

    def mixed(report: NodeReport) -> NodeReport:
        return report if report.node in cut else well[report.node]

    return replace(snapshot, reports=tuple(mixed(r) for r in snapshot.reports))


def test_one_pair_of_nodes_is_reported_and_not_faulty() -> None:
    """It may be a pod that moves."""
    one = joined(s.cut_off(), s.NODES[0])
    assert at(trace(one), Hop.OVERLAY).state is HopState.UNKNOWN
    two = joined(s.cut_off(), *s.NODES[:2])
    assert at(trace(two), Hop.OVERLAY).state is HopState.FAULTY


def test_an_overlay_that_is_cut_explains_the_ingresss_504() -> None:
    """Then the ingress is only affected; without a fault behind it, it is faulty."""
    assert at(trace(s.cut_off()), Hop.INGRESS).state is HopState.AFFECTED
    x = s.cut_off()
    alone = tuple(
        replace(r, probes=tuple(p for p in r.probes if p.role is not Role.POD))
        for r in x.reports
    )
    assert at(trace(replace(x, reports=alone)), Hop.INGRESS).state is HopState.FAULTY


def test_a_faulty_hop_behind_the_named_one_stays_faulty() -> None:
    """The pods' own failure does not come from the load balancer."""
    path = blame(trace(s.pods_refuse()), Hop.LOAD_BALANCER, "no target is healthy")
    assert at(path, Hop.LOAD_BALANCER).state is HopState.FAULTY
    assert at(path, Hop.POD).state is HopState.FAULTY
