"""Upgrade: today's code continues with what the last release stored, and back again.

In: what the release's own functions stored in the emulator, of pushes, runs and
incidents. Out: what today's code makes of it.
It does not: deploy; `test_stacks.py` compares the templates.
"""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from parallax.groups.keeping import Keeping
from parallax.groups.person import acknowledge, mute
from parallax.groups.table import DynamoGroups
from parallax.incidents.move import Moves
from parallax.incidents.sweep import index
from parallax.journal.dynamodb import DynamoJournal
from parallax.model.cluster import NodeReport
from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.group import Mute
from parallax.model.probe import Role
from parallax.model.push import SCHEMA, SCHEMA_V2, Push
from parallax.model.snapshot import Snapshot
from parallax.model.wire import encode
from parallax.story.rules import Rules
from parallax_agent.push.instructions import knows_no_v2
from parallax_agent.push.versions import as_v1
from tests.consumers.emitted import recorded
from tests.consumers.stack import Stack
from tests.parallax.groups.incidents import incident

KEY = "whsec_" + base64.b64encode(b"k" * 24).decode()
NAME = "overlay-between-nodes-broken"


def snapshot() -> Snapshot:
    """Return a recording in which pods of other nodes are probed."""
    (found,) = [s for name, s in recorded() if name == NAME]
    return found


def signed(push: Push) -> dict[str, Any]:
    """Return the function URL's event of a push."""
    body = json.dumps(encode(push))
    return {
        "rawPath": "/v1/observations",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(push.sent_at.timestamp())),
            "webhook-signature": Webhook(KEY).sign("msg_1", push.sent_at, body),
        },
        "body": body,
        "isBase64Encoded": False,
    }


@pytest.fixture
def door(stack: Stack) -> Stack:
    """Give the release's ingest its key."""
    name = f"{stack.cloud.journal}-key"
    stack.cloud.client("secretsmanager").create_secret(Name=name, SecretString=KEY)
    stack.release.place(AGENT_KEY_ARN=name)
    return stack


def pushes(schema: str) -> list[Push]:
    """Return a push of today's agents for each node, one of them with every role."""
    made: list[Push] = []
    for report in snapshot().reports:
        probes = tuple(replace(report.probes[0], role=role) for role in Role)
        made.append(
            Push(
                schema=schema,
                cluster=report.cluster,
                node=report.node,
                sent_at=report.sent_at,
                reports=(replace(report, probes=(*report.probes, *probes)),),
            )
        )
    return made


def test_the_release_s_ingest_stores_what_today_s_agents_push(door: Stack) -> None:
    """It rejects v2 in the words that make them send v1, and takes that whole."""
    now = max(push.sent_at for push in pushes(SCHEMA))
    first = [("ingest", signed(push)) for push in pushes(SCHEMA_V2)]
    olds = [found for push in pushes(SCHEMA_V2) if (found := as_v1(push))]
    answers = door.release.run(now, *first, *(("ingest", signed(p)) for p in olds))
    rejected, taken = answers[: len(first)], answers[len(first) :]
    assert {one["statusCode"] for one in rejected} == {400}
    assert all(knows_no_v2(one["body"].encode()) for one in rejected)
    assert [one["statusCode"] for one in taken] == [202] * len(olds)


def test_today_s_journal_has_the_reports_that_the_release_stored(door: Stack) -> None:
    """Each with its reading; today's ingest replaces it by a newer one."""
    olds = [found for push in pushes(SCHEMA) if (found := as_v1(push))]
    now = max(push.sent_at for push in olds)
    door.release.run(now, *(("ingest", signed(push)) for push in olds))
    journal, target = DynamoJournal(door.cloud.journal), snapshot().target.name
    found = reports(journal, target, now)
    assert found.keys() == {push.node for push in olds}
    read = {push.node for push in olds if push.reports[0].reading}
    assert {node for node, one in found.items() if one.reading} == read != set()
    for one in found.values():
        later = one.arrived_at + timedelta(seconds=15)
        journal.record(replace(one, sent_at=later, received_at=later, probes=()))
    after = reports(journal, target, now)
    assert {node: one.probes for node, one in after.items()} == dict.fromkeys(found, ())


def reports(
    journal: DynamoJournal, target: str, now: datetime
) -> dict[str, NodeReport]:
    """Return the newest report of each node."""
    recent = journal.recent(target, now - timedelta(hours=1))
    return {one.node: one for one in recent if isinstance(one, NodeReport)}


def test_today_s_code_continues_an_incident_of_the_release(stack: Stack) -> None:
    """Same id, same beginning; it is in the index after the next sweep."""
    begun = seen = snapshot()
    assert seen.run is not None
    journal = DynamoJournal(stack.cloud.journal)
    journal.record(seen.run)
    stack.watch(seen)
    records = stack.records(stack.cloud.journal, "run", "investigation")
    stack.release.run(seen.taken_at, ("diagnose", {"Records": records}))
    name, table = begun.target.name, stack.incidents
    old = table.get(name)
    assert old is not None
    assert name not in table.open()
    assert index(table) == []
    assert name in table.open()
    later = seen.taken_at + timedelta(seconds=30)
    Moves(recent=journal.recent, incidents=table, rules=Rules()).move(
        seen.target, later
    )
    new = table.get(name)
    assert new is not None
    assert (new.id, new.since) == (old.id, old.since)
    assert new.version > old.version


def test_groups_mutes_and_acknowledgments_outlive_a_rollback(stack: Stack) -> None:
    """After the next update the group ends, if the release ended its incident."""
    board = kept(stack, incident("front", id=str(UUID(int=1))))
    now = datetime.now(UTC)
    silence = Mute(subject="api", at=now, until=now + timedelta(days=1), by="ann")
    keeping(stack).change(
        lambda groups: (mute(acknowledge(groups, board, "ann", now), silence), ())
    )
    groups = DynamoGroups(stack.cloud.incidents)
    before = groups.get()
    (out,) = stack.release.run(now, ("diagnose", {"sweep": True}))
    assert out["ended"] == ["front"]
    assert groups.get() == before
    keeping(stack).tick(now)
    after = groups.get()
    assert (after.groups, after.mutes) == ((), before.mutes)
    last = groups.last(board.id)
    assert last is not None
    assert last.finding.state is State.RESOLVED
    assert last.turn is NotificationReason.RESOLVED


def keeping(stack: Stack) -> Keeping:
    """Return the groups of the stack."""
    groups = DynamoGroups(stack.cloud.incidents)
    return Keeping(groups, stack.incidents, Rules())


def kept(stack: Stack, firing: Incident) -> Any:
    """Store an incident that today's code mailed, and return its group."""
    stored = stack.incidents.put(replace(firing, version=firing.version - 1))
    keeping(stack).take(stored, datetime.now(UTC))
    (group,) = DynamoGroups(stack.cloud.incidents).get().groups
    assert group.number == 1
    return group
