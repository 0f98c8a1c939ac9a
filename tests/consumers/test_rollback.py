"""Rollback: the code of the last release continues with what today's code stored.

In: what today's code stores of each recording, in the emulator. Out: what the
release's own functions make of it, and what today's code makes of that again.
It does not: deploy; the templates are compared in `test_stacks.py`.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from parallax.diagnose.judge import judge
from parallax.incidents.advice import DynamoAdvice
from parallax.journal.dynamodb import DynamoJournal
from parallax.model.advice import AdviceRecord
from parallax.model.cluster import NodeReport
from parallax.model.finding import Incident, State
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from parallax.model.wire import schema
from parallax.notify.marks import Marks
from parallax.story.advice import advance_record
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.consumers.emitted import recorded
from tests.consumers.freeze import FOLDER
from tests.consumers.stack import LAST, Stack, as_record
from tools.interfaces.breaking import breaking
from tools.interfaces.promise import opened

MODELS = {"incident": Incident, "advice_record": AdviceRecord}
LATER = timedelta(minutes=10)
"""Longer than advice must apply before it is published."""


def failures() -> Iterator[tuple[Incident, Snapshot]]:
    """Yield an incident for each recording that begins one, under its own name."""
    for name, recording in recorded():
        snapshot = replace(recording, target=replace(recording.target, name=name))
        found = advance(None, judge(snapshot), snapshot, rules=Rules())
        if found is not None:
            yield found, snapshot


def test_the_release_ends_each_incident_of_today(stack: Stack) -> None:
    """It reads all of them, publishes their findings, and mails each end."""
    made = [(stack.incidents.put(one), snapshot) for one, snapshot in failures()]
    assert len(made) > 35
    now = max(snapshot.taken_at for _, snapshot in made) + LATER
    records = stack.records(stack.cloud.incidents, "incident")
    published, ended = stack.release.run(
        now, ("notify", {"Records": records}), ("diagnose", {"sweep": True})
    )
    assert len(published["published"]) == len(made)
    assert len(ended["ended"]) == len(made)
    mails = {one.subject for one, _ in made if one.mailed_at}
    assert mails
    stack.cloud.messages(stack.cloud.inbox)
    records = stack.records(stack.cloud.incidents, "incident")
    (sent,) = stack.release.run(now, ("notify", {"Records": records}))
    assert sum("topic" in ways for ways in sent["published"].values()) == len(mails)
    assert len(stack.cloud.messages(stack.cloud.inbox)) == len(mails)
    assert stack.letters() == []
    for one, _ in made:  # and today's code reads what the release stored
        after = stack.incidents.get(one.subject)
        assert after is not None
        assert (after.id, after.since, after.state) == (
            one.id,
            one.since,
            State.RESOLVED,
        )
        assert after.number == one.number + 1


def test_the_path_is_whole_again_for_today_s_code(stack: Stack) -> None:
    """Only the release sees `unknown` where a hop is affected."""
    changed = 0
    for one, _ in failures():
        stored = stack.incidents.put(one)
        assert stack.incidents.get(one.subject) == stored
        assert one.finding is not None
        changed += any(hop.state == "affected" for hop in one.finding.path)
    assert changed > 5


def test_the_release_continues_advice_of_today(stack: Stack) -> None:
    """It ends the advice of a target that left the file, with an event."""
    records, rules = DynamoAdvice(stack.cloud.incidents), Rules()
    given: list[str] = []
    for name, recording in recorded():
        snapshot = replace(recording, target=replace(recording.target, name=name))
        judgement = judge(snapshot)
        begun = advance_record(None, judgement, snapshot, rules)
        if begun is None:
            continue
        later = replace(snapshot, taken_at=snapshot.taken_at + LATER)
        records.put(advance_record(begun, judgement, later, rules) or begun)
        given.append(name)
    assert given
    now = datetime.fromisoformat("2027-01-01T00:00:00Z")
    (out,) = stack.release.run(now, ("diagnose", {"sweep": True}))
    assert sorted(out["ended"]) == sorted(f"{name}/advice" for name in given)
    after = stack.records(stack.cloud.incidents, "advice")
    (sent,) = stack.release.run(now, ("notify", {"Records": after}))
    assert len(sent["published"]) >= len(given)
    assert stack.letters() == []
    assert [one.standing for one in records.all()] == [()] * len(given)


def test_the_release_judges_what_today_s_journal_has(stack: Stack) -> None:
    """Runs, readings of the balancer, and each node's report, also with new roles."""
    (snapshot,) = [s for n, s in recorded() if n == "overlay-between-nodes-broken"]
    first = snapshot.reports[0]
    probe = replace(first.probes[0], role=Role.OTHER_POD)
    reports = (replace(first, probes=(*first.probes, probe)), *snapshot.reports[1:])
    journal = DynamoJournal(stack.cloud.journal)
    for one in (snapshot.run, snapshot.balancer, *reports):
        assert one is not None
        journal.record(one)
    stack.watch(snapshot)
    records = stack.records(stack.cloud.journal, "run", "investigation", "latest")
    stack.release.run(snapshot.taken_at, ("diagnose", {"Records": records}))
    assert stack.letters() == []
    name = snapshot.target.name
    incident = stack.incidents.get(name)
    assert incident is not None
    assert incident.finding is not None
    assert incident.finding.snapshot is not None
    read = incident.finding.snapshot
    assert {one.node for one in read.reports} == {one.node for one in reports}
    assert read.run is not None
    recent = journal.recent(name, snapshot.taken_at - LATER)
    whole = {one.node: one for one in recent if isinstance(one, NodeReport)}
    assert whole[first.node].probes == reports[0].probes


