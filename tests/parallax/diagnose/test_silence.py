"""Specification of silence and its incidents: `parallax.diagnose.silence`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from parallax.diagnose.join import join
from parallax.diagnose.silence import Silence, silences
from parallax.model.finding import Finding, Incident, NotificationReason, State
from parallax.model.heartbeat import Agents, HeartbeatSeen
from parallax.model.judgement import AGENT_SILENT, NONE
from parallax.model.snapshot import Snapshot
from parallax.notify.event import cloud_event
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s

RULES = Rules()
WHOLE = s.healthy()


def speaking(*nodes: str, of: Snapshot = WHOLE, seconds: float = 0) -> Snapshot:
    """Return a later snapshot in which only these nodes' reports are fresh."""
    now = of.taken_at + timedelta(seconds=seconds)
    reports = tuple(
        replace(r, sent_at=now, received_at=now)
        if r.node in nodes
        else replace(r, received_at=r.received_at and r.received_at - 9 * s.MINUTE)
        for r in of.reports
    )
    run = of.run and replace(of.run, started_at=now)
    return replace(of, taken_at=now, reports=reports, run=run)


def joined(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as if the last node never reported."""
    return replace(snapshot, reports=snapshot.reports[:4])


def under(name: str, snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as that of another target of the same cluster."""
    return replace(snapshot, target=replace(snapshot.target, name=name))


def agents(snapshot: Snapshot) -> Silence:
    """Return a snapshot's judgement of the agents."""
    return next(v for v in silences(snapshot) if v.subject.endswith("/agent"))


def live_through(
    snapshots: Sequence[Snapshot],
) -> tuple[Incident | None, list[Finding]]:
    """Judge the agents in each snapshot; return the incident and its findings."""
    incident: Incident | None = None
    findings: list[Finding] = []
    for x in snapshots:
        incident = advance(incident, agents(x).judgement, x, rules=RULES)
        new = incident and incident.finding
        if new and new not in findings:
            findings.append(new)
    return incident, findings


def test_agents_that_are_silent_one_after_the_other_are_no_incident() -> None:
    """A rollout of the agents: short silences do not add up and are not published."""
    short = [speaking(*s.NODES[:4], seconds=n) for n in (0, 60)]
    whole = [speaking(*s.NODES, seconds=n) for n in (30, 90)]
    incident, findings = live_through([short[0], whole[0], short[1], whole[1]])
    assert incident
    assert incident.state is State.RESOLVED
    assert findings == []


def beating(last: float, now: float) -> Snapshot:
    """Return what is known if one node's last heartbeat came at second `last`.

    The others send theirs each minute.
    """
    at = s.NOW + timedelta(seconds=now)
    beats = tuple(
        HeartbeatSeen(
            cluster=str(s.TARGET.reached.cluster),
            node=node,
            received_at=s.NOW
            + timedelta(seconds=now // 60 * 60 if node != s.NODES[-1] else last),
            interval=60.0,
        )
        for node in s.NODES
    )
    found = [s.run(s.OK, at=at, investigated=False)]
    agents = Agents(heartbeats=beats, nodes=s.NODES)
    return join(s.TARGET, found, taken_at=at, agents=agents)


def test_one_lost_heartbeat_sends_nothing() -> None:
    """The node is silent for half a minute, and the next heartbeat ends it."""
    lost = [beating(0, now) for now in range(0, 120, 5)]
    back = [beating(120, now) for now in range(120, 180, 5)]
    assert {agents(one).judgement.cause for one in lost} == {AGENT_SILENT, NONE}
    _, findings = live_through([*lost, *back])
    assert findings == []


def test_two_lost_heartbeats_are_published_within_two_minutes_and_a_half() -> None:
    """The node is silent, and the mail waited for what else may be found."""
    incident, findings = live_through([beating(0, now) for now in range(0, 150, 5)])
    assert incident
    assert (incident.state, len(findings)) == (State.FIRING, 1)


def test_one_dead_agent_is_one_incident_of_its_cluster() -> None:
    """Three targets judge the same agents: one subject, one mail, one end."""
    names = ("platform-api", "platform", "shop")
    dead = [
        under(name, speaking(*s.NODES[:4], seconds=n))
        for n in (0, 15, 50, 65)
        for name in names
    ]
    well = [
        under(name, speaking(*s.NODES, seconds=n))
        for n in (80, 200, 379, 380, 395)
        for name in names
    ]
    assert {agents(x).subject for x in (*dead, *well)} == {"keybuzz/agent"}
    _, findings = live_through([*dead, *well])
    assert [f.turn for f in findings] == [
        NotificationReason.FIRING,
        NotificationReason.RESOLVED,
    ]
    assert {f.target for f in findings} == {"keybuzz/agent"}
    assert "1 of 5 agents not reporting: worker-05" in findings[0].title
    assert findings[1].judged_at - findings[0].judged_at == timedelta(seconds=330)


def test_targets_that_disagree_for_seconds_publish_nothing() -> None:
    """One target observes the end before another: the incident continues silently."""
    dead = [speaking(*s.NODES[:4], seconds=n) for n in (0, 50, 70, 90)]
    well = [under("shop", speaking(*s.NODES, seconds=n)) for n in (60, 80, 100)]
    story = sorted([*dead, *well], key=lambda x: x.taken_at)
    incident, findings = live_through(story)
    assert incident
    assert incident.state is State.FIRING
    assert [f.turn for f in findings] == [NotificationReason.FIRING]


def test_a_silence_does_not_name_the_target_that_judged_it() -> None:
    """It has neither its URL, nor its symptom, nor its path."""
    _, findings = live_through([speaking(*s.NODES[:4], seconds=n) for n in (0, 50)])
    event = cloud_event(findings[0])
    assert event["subject"] == "keybuzz/agent"
    assert event["data"]["url"] is None
    assert event["data"]["path"] == []
    assert event["data"]["symptom"]["external"] == "unknown"


def test_a_new_node_has_time_until_its_agent_reports() -> None:
    """An agent that never reported fires after two settle windows, not after 45 s."""
    times = (0, 50, 239, 240)
    moments = [joined(speaking(*s.NODES, seconds=n)) for n in times]
    assert live_through(moments[:3])[1] == []
    _, findings = live_through(moments)
    assert [f.turn for f in findings] == [NotificationReason.FIRING]


def test_a_new_node_does_not_hide_an_agent_that_stopped() -> None:
    """One never reported and one stopped: it fires as soon as for the latter alone."""
    moments = [joined(speaking(*s.NODES[:3], seconds=n)) for n in (0, 50)]
    _, findings = live_through(moments)
    assert [f.turn for f in findings] == [NotificationReason.FIRING]


def test_silent_probes_are_detected_while_agents_report() -> None:
    """No recent run after an earlier one; the probes belong to the stack."""
    moment = s.NOW + timedelta(minutes=10)
    at = moment - timedelta(seconds=5)
    x = s.taken(s.run(s.OK, investigated=False), *s.reports(at=at), taken_at=moment)
    found = {v.subject: v.judgement.cause for v in silences(x)}
    assert found == {"keybuzz/agent": "none", "stack/probe": "probes-silent"}


def test_a_target_with_a_long_interval_is_not_silent_between_its_probes() -> None:
    """Three of its intervals may pass."""
    hourly = replace(s.TARGET, interval=3600.0)
    for hours, cause in ((2, "none"), (4, "probes-silent")):
        moment = s.SINCE + timedelta(hours=hours)
        bare = s.run(s.OK, investigated=False)
        reports = s.reports(at=moment - timedelta(seconds=5))
        x = s.taken(bare, *reports, target=hourly, taken_at=moment)
        found = {v.subject: v.judgement.cause for v in silences(x)}
        assert found["stack/probe"] == cause


def test_silence_of_one_target_only_is_published_too() -> None:
    """Other targets without this silence do not end its incident."""
    story = [
        x
        for n in (0, 20, 40, 60)
        for x in (
            speaking(*s.NODES[:4], seconds=n),
            under("shop", speaking(*s.NODES, seconds=n + 1)),
        )
    ]
    _, findings = live_through(story)
    assert [f.turn for f in findings] == [NotificationReason.FIRING]
