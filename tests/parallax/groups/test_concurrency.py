"""Specification of groups that several invocations change, or one that is stopped."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from parallax.aws import client
from parallax.groups import keeping as module
from parallax.groups.keeping import Keeping
from parallax.groups.table import KEY, DynamoGroups
from parallax.incidents.items import ConflictError
from parallax.incidents.table import DynamoIncidents
from parallax.model.finding import NotificationReason, State
from parallax.model.group import Groups
from parallax.notify.begun import Begun
from tests.parallax.groups.incidents import LB, OTHER, RULES, at, incident, resolved
from tests.parallax.throttle import answer

FIRING, RESOLVED = NotificationReason.FIRING, NotificationReason.RESOLVED


def keeping(cloud: Any) -> Keeping:
    """Return a new invocation's groups."""
    table = cloud.incidents
    groups = DynamoGroups(table, lambda _item, _reason: None)
    return Keeping(groups, DynamoIncidents(table), RULES)


def stored(cloud: Any) -> Groups:
    """Return the groups as stored."""
    return DynamoGroups(cloud.incidents).get()


@contextmanager
def interrupted(operation: str, *, after: bool) -> Iterator[list[str]]:
    """Stop the next call of an operation before it is sent, or lose its response."""
    events, hits = client("dynamodb").meta.events, list[str]()
    name = f"{'after-call' if after else 'before-send'}.dynamodb.{operation}"

    def stop(**_: Any) -> None:
        if not hits:
            hits.append(operation)
            raise KeyboardInterrupt

    events.register_first(name, stop)
    try:
        yield hits
    finally:
        events.unregister(name, stop)


@contextmanager
def canceled(operation: str, code: str, *reasons: str) -> Iterator[list[str]]:
    """Answer the next call of an operation with DynamoDB's error."""
    events, hits = client("dynamodb").meta.events, list[str]()
    listed = [{"Code": reason} for reason in reasons]
    error = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}
    body = json.dumps(error | {"CancellationReasons": listed})

    def refuse(request: Any, **_: Any) -> Any:
        if hits:
            return None
        hits.append(operation)
        return answer(request.url, 400, body)

    name = f"before-send.dynamodb.{operation}"
    events.register_first(name, refuse)
    try:
        yield hits
    finally:
        events.unregister(name, refuse)