def test_kinds_that_the_release_lacks_stop_no_other_record(stack: Stack) -> None:
    """They become its dead letters; newer ones follow within a minute."""
    (snapshot,) = [s for n, s in recorded() if n == "overlay-between-nodes-broken"]
    assert snapshot.run is not None
    journal = DynamoJournal(stack.cloud.journal)
    journal.record(snapshot.run)
    stack.watch(snapshot)
    known = stack.records(stack.cloud.journal, "run", "investigation")
    new = [
        {"pk": {"S": "rounds"}, "sk": {"S": "0"}, "kind": {"S": kind}}
        for kind in ("round", "past", "heartbeat", "reading-part")
    ]
    event = {"Records": [*map(as_record, new), *known]}
    (out,) = stack.release.run(snapshot.taken_at, ("diagnose", event))
    assert out["moved"] == [snapshot.target.name]
    assert len(stack.letters()) == len(new)


def test_the_release_repeats_no_event_that_today_s_code_sent(stack: Stack) -> None:
    """And today's code none of the release's: both mark by the same names."""
    one, other = [incident for incident, _ in failures()][:2]
    for incident in (one, other):
        stack.incidents.put(incident)
    sent = one.finding
    assert sent is not None
    Marks(stack.cloud.incidents, "queue").done(sent.id)
    records = stack.records(stack.cloud.incidents, "incident")
    (out,) = stack.release.run(sent.judged_at, ("notify", {"Records": records}))
    assert "queue" not in out["published"][sent.id]
    (own,) = out["published"].keys() - {sent.id}
    assert Marks(stack.cloud.incidents, "queue").read(own).is_sent


def frozen(name: str) -> dict[str, Any]:
    """Return the schema of a payload as the release read it."""
    return json.loads((FOLDER / LAST / f"items.{name}.schema.json").read_text())


@pytest.mark.parametrize("name", sorted(MODELS))
def test_no_change_of_a_model_breaks_the_last_release_s_tables(name: str) -> None:
    """Also one that no recording shows, apart from new words in open lists."""
    assert breaking(opened(frozen(name)), schema(MODELS[name])) == []


def test_each_new_word_is_set_aside() -> None:
    """Such a word needs a place beside the payload."""
    new: set[str] = set()
    for name, model in MODELS.items():
        then, now = frozen(name)["$defs"], schema(model)["$defs"]
        for one in then.keys() & now.keys():
            new |= {*now[one].get("enum", ())} - {*then[one].get("enum", ())}
    assert new == {"affected", "other-pod"}


def test_a_new_field_of_an_incident_is_optional() -> None:
    """An item that the last release wrote after a rollback is read again."""
    then, now = frozen("incident"), schema(Incident)
    assert set(now.get("required", ())) <= set(then.get("required", ()))
