"""Specification of the stored groups: `parallax.groups.table` and `keeping`."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parallax.groups.alert import alone
from parallax.groups.keeping import Keeping
from parallax.groups.opening import open_keeping
from parallax.groups.table import KEY, DynamoGroups, alert_in, alert_item
from parallax.groups.take import take
from parallax.incidents.items import ConflictError
from parallax.incidents.table import DynamoIncidents, to_item
from parallax.model.finding import NotificationReason, State
from parallax.model.group import Groups
from parallax.model.packed import UnreadableError
from parallax.model.target import Reached, Target
from parallax.settings import Settings
from tests.parallax import scenarios as s
from tests.parallax.groups.incidents import RULES, at, incident, resolved
from tests.parallax.sent_finding import FINDING
from tests.parallax.throttle import throttled

WATCHED = tuple(
    Target(
        name=name,
        url=f"https://{name}.example/",
        reached=Reached(load_balancer=balancer, cluster="shop"),
    )
    for name, balancer in [("a", "lb-1"), ("b", "lb-1"), ("c", "lb-1"), ("d", "lb-2")]
)


def keeping(cloud: Any, *watched: Target) -> Keeping:
    """Return a new invocation's groups."""
    tables = DynamoGroups(cloud.incidents), DynamoIncidents(cloud.incidents)
    return Keeping(*tables, RULES, watched)


def opened(cloud: Any) -> Keeping:
    """Return the groups as `notify` opens them, with its dead letters."""
    tables = {"incidents_table": cloud.incidents}
    return open_keeping(Settings(**tables, dead_letters_url=cloud.dead_letters))


def letters(cloud: Any) -> list[Any]:
    """Return the dead letters."""
    return [json.loads(body) for body in cloud.messages(cloud.dead_letters)]


def test_groups_and_alerts_are_stored_together(cloud: Any) -> None:
    """Neither is there without the other."""
    one = incident("a")
    with throttled("TransactWriteItems"), pytest.raises(Exception, match="slow down"):
        keeping(cloud).take(one, at(0))
    groups = DynamoGroups(cloud.incidents)
    assert groups.get() == Groups()
    keeping(cloud).take(one, at(0))
    (group,) = groups.get().groups
    alert = groups.last(group.id)
    assert alert
    assert (alert.number, alert.turn) == (1, NotificationReason.FIRING)
    assert alert.finding == replace(one.finding or FINDING, turn=alert.turn)


def test_an_older_version_replaces_no_newer_one(cloud: Any) -> None:
    """Two invocations read the same groups; the second one reads again."""
    first, second = keeping(cloud), keeping(cloud)
    first._read()
    second._read()
    first.take(incident("a"), at(0))
    second.take(incident("b"), at(0))
    (group,) = DynamoGroups(cloud.incidents).get().groups
    assert [m.target for m in group.members] == ["a", "b"]
    with pytest.raises(ConflictError):
        DynamoGroups(cloud.incidents).put(Groups(), [alone(FINDING)])


def test_an_alert_states_who_is_not_affected(cloud: Any) -> None:
    """Three targets use the balancer; the fourth uses another one."""
    keeping(cloud, *WATCHED).take(incident("a"), at(0))
    (group,) = DynamoGroups(cloud.incidents).get().groups
    alert = DynamoGroups(cloud.incidents).last(group.id)
    assert alert
    assert alert.watched == 3
    known = [(one.place and one.place.name, one.names) for one in alert.unaffected]
    assert known == [("lb-1", ("b", "c")), ("lb-2", ("d",))]


def test_the_last_alert_keeps_the_finding_of_the_failure(cloud: Any) -> None:
    """Who opens the link later reads what it was, not only that it is over."""
    keeping(cloud).take(incident("a"), at(0))
    groups = DynamoGroups(cloud.incidents)
    (group,) = groups.get().groups
    firing = groups.last(group.id)
    assert firing
    assert firing.failure is None
    keeping(cloud).take(resolved("a", version=2), at(1))
    last = groups.last(group.id)
    assert last
    assert last.turn is NotificationReason.RESOLVED
    assert last.failure == firing.finding


def test_the_minute_takes_what_the_stream_lost(cloud: Any) -> None:
    """A beginning and an end; and it changes nothing if nothing was lost."""
    incidents, groups = DynamoIncidents(cloud.incidents), DynamoGroups(cloud.incidents)
    incidents.put(incident("a", version=0))
    keeping(cloud).tick(at(0))
    (group,) = groups.get().groups
    before = groups.get()
    keeping(cloud).tick(at(1))
    assert groups.get() == before
    incidents.put(resolved("a", version=1))
    keeping(cloud).tick(at(2))
    assert groups.get().groups == ()
    last = groups.last(group.id)
    assert last
    assert last.turn is NotificationReason.RESOLVED


