"""Specification of joining: `parallax.diagnose.join`."""

import random
from dataclasses import replace
from datetime import timedelta

from parallax.diagnose.complete import known_nodes
from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.diagnose.silence import silences
from parallax.model.heartbeat import Agents, HeartbeatSeen
from parallax.model.judgement import AGENT_SILENT, NONE
from parallax.model.probe import Phases
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

MINUTE = timedelta(minutes=1)


def test_order_and_duplicates_do_not_matter() -> None:
    """The same observations, shuffled and duplicated, make the same snapshot."""
    outside = s.run(s.POD_503)
    first = replace(outside, probes=outside.probes[:1])
    bare = s.run(s.OK, at=s.SINCE - MINUTE, investigated=False)
    sightings = s.seen(outside, 503)
    found = [bare, first, outside, s.balancer(), *s.reports(sightings=sightings)]
    expected = s.taken(*found)
    shuffled = found * 2
    random.Random(7).shuffle(shuffled)  # noqa: S311 - no secret
    assert s.taken(*shuffled) == expected
    assert expected.run == outside
    assert expected.failing_since == s.SINCE
    assert len(expected.sightings) == len(sightings)
    assert [p.healthy for p in expected.past] == [True, False]


def test_failing_since_is_the_first_failure_in_a_row() -> None:
    """A healthy run in between starts a new row."""
    pages = [s.LB_503, s.OK, s.LB_503, s.LB_503]
    runs = [
        s.run(page, at=s.SINCE + n * MINUTE, investigated=False)
        for n, page in enumerate(pages)
    ]
    now = s.SINCE + 3 * MINUTE
    assert s.taken(*runs, taken_at=now).failing_since == s.SINCE + 2 * MINUTE
    assert s.taken(*runs[:2], taken_at=now).failing_since is None


def test_well_since_is_the_first_good_run_after_the_last_bad_one() -> None:
    """Readings of the failure and of the recovery's first minute are separated."""
    pages = [s.LB_503, s.LB_503, s.OK, s.OK]
    runs = [
        s.run(page, at=s.SINCE + n * MINUTE, investigated=False)
        for n, page in enumerate(pages)
    ]
    now, end = s.SINCE + 3 * MINUTE, s.SINCE + 2 * MINUTE
    well = s.taken(*runs, taken_at=now)
    assert (well.failing_since, well.well_since) == (None, end)
    failing = s.taken(*runs[:2], taken_at=now)
    assert (failing.failing_since, failing.well_since) == (s.SINCE, None)
    for quiet in (s.taken(taken_at=now), s.taken(*runs[2:], taken_at=now)):
        assert (quiet.failing_since, quiet.well_since) == (None, None)


def test_readings_from_before_the_recovery_do_not_describe_it() -> None:
    """Unhealthy targets of the failure prove nothing about the recovered target."""
    bad = s.run(s.LB_503, investigated=False)
    good = s.run(s.OK, at=s.SINCE + MINUTE, investigated=False)
    during, after = s.SINCE + MINUTE / 2, s.SINCE + MINUTE * 2
    old = replace(s.balancer(healthy=0), read_at=during)
    new = replace(s.balancer(), read_at=after)
    inside = s.reports(ingress=s.REFUSED, at=during)
    soon = s.taken(bad, good, old, *inside, taken_at=s.SINCE + MINUTE)
    assert soon.load_balancer is None
    assert soon.cluster is None
    later = s.taken(bad, good, old, new, *s.reports(at=after), taken_at=after)
    assert later.load_balancer == new.load_balancer
    assert {h.state.value for h in judge(later).path} == {"ok"}


def test_the_last_investigation_counts_until_the_next_one_ends() -> None:
    """The single first probe of the next minute does not hide earlier evidence."""
    full = s.run(s.LB_503)
    bare = s.run(s.LB_503, at=s.SINCE + MINUTE, investigated=False)
    assert s.taken(full, bare, taken_at=s.SINCE + MINUTE).run == full
    well = s.run(s.OK, at=s.SINCE + MINUTE, investigated=False)
    assert s.taken(full, well, taken_at=s.SINCE + MINUTE).run == well


def test_an_investigation_stays_while_later_probes_fail_alike() -> None:
    """In a long outage only some runs are investigated; a change ends it at once."""
    full = s.run(s.LB_503)
    alike = [
        s.run(s.LB_503, at=s.SINCE + n * MINUTE, investigated=False) for n in (2, 3, 19)
    ]
    now = s.SINCE + 19 * MINUTE
    taken = s.taken(full, *alike, taken_at=now)
    assert (taken.run, taken.outside, taken.failing_since) == (full, full, s.SINCE)
    other = s.run(s.HANGS, at=s.SINCE + 20 * MINUTE, investigated=False)
    assert s.taken(full, *alike, other, taken_at=now + MINUTE).run == other
    back = s.run(s.LB_503, at=s.SINCE + 21 * MINUTE, investigated=False)
    assert s.taken(full, *alike, other, back, taken_at=now + 2 * MINUTE).run == back
    late = s.run(s.LB_503, at=s.SINCE + 23 * MINUTE, investigated=False)
    assert s.taken(full, *alike, late, taken_at=s.SINCE + 23 * MINUTE).run == late


def test_an_investigation_without_new_probes_ages_as_any_run() -> None:
    """Nothing confirms it, so the external view is unknown."""
    full = s.run(s.LB_503)
    assert s.taken(full, taken_at=s.SINCE + 4 * MINUTE).outside is None