def test_invocations_at_the_same_time_lose_nothing(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight at once; each member is there, and the thread has one beginning."""
    monkeypatch.setattr(module, "ATTEMPTS", 100)
    names = [f"t{n}" for n in range(8)]
    client("dynamodb")  # made once, before the threads share it

    def run(name: str) -> None:
        keeping(cloud).take(incident(name, 1), at(0))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, names))
    (group,) = stored(cloud).groups
    assert {m.target for m in group.members} == set(names)
    assert (group.number, stored(cloud).version) == (1, 8)
    alert = DynamoGroups(cloud.incidents).last(group.id)
    assert alert
    assert alert.turn is FIRING


def test_a_record_and_the_minute_at_the_same_time_send_one_alert(cloud: Any) -> None:
    """Both see the incident that no group has; the second one reads again."""
    one = DynamoIncidents(cloud.incidents).put(incident("a", version=0))
    record, minute = keeping(cloud), keeping(cloud)
    record._read()
    minute._read()
    record.take(one, at(0))
    minute.tick(at(0))
    (group,) = stored(cloud).groups
    assert group.number == 1


@pytest.mark.parametrize("after", [False, True])
def test_a_stopped_invocation_changes_all_or_nothing(
    cloud: Any,
    after: bool,  # noqa: FBT001 - before or after the table took it
) -> None:
    """Its record is delivered twice, and the alert is stored once."""
    one = incident("a")
    with (
        interrupted("TransactWriteItems", after=after) as hits,
        pytest.raises(KeyboardInterrupt),
    ):
        keeping(cloud).take(one, at(0))
    assert hits
    assert len(stored(cloud).groups) == int(after)
    keeping(cloud).take(one, at(1))
    (group,) = stored(cloud).groups
    assert group.number == 1
    alert = DynamoGroups(cloud.incidents).last(group.id)
    assert alert
    assert alert.at == at(0 if after else 1)


def test_a_lost_response_is_no_second_alert(cloud: Any) -> None:
    """Botocore sends the transaction again; the table has its token or version."""
    events, hits = client("dynamodb").meta.events, list[str]()

    def lose(request: Any, **_: Any) -> Any:
        if hits:
            return None
        hits.append(request.url)
        client("dynamodb")._endpoint.http_session.send(request)
        raise ReadTimeoutError(endpoint_url=request.url)

    name = "before-send.dynamodb.TransactWriteItems"
    events.register_first(name, lose)
    try:
        keeping(cloud).take(incident("a"), at(0))
    finally:
        events.unregister(name, lose)
    (group,) = stored(cloud).groups
    assert group.number == 1


@pytest.mark.parametrize("reason", ["TransactionConflict", "ConditionalCheckFailed"])
def test_a_transaction_that_met_another_one_is_repeated(
    cloud: Any, reason: str
) -> None:
    """With the groups as they are then."""
    code = "TransactionCanceledException"
    with canceled("TransactWriteItems", code, reason, "None") as hits:
        keeping(cloud).take(incident("a"), at(0))
    assert hits
    assert len(stored(cloud).groups) == 1


def test_a_transaction_that_no_retry_helps_is_no_conflict(cloud: Any) -> None:
    """The record fails with DynamoDB's error, not with one that hides it."""
    code = "TransactionCanceledException"
    with (
        canceled("TransactWriteItems", code, "ValidationError", "None"),
        pytest.raises(ClientError, match="Canceled"),
    ):
        keeping(cloud).take(incident("a"), at(0))


def test_a_write_that_met_a_transaction_is_repeated(cloud: Any) -> None:
    """A pending incident has no alert, so it is a plain write."""
    pending = incident("a", 1, State.PENDING)
    with canceled("PutItem", "TransactionConflictException") as hits:
        keeping(cloud).take(pending, at(0))
    assert hits
    assert len(stored(cloud).pending) == 1


def test_too_many_conflicts_fail_the_record(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda then delivers it again."""
    monkeypatch.setattr(module, "ATTEMPTS", 1)
    code = "TransactionCanceledException"
    with (
        canceled("TransactWriteItems", code, "TransactionConflict"),
        pytest.raises(ConflictError),
    ):
        keeping(cloud).take(incident("a"), at(0))


def test_one_incident_that_cannot_be_taken_stops_no_other(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The minute takes the rest, sends reminders, and raises at the end."""
    incidents = DynamoIncidents(cloud.incidents)
    for name in ("a", "b"):
        incidents.put(incident(name, version=0, place=OTHER))
    now = keeping(cloud)
    real = module.take

    def fail(board: Any, one: Any, *rest: Any) -> Any:
        if one.subject == "a":
            raise RuntimeError("a is broken")
        return real(board, one, *rest)

    monkeypatch.setattr(module, "take", fail)
    monkeypatch.setattr("parallax.groups.take.take", fail)
    with pytest.raises(ExceptionGroup, match="not grouped"):
        now.tick(at(0))
    (group,) = stored(cloud).groups
    assert [m.target for m in group.members] == ["b"]


def test_groups_that_were_lost_are_mailed_under_a_new_id(cloud: Any) -> None:
    """A mail with an id that was sent would be dropped as a duplicate."""
    groups = DynamoGroups(cloud.incidents)
    one = DynamoIncidents(cloud.incidents).put(incident("a", version=0))
    keeping(cloud).take(one, at(0))
    (before,) = groups.get().groups
    for damage in ({"payload": {"B": b"x"}, "version": {"N": "7"}}, None):
        key = {"pk": {"S": KEY}}
        if damage:
            client("dynamodb").put_item(TableName=cloud.incidents, Item=key | damage)
        else:
            client("dynamodb").delete_item(TableName=cloud.incidents, Key=key)
        keeping(cloud).tick(at(5))
        (after,) = groups.get().groups
        assert (after.number, after.id != before.id) == (1, True)
        keeping(cloud).tick(at(6))
        assert groups.get().groups == (after,)


def test_an_end_without_a_finding_is_published(cloud: Any) -> None:
    """Its record was lost for so long that the sweep has taken its finding."""
    incidents, groups = DynamoIncidents(cloud.incidents), DynamoGroups(cloud.incidents)
    keeping(cloud).take(incidents.put(incident("a", version=0)), at(0))
    (group,) = groups.get().groups
    incidents.put(resolved("a", version=1, finding=None, changed_at=at(30)))
    keeping(cloud).tick(at(120))
    alert = groups.last(group.id)
    assert alert
    assert (alert.turn, alert.number) == (RESOLVED, 2)
    assert alert.finding.state is State.RESOLVED
    assert alert.finding.judged_at == at(30)


def test_an_incident_that_ends_the_process_stops_no_other_and_no_reminder(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The minute after next, only this incident is not grouped."""
    table = DynamoIncidents(cloud.incidents)
    for name, place in (("api", LB), ("web", OTHER)):
        table.put(replace(incident(name, place=place), version=0))
    real = module.take

    def ends(board: Groups, one: Any, *rest: Any) -> Any:
        if one.subject == "api":
            raise KeyboardInterrupt
        return real(board, one, *rest)

    monkeypatch.setattr(module, "take", ends)
    monkeypatch.setattr(
        module, "take_some", lambda board, ones, *r: ends(board, ones[0], *r)
    )
    for _ in range(2):  # all together, then this one alone
        with pytest.raises(KeyboardInterrupt):
            guarded(cloud).tick(at(0))
    with pytest.raises(ExceptionGroup, match="not grouped"):
        guarded(cloud).tick(at(0))
    assert [g.members[0].target for g in stored(cloud).groups] == ["web"]


def guarded(cloud: Any) -> Keeping:
    """Return a new invocation's groups, as `notify` keeps them."""
    return replace(keeping(cloud), begin=Begun(cloud.incidents).begin)
