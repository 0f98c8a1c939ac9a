"""Shrink: an incident that ended costs a small item, whatever it published."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parallax.diagnose.judge import judge
from parallax.incidents.items import ConflictError
from parallax.incidents.shrink import shrink_resolved
from parallax.incidents.table import SHRUNK, DynamoIncidents, to_item
from parallax.model.finding import Incident, State
from parallax.story.ending import KEPT
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s

LATER = s.NOW + KEPT


def incident(subject: str, state: State = State.RESOLVED) -> Incident:
    """Make an incident whose finding contains its snapshot."""
    snapshot = s.wrong_port()
    begun = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert begun is not None
    return replace(begun, subject=subject, state=state, changed_at=s.NOW)


def size(found: Incident | None) -> int:
    """Return the bytes of an incident's payload."""
    assert found is not None
    return len(to_item(found)["payload"]["B"])


def test_an_incident_that_ended_an_hour_ago_loses_its_finding(cloud: Any) -> None:
    """It keeps what the next incident needs; a second run does nothing."""
    table = DynamoIncidents(cloud.incidents)
    before = table.put(incident("front"))
    assert shrink_resolved(table, LATER - timedelta(seconds=1)) == []
    assert shrink_resolved(table, LATER) == ["front"]
    after = table.get("front")
    assert after is not None
    assert after.finding is None
    assert (after.id, after.number) == (before.id, before.number)
    assert after.version == before.version + 1
    assert size(after) < SHRUNK < size(before)
    assert shrink_resolved(table, LATER) == []


@pytest.mark.parametrize("state", [State.PENDING, State.FIRING, State.RECOVERING])
def test_an_open_incident_keeps_its_finding(cloud: Any, state: State) -> None:
    """The next judgement compares with it."""
    table = DynamoIncidents(cloud.incidents)
    before = table.put(incident("front", state))
    assert shrink_resolved(table, LATER) == []
    assert table.get("front") == before


def test_a_new_failure_after_it_starts_the_next_incident(cloud: Any) -> None:
    """The version and the ids continue."""
    table, snapshot = DynamoIncidents(cloud.incidents), s.wrong_port()
    first = table.put(incident(s.TARGET.name))
    shrink_resolved(table, LATER)
    after = table.get(s.TARGET.name)
    moved = advance(after, judge(snapshot), snapshot, rules=Rules())
    assert moved is not None
    assert moved.finding is not None
    assert first.finding is not None
    assert moved.id != first.id
    assert moved.finding.id != first.finding.id
    assert table.put(moved).version == 3


def test_a_judgement_at_the_same_time_wins(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The incident stays as that judgement stored it."""
    table = DynamoIncidents(cloud.incidents)
    before = table.put(incident("front"))

    def conflict(_: Incident) -> Incident:
        raise ConflictError("front")

    monkeypatch.setattr(table, "put", conflict)
    assert shrink_resolved(table, LATER) == []
    assert table.get("front") == before