def test_each_nodes_newest_report_counts_by_our_clock() -> None:
    """A node whose clock is an hour ahead is neither newer nor in the future."""
    old, new = s.reports(at=s.NOW - MINUTE)[0], s.reports()[0]
    ahead = replace(old, sent_at=old.sent_at + timedelta(hours=1))
    assert s.taken(new, ahead).reports == (new,)


def test_only_the_agents_of_a_target_s_cluster_report_about_it() -> None:
    """A key of another cluster may sign for that cluster, and for no target of this."""
    own = s.reports()
    foreign = tuple(replace(r, cluster="other", node="liar") for r in own)
    assert s.taken(*own, *foreign).reports == s.taken(*own).reports
    nowhere = replace(s.TARGET, reached=replace(s.TARGET.reached, cluster=None))
    x = join(nowhere, foreign, taken_at=s.NOW)
    assert {r.cluster for r in x.reports} == {"other"}


def test_other_targets_and_broken_clocks_are_left_out() -> None:
    """Observations of another target or from far in the future are ignored."""
    foreign = replace(s.run(s.POD_503), target="other")
    future = s.run(s.POD_503, at=s.NOW + timedelta(hours=1))
    x = join(s.TARGET, [foreign, future], taken_at=s.NOW)
    assert x.run is None
    assert x.past == ()


def test_a_reading_of_this_failure_outlives_a_later_problem() -> None:
    """One failed API call does not discard the last reading."""
    good = s.balancer(healthy=0)
    bad = replace(good, load_balancer=None, read_at=good.read_at + MINUTE / 4)
    assert s.taken(s.run(s.LB_503), good, bad).balancer == good


def test_a_snapshot_keeps_the_sightings_of_its_run_and_no_others() -> None:
    """The snapshot does not grow with hours of sightings."""
    outside = s.run(s.POD_503)
    others = s.seen(s.run(s.OK, at=s.SINCE - MINUTE), 200)
    sightings = (*s.seen(outside, 503), *others)
    snapshot = s.taken(outside, s.balancer(), *s.reports(sightings=sightings))
    asked = {probe.request_id for probe in outside.probes}
    assert {seen.request_id for seen in snapshot.sightings} <= asked
    assert not any(report.sightings for report in snapshot.reports)


def heartbeats(*nodes: str, seconds_ago: float = 20) -> Agents:
    """Return the agents of the cluster, of which these nodes sent a heartbeat."""
    seen = (
        HeartbeatSeen(
            cluster="keybuzz",
            node=node,
            received_at=s.NOW - timedelta(seconds=seconds_ago),
            interval=60.0,
        )
        for node in nodes
    )
    return Agents(heartbeats=tuple(seen), nodes=s.NODES)


def silent(snapshot: Snapshot) -> str:
    """Return the cause of the judgement of the agents."""
    found = next(one for one in silences(snapshot) if one.subject.endswith("/agent"))
    return found.judgement.cause


def test_a_node_that_sends_heartbeats_is_not_silent() -> None:
    """Without a report, all nodes are known and none is silent."""
    found = [s.run(s.OK, investigated=False)]
    agents = heartbeats(*s.NODES)
    quiet = join(s.TARGET, found, taken_at=s.NOW, agents=agents)
    assert known_nodes(quiet) == set(s.NODES)
    assert silent(quiet) == NONE
    assert quiet.cluster is None


def test_a_node_without_heartbeat_is_silent() -> None:
    """A listed node counts if it never reported; a late heartbeat does not count."""
    found = [s.run(s.OK, investigated=False)]
    never = join(s.TARGET, found, taken_at=s.NOW, agents=heartbeats(*s.NODES[:4]))
    late = heartbeats(*s.NODES[4:], seconds_ago=91)
    both = Agents(
        heartbeats=(*heartbeats(*s.NODES[:4]).heartbeats, *late.heartbeats),
        nodes=s.NODES,
    )
    old = join(s.TARGET, found, taken_at=s.NOW, agents=both)
    assert (silent(never), silent(old)) == (AGENT_SILENT, AGENT_SILENT)


def test_a_removed_node_is_not_silent() -> None:
    """The newest list of nodes does not name it, so nobody waits for its heartbeat."""
    left = replace(heartbeats(*s.NODES[:4]), nodes=s.NODES[:4])
    found = [s.run(s.OK, investigated=False)]
    assert silent(join(s.TARGET, found, taken_at=s.NOW, agents=left)) == NONE


def test_a_heartbeat_never_replaces_a_fresh_report() -> None:
    """It observes nothing: what the report observed stays, as does the judgement."""
    found = [s.run(s.POD_503), s.balancer(), *s.reports()]
    plain = join(s.TARGET, found, taken_at=s.NOW)
    beside = join(
        s.TARGET, found, taken_at=s.NOW, agents=heartbeats(*s.NODES, seconds_ago=0)
    )
    assert beside.reports == plain.reports
    assert judge(beside) == judge(plain)


def test_a_failing_target_has_its_last_good_probe_to_compare_with() -> None:
    """With its phases; a healthy one has none, nor one that failed all the time."""
    good = s.run(s.OK, at=s.SINCE - MINUTE, investigated=False)
    timed = replace(good.first, phases=Phases(resolve=0.004, connect=0.001))
    good = replace(good, probes=(timed,))
    untimed = replace(timed, started_at=s.SINCE - 2 * MINUTE, phases=Phases())
    older = replace(good, started_at=untimed.started_at, probes=(untimed,))
    bad = s.run(s.LB_503)
    assert s.taken(older, good, bad).last_good == timed
    assert s.taken(bad).last_good is None
    assert s.taken(older, bad).last_good is None
    assert s.taken(older, good, taken_at=s.SINCE).last_good is None
