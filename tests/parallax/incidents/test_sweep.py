"""Sweep: the incident of an unwatched target does not fire forever."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parallax.diagnose.judge import judge
from parallax.incidents.advice import DynamoAdvice
from parallax.incidents.sweep import index, sweep, sweep_advice, sweep_all
from parallax.incidents.table import DynamoIncidents
from parallax.model.advice import AdviceRecord, AdviceState, Standing
from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.judgement import UNWATCHED, Advice, Hop, View
from parallax.story.ending import end
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s
from tests.parallax.throttle import throttled

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
    """It is resolved and mailed, for the same incident, with a new id."""
    before = firing()
    after = end(before, LATER)
    assert before.finding is not None
    assert after.finding is not None
    assert (after.state, after.finding.state) == (State.RESOLVED, State.RESOLVED)
    assert (after.finding.turn, after.finding.cause) == (
        NotificationReason.RESOLVED,
        UNWATCHED,
    )
    assert after.finding.title.startswith("No longer watched")
    assert before.cause in after.finding.title
    assert after.finding.symptom.external is View.UNKNOWN
    assert after.number == before.number + 1
    assert after.finding.id != before.finding.id


def test_an_incident_without_mail_ends_without_mail() -> None:
    """A pending incident ends without a mail."""
    unpublished = end(replace(firing(), mailed_at=None), LATER)
    assert unpublished.finding is not None
    assert unpublished.finding.turn is None
    assert end(replace(firing(), finding=None), LATER).number == firing().number


def test_a_sweep_ends_only_incidents_without_a_target(cloud: Any) -> None:
    """A target's own and shared incidents stay; a second sweep ends none."""
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


def standing(subject: str, *, published: bool) -> AdviceRecord:
    """Make a record of one advice, published or not yet."""
    advice = Advice(id="long-ttl", hop=Hop.DNS, title="A change takes long")
    entry = Standing(advice=advice, since=s.NOW, published=published)
    return AdviceRecord(subject=subject, number=int(published), standing=(entry,))


def test_advice_of_an_unwatched_target_ends(cloud: Any) -> None:
    """It ends once, and only published advice; a watched target keeps its own."""
    table = DynamoAdvice(cloud.incidents)
    for subject, published in (
        ("platform-api", True),
        ("gone", True),
        ("unpublished", False),
    ):
        table.put(standing(f"{subject}/advice", published=published))
    DynamoIncidents(cloud.incidents).put(firing("gone"))
    swept = sweep_advice([s.TARGET], table, LATER)
    assert set(swept) == {"gone/advice", "unpublished/advice"}
    gone, unpublished = table.get("gone/advice"), table.get("unpublished/advice")
    assert gone
    assert unpublished
    assert (gone.standing, unpublished.standing, unpublished.events) == ((), (), ())
    (news,) = gone.events
    assert (news.target, news.url) == ("gone", None)
    assert (news.state, news.judged_at) == (AdviceState.UNWATCHED, LATER)
    assert gone.number == 2
    kept = table.get("platform-api/advice")
    assert kept
    assert kept.standing
    assert sweep_advice([s.TARGET], table, LATER) == []


def test_a_target_that_returns_starts_a_new_incident(cloud: Any) -> None:
    """Its next failure replaces the incident that ended."""
    table, snapshot = DynamoIncidents(cloud.incidents), s.wrong_port()
    table.put(firing())
    (ended,) = sweep([replace(s.TARGET, name="other")], table, LATER)
    incident = advance(ended, judge(snapshot), snapshot, rules=Rules())
    assert incident is not None
    assert incident.id != ended.id
    assert table.put(incident).version == ended.version + 1


def test_an_error_does_not_keep_other_incidents_open(cloud: Any) -> None:
    """It is raised after all others and the advice."""
    table, records = DynamoIncidents(cloud.incidents), DynamoAdvice(cloud.incidents)
    for subject in ("a", "stuck", "z"):
        table.put(firing(subject))
    advice = Advice(id="long-ttl", hop=Hop.DNS, title="A change takes long")
    standing = (Standing(advice=advice, since=s.NOW, published=True),)
    records.put(AdviceRecord(subject="gone/advice", standing=standing))
    with throttled("PutItem", of='"stuck"'), pytest.raises(ExceptionGroup) as errors:
        sweep_all([s.TARGET], table, records, LATER)
    assert errors.group_contains(Exception, match="slow down", depth=2)
    assert table.unresolved() == ("stuck",)
    retired = records.get("gone/advice")
    assert retired is not None
    assert retired.standing == ()
    assert sweep_all([s.TARGET], table, records, LATER) == ["stuck"]


def test_an_incident_of_an_earlier_version_is_found_after_a_sweep(cloud: Any) -> None:
    """Its item lacks the index's attribute; the sweep stores it again, once."""
    table = DynamoIncidents(cloud.incidents)
    table.put(firing("old"))
    cloud.client("dynamodb").update_item(
        TableName=cloud.incidents,
        Key={"pk": {"S": "old"}},
        UpdateExpression="REMOVE unresolved, since",
    )
    assert table.open() == {}
    index(table)
    (found,) = table.open().values()
    assert (found.subject, found.state) == ("old", State.FIRING)
    version = table.get("old")
    index(table)
    assert table.get("old") == version
