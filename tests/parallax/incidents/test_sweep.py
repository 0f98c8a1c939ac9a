"""Sweep: what nobody watches any more does not stay firing for ever."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from parallax.diagnose import Rules, advance, judge
from parallax.incidents import DynamoIncidents
from parallax.incidents.sweep import end, sweep
from parallax.model.finding import UNWATCHED, Incident, State, Turn, View
from tests.parallax import scenarios as s

LATER = s.NOW + timedelta(hours=3)


def firing(subject: str = "platform-api") -> Incident:
    """Make an incident that was mailed."""
    snapshot = s.wrong_port()
    first = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert first is not None
    moved = advance(first, judge(snapshot), snapshot, rules=Rules())
    assert moved is not None
    assert moved.mailed_at is not None
    return replace(moved, subject=subject, version=0)


def test_an_incident_ends_with_a_finding_that_claims_no_health() -> None:
    """It is resolved and mailed, of the same incident, under a new id."""
    before = firing()
    after = end(before, LATER)
    assert before.finding is not None
    assert after.finding is not None
    assert (after.state, after.finding.state) == (State.RESOLVED, State.RESOLVED)
    assert (after.finding.turn, after.finding.cause) == (Turn.RESOLVED, UNWATCHED)
    assert after.finding.title.startswith("No longer watched")
    assert before.cause in after.finding.title
    assert after.finding.symptom.external is View.UNKNOWN
    assert after.number == before.number + 1
    assert after.finding.id != before.finding.id


def test_who_was_told_of_no_alarm_is_told_of_no_end() -> None:
    """A pending incident ends without a mail."""
    unsaid = end(replace(firing(), mailed_at=None), LATER)
    assert unsaid.finding is not None
    assert unsaid.finding.turn is None
    assert end(replace(firing(), finding=None), LATER).number == firing().number


def test_a_sweep_ends_what_no_target_has_and_nothing_else(cloud: Any) -> None:
    """A target's own incident and those it shares stay; a second sweep finds none."""
    table = DynamoIncidents(cloud.incidents)
    shared = f"{s.TARGET.reached.cluster}/agent"
    kept = (s.TARGET.name, shared, "stack/probe")
    for subject in (*kept, "gone", "gone/agent"):
        table.put(firing(subject))
    table.put(replace(firing("over"), state=State.RESOLVED))
    ended = sweep([s.TARGET], table, LATER)
    assert {incident.subject for incident in ended} == {"gone", "gone/agent"}
    assert set(table.unresolved()) == set(kept)
    assert sweep([s.TARGET], table, LATER) == []


def test_a_target_that_comes_back_begins_anew(cloud: Any) -> None:
    """Its next failure is a new incident in the place of the one that ended."""
    table, snapshot = DynamoIncidents(cloud.incidents), s.wrong_port()
    table.put(firing())
    (ended,) = sweep([replace(s.TARGET, name="other")], table, LATER)
    anew = advance(ended, judge(snapshot), snapshot, rules=Rules())
    assert anew is not None
    assert anew.id != ended.id
    assert table.put(anew).version == ended.version + 1