def test_what_the_stream_lost_is_taken_in_one_write(
    cloud: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A dead balancer changes hundreds of incidents, and each write stores all."""
    incidents, groups = DynamoIncidents(cloud.incidents), DynamoGroups(cloud.incidents)
    for name in ("a", "b", "c"):
        incidents.put(incident(name, version=0))
    keeping(cloud).tick(at(0))
    board = groups.get()
    assert [len(group.members) for group in board.groups] == [3]
    assert board.version == 1
    assert caplog.messages == []


def test_unreadable_groups_are_replaced_and_open_incidents_found_again(
    cloud: Any,
) -> None:
    """A mail too many, not one too few. The damaged item is kept as a dead letter."""
    DynamoIncidents(cloud.incidents).put(incident("a", version=0))
    damage(cloud)
    opened(cloud).tick(at(0))
    board = DynamoGroups(cloud.incidents).get()
    assert len(board.groups) == 1
    assert board.version > 7  # so that a writer of before cannot replace them
    (letter,) = letters(cloud)
    assert letter["record"]["item"]["pk"] == {"S": KEY}
    assert letter["reason"].startswith(KEY)


def damage(cloud: Any) -> None:
    """Make the groups' item unreadable."""
    broken = {"pk": {"S": KEY}, "version": {"N": "7"}, "payload": {"B": b"x"}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)


def test_who_only_reads_replaces_no_unreadable_groups(cloud: Any) -> None:
    """A page that somebody opens must not end the acknowledgments of all groups."""
    damage(cloud)
    with pytest.raises(UnreadableError):
        DynamoGroups(cloud.incidents).get()
    key = {"pk": {"S": KEY}}
    found = cloud.client("dynamodb").get_item(TableName=cloud.incidents, Key=key)
    assert found["Item"]["version"] == {"N": "7"}


def test_an_alert_without_a_finding_is_a_dead_letter(cloud: Any) -> None:
    """The groups count it as mailed, so somebody has to learn that nobody got it."""
    bare = replace(incident("a", version=0), finding=None)
    DynamoIncidents(cloud.incidents).put(bare)
    board, _ = take(Groups(), incident("a"), at(0), RULES)
    untold = replace(board.groups[0], number=0, mailed_at=None, held_back=True)
    DynamoGroups(cloud.incidents).put(replace(board, groups=(untold,)))
    opened(cloud).tick(at(0))
    (letter,) = letters(cloud)
    assert letter["reason"] == "groups: alert firing has no finding"
    assert letter["record"]["group"]["id"] == untold.id


def test_an_unreadable_incident_of_a_group_is_a_dead_letter(cloud: Any) -> None:
    """It is replaced by a resolved one, and the group ends with it."""
    stored = DynamoIncidents(cloud.incidents).put(incident("a", version=0))
    opened(cloud).take(stored, at(0))
    item = to_item(replace(stored, state=State.RECOVERING)) | {"payload": {"B": b""}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=item)
    opened(cloud).tick(at(1))
    (letter,) = letters(cloud)
    assert letter["record"]["item"]["pk"] == {"S": "a"}
    assert DynamoGroups(cloud.incidents).get().groups == ()


def test_a_wrong_targets_file_stops_no_alert(
    cloud: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alert then does not state who is not affected."""
    wrong = tmp_path / "targets.yaml"
    wrong.write_text("targets: 3")
    monkeypatch.setenv("PARALLAX_TARGETS", str(wrong))
    assert opened(cloud).watched == ()
    wrong.write_text("targets:\n- name: front\n  url: https://front.example/\n")
    assert [one.name for one in opened(cloud).watched] == ["front"]


def test_a_deleted_incident_leaves_its_group(cloud: Any) -> None:
    """No mail reports that its target recovered; systems close their alert."""
    incidents, groups = DynamoIncidents(cloud.incidents), DynamoGroups(cloud.incidents)
    for name in ("a", "b"):
        keeping(cloud).take(incidents.put(incident(name, version=0)), at(0))
    (group,) = groups.get().groups
    for name, left in (("a", ["b"]), ("b", [])):
        key = {"pk": {"S": name}}
        cloud.client("dynamodb").delete_item(TableName=cloud.incidents, Key=key)
        keeping(cloud).tick(at(1))
        members = [m.target for g in groups.get().groups for m in g.members]
        assert members == left
    alert = groups.last(group.id)
    assert alert
    assert (alert.turn, alert.muted) == (NotificationReason.RESOLVED, True)
    assert (alert.recovered, alert.finding.state) == ((), State.RESOLVED)
    assert alert.finding.judged_at == at(1)


def test_a_finding_too_large_loses_its_snapshot_and_not_its_alert(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in the incident's own item."""
    large = alone(replace(FINDING, snapshot=s.wrong_port()))
    size = len(alert_item(large)["payload"]["B"])
    monkeypatch.setattr("parallax.groups.table.ITEM_LIMIT", size)
    assert alert_in(alert_item(large)) == large
    monkeypatch.setattr("parallax.groups.table.ITEM_LIMIT", size - 1)
    small = alert_in(alert_item(large))
    problem = "The snapshot was not stored: it is too large for the incidents table."
    finding = replace(large.finding, snapshot=None, snapshot_problem=problem)
    assert small == replace(large, finding=finding)


def test_groups_too_large_lose_what_they_remember_and_no_member(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of incidents are open; each is still in its group."""
    monkeypatch.setattr("parallax.groups.table.ITEM_LIMIT", 300)
    for name in ("a", "b"):
        keeping(cloud).take(incident(name), at(0))
    board = DynamoGroups(cloud.incidents).get()
    assert [m.target for m in board.groups[0].members] == ["a", "b"]
    assert board.seen == ()


def test_a_pending_incident_that_ended_is_forgotten(cloud: Any) -> None:
    """Its end was lost; the minute takes it from the table."""
    keeping(cloud).take(incident("a", 1, State.PENDING), at(0))
    DynamoIncidents(cloud.incidents).put(resolved("a", version=0))
    DynamoIncidents(cloud.incidents).put(resolved("a", version=1))
    keeping(cloud).tick(at(1))
    assert DynamoGroups(cloud.incidents).get().pending == ()
