"""Move: targets that share an incident publish it once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from parallax.diagnose.judge import judge
from parallax.incidents.move import Moves, Recent
from parallax.incidents.table import DynamoIncidents
from parallax.model.cluster import NodeReport
from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.probe import ProbeRun
from parallax.model.target import Recurring
from parallax.snapshots.bucket import Bucket
from parallax.snapshots.claim_check import ClaimCheck
from parallax.snapshots.download import fetch
from parallax.story.rules import Rules
from tests.parallax import pieces
from tests.parallax import scenarios as s

AGENT = f"{s.TARGET.reached.cluster}/agent"
A, B = (replace(s.TARGET, name=name) for name in ("a", "b"))
DEAD = s.NODES[0]
TICK = timedelta(seconds=15)

type Published = list[tuple[NotificationReason | None, int]]


def recent(
    now: datetime, *, silent: bool
) -> Callable[..., list[ProbeRun | NodeReport]]:
    """Return a healthy journal, in which one agent may be silent."""

    def ask(target: str, _since: datetime) -> list[ProbeRun | NodeReport]:
        run = pieces.run(s.OK, at=now - TICK, investigated=False)
        spoken = [
            replace(r, sent_at=now, received_at=now, target=target)
            for r in pieces.reports(at=now)
        ]
        long_ago = now - timedelta(minutes=10)
        reports = [
            replace(r, sent_at=long_ago, received_at=long_ago)
            if silent and r.node == DEAD
            else r
            for r in spoken
        ]
        return [replace(run, target=target), *reports]

    return ask


def moves(journal: Recent, table: DynamoIncidents) -> Moves:
    """Return the moves of a journal and a table, with the usual rules."""
    return Moves(recent=journal, incidents=table, rules=Rules())


def shared(moved: list[Incident], published: Published) -> None:
    """Record the findings of the agents' incident."""
    for incident in moved:
        if incident.subject == AGENT and incident.finding is not None:
            published.append((incident.finding.turn, incident.number))


def turns(published: Published) -> list[NotificationReason]:
    """Return the mails, each finding once."""
    return [turn for turn, _ in dict.fromkeys(published) if turn is not None]


def test_a_dead_agent_is_one_incident_of_all_targets(cloud: Any) -> None:
    """Two targets observe it; one mail, and one more after the quiet time."""
    table, published = DynamoIncidents(cloud.incidents), list[Any]()
    for tick in range(60):
        now = s.NOW + tick * TICK
        for target in (A, B):
            journal = recent(now, silent=tick < 20)
            shared(moves(journal, table).move(target, now), published)
    assert turns(published) == [NotificationReason.FIRING, NotificationReason.RESOLVED]
    assert table.unresolved() == ()


def test_targets_that_disagree_do_not_make_it_flap(cloud: Any) -> None:
    """One target's reports are stale, the other's are not: one mail."""
    table, published = DynamoIncidents(cloud.incidents), list[Any]()
    for tick in range(80):
        now = s.NOW + tick * TICK
        for target in (A, B):
            journal = recent(now, silent=tick < 10 or (tick < 50 and target is A))
            shared(moves(journal, table).move(target, now), published)
    assert turns(published) == [NotificationReason.FIRING, NotificationReason.RESOLVED]


class Interrupted(DynamoIncidents):
    """Incidents in which another target's judgement comes between reading and storing.

    Only the race is made; the table and its condition are the emulator's.
    """

    def __init__(
        self,
        table: str,
        between: Callable[[], object],
        times: int,
        subject: str = AGENT,
    ) -> None:
        super().__init__(table)
        self._between, self._left, self._subject = between, times, subject

    def put(self, incident: Incident) -> Incident:
        """Store an incident, after somebody else did."""
        if incident.subject == self._subject and self._left:
            self._left -= 1
            self._between()
        return super().put(incident)


def test_a_conflict_stores_the_snapshot_once_and_before_the_incident(
    cloud: Any, bucket: str
) -> None:
    """A finding never refers to an object that does not exist."""
    s3, seen = cloud.client("s3"), list[list[str]]()

    def between() -> None:
        listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        seen.append([found["Key"] for found in listed])
        raced.put(replace(other, version=0))

    raced = Interrupted(cloud.incidents, between, times=1, subject=s.TARGET.name)
    snapshot = s.wrong_port()
    assert snapshot.run
    assert snapshot.balancer
    known = [snapshot.run, snapshot.balancer, *snapshot.reports]
    other = Incident(
        id="other",
        subject=s.TARGET.name,
        state=State.RESOLVED,
        since=s.NOW,
        changed_at=s.NOW,
        cause="not-established",
    )
    check_in = ClaimCheck(Bucket(bucket)).check_in
    judging = replace(moves(lambda *_: known, raced), check_in=check_in)
    (moved,) = judging.move(s.TARGET, s.NOW)
    assert moved.version == 2
    assert moved.finding
    assert moved.finding.snapshot is None
    reference = moved.finding.snapshot_ref
    assert reference
    assert [reference.url] == [f"s3://{bucket}/{key}" for (key,) in seen]
    assert len(s3.list_objects_v2(Bucket=bucket)["Contents"]) == 1
    judged = fetch(reference)
    assert (judged.taken_at, judge(judged).cause) == (s.NOW, moved.cause)
    assert raced.get(s.TARGET.name) == moved


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_two_judgements_in_the_same_second_make_one_incident(
    cloud: Any, seconds: int
) -> None:
    """The second one reads again, and publishes nothing."""
    table, published = DynamoIncidents(cloud.incidents), list[Any]()
    for tick in range(8):
        now = s.NOW + tick * TICK
        other = now + timedelta(seconds=seconds)

        def between(other: datetime = other) -> None:
            journal = recent(other, silent=True)
            shared(moves(journal, table).move(B, other), published)

        raced = Interrupted(cloud.incidents, between, times=1)
        shared(moves(recent(now, silent=True), raced).move(A, now), published)
    assert turns(published) == [NotificationReason.FIRING]
    incident = table.get(AGENT)
    assert incident is not None
    assert incident.state is State.FIRING


def test_a_recurring_window_holds_a_mail_back_until_it_ends(cloud: Any) -> None:
    """The silence began in the window; its snapshot has the window's instants."""
    begins = s.NOW.hour * 60 + s.NOW.minute
    window = Recurring(
        begins=begins, ends=begins + 8, time_zone="UTC", reason="new nodes"
    )
    target = replace(A, recurring=(window,))
    table, mails = DynamoIncidents(cloud.incidents), list[datetime]()
    for tick in range(48):
        now = s.NOW + tick * TICK
        for incident in moves(recent(now, silent=True), table).move(target, now):
            finding = incident.finding
            if incident.subject == AGENT and finding:
                assert finding.snapshot
                assert not finding.snapshot.target.recurring
                opened = len(finding.snapshot.target.maintenance)
                assert opened == (now < s.NOW.replace(second=0) + 32 * TICK)
                mails += [now] if finding.turn and finding.judged_at == now else []
    (sent,) = mails
    assert timedelta() <= sent - (s.NOW.replace(second=0) + 32 * TICK) < TICK
