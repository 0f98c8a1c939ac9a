"""Properties of groups: any order, any loss, any clock, and no alarm is swallowed.

A machine drives the stack's own `Keeping` with incidents that begin, change, recover
and end as `parallax.story` lets them. The stream between loses, doubles and delays
their records; people mute and acknowledge; minutes pass; clocks jump. Invariants hold
after each step, and stronger ones after each minute.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from parallax.groups.keeping import Keeping
from parallax.groups.members import REMEMBERED, group_of
from parallax.groups.person import acknowledge, mute, unmute
from parallax.groups.take import take, take_some
from parallax.groups.tick import tick
from parallax.incidents.index import Open
from parallax.incidents.items import ConflictError
from parallax.model.alert import Alert
from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.group import Groups, Mute
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.packed import ITEM_LIMIT, pack, unpack
from parallax.model.place import Place, PlaceKind
from parallax.model.target import Maintenance, Target
from tests.parallax.groups.incidents import RULES, at, incident
from tests.parallax.sent_finding import NOON

TARGETS = tuple(f"t{n}" for n in range(4))
LB1 = Place(kind=PlaceKind.LOAD_BALANCER, name="lb-1")
LB2 = Place(kind=PlaceKind.LOAD_BALANCER, name="lb-2")
NODES = Place(kind=PlaceKind.CLUSTER, name="k")
PLACES = {name: (LB1 if n < 3 else LB2, NODES) for n, name in enumerate(TARGETS)}
CAUSES = {
    "lb-no-target": PlaceKind.LOAD_BALANCER,
    "lb-no-healthy-target": PlaceKind.LOAD_BALANCER,
    "node-down": PlaceKind.CLUSTER,
    NOT_ESTABLISHED: PlaceKind.LOAD_BALANCER,
}
ENDS = {NotificationReason.RESOLVED, NotificationReason.MERGED}
HOUR = timedelta(hours=1)
names, causes = st.sampled_from(TARGETS), st.sampled_from(sorted(CAUSES))


def place_at(target: str, cause: str) -> Place:
    """Return the place that a cause of a target blames."""
    return next(p for p in PLACES[target] if p.kind is CAUSES[cause])


def begun(target: str, cause: str, now: datetime, before: Incident | None) -> Incident:
    """Return the first version of a new incident, which is not confirmed."""
    version = before.version if before else 0
    identity = str(uuid5(NAMESPACE_URL, f"{target}:{version}"))
    made = incident(target, version, State.PENDING, cause, place_at(target, cause))
    assert made.finding
    finding = replace(
        made.finding, incident=identity, since=now, places=PLACES[target], turn=None
    )
    return replace(made, id=identity, since=now, changed_at=now, finding=finding)


def moved(before: Incident, state: State, now: datetime, **changes: Any) -> Incident:
    """Return the next version, in another state or with another cause."""
    assert before.finding
    finding = replace(before.finding, state=state, judged_at=now)
    after = replace(before, state=state, changed_at=now, finding=finding)
    return replace(after, **changes)


def mailed(before: Incident, cause: str, now: datetime) -> Incident:
    """Return the next version, whose mail names a cause."""
    assert before.finding
    place = place_at(before.subject, cause)
    finding = replace(before.finding, cause=cause, place=place)
    named = replace(before, finding=finding, mailed_at=now, cause=cause)
    return moved(
        replace(named, mailed_cause=cause, mailed_place=place), State.FIRING, now
    )


class Incidents:
    """The incidents' table, in memory."""

    def __init__(self) -> None:
        self.by_subject: dict[str, Incident] = {}

    def get(self, subject: str) -> Incident | None:
        """Return an incident as last stored."""
        return self.by_subject.get(subject)

    def put(self, one: Incident) -> Incident:
        """Store the next version."""
        stored = replace(one, version=one.version + 1)
        self.by_subject[one.subject] = stored
        return stored

    def open(self) -> dict[str, Open]:
        """Return those that have not ended."""
        return {
            name: Open(subject=name, state=one.state, since=one.since)
            for name, one in self.by_subject.items()
            if one.state is not State.RESOLVED
        }


class Board:
    """The groups' item, in memory; it is packed as the real one."""

    def __init__(self) -> None:
        self.board = Groups()
        self.alerts: list[Alert] = []
        self.refuse = 0

    def get(self) -> Groups:
        """Return the groups as last stored."""
        return unpack(Groups, pack(self.board))

    def last(self, group: str) -> Alert | None:
        """Return the last alert of a group."""
        return next((a for a in reversed(self.alerts) if a.group == group), None)

    def put(self, board: Groups, alerts: Sequence[Alert] = ()) -> Groups:
        """Store the groups, unless another change came first."""
        if self.refuse:
            self.refuse -= 1
            self.board = replace(self.board, version=self.board.version + 1)
        if board.version != self.board.version:
            raise ConflictError("groups/open")
        groups = [alert.group for alert in alerts]
        assert len(groups) == len(set(groups)), "one transaction, one write of an item"
        self.board = replace(board, version=board.version + 1)
        self.alerts += alerts
        return self.board


class Month(RuleBasedStateMachine):
    """All that can happen to four targets behind two balancers of one cluster."""

    @initialize()
    def start(self) -> None:
        """Begin with nothing."""
        self.now = NOON
        self.incidents, self.groups = Incidents(), Board()
        self.records: defaultdict[str, list[Incident]] = defaultdict(list)
        self.old: list[Incident] = []
        self.windows: dict[str, Maintenance] = {}
        self.ended: set[str] = set()
        self.members: dict[str, str] = {}
        self.minute_is_over = False

    def keeping(self) -> Keeping:
        """Return the groups as a new invocation sees them."""
        watched = [
            Target(name=n, url=f"https://{n}.example/", maintenance=self.window(n))
            for n in TARGETS
        ]
        return Keeping(self.groups, self.incidents, RULES, watched)  # type: ignore[arg-type]

    def window(self, name: str) -> tuple[Maintenance, ...]:
        """Return a target's maintenance windows."""
        return (self.windows[name],) if name in self.windows else ()

    def store(self, one: Incident) -> None:
        """Store a version, which the stream will deliver."""
        self.minute_is_over = False
        self.records[one.subject].append(self.incidents.put(one))

    @rule(name=names, cause=causes)
    def begin(self, name: str, cause: str) -> None:
        """Let a target begin to fail."""
        before = self.incidents.get(name)
        if before is None or before.state is State.RESOLVED:
            self.store(begun(name, cause, self.now, before))

    @rule(name=names, cause=causes)
    def confirm(self, name: str, cause: str) -> None:
        """Confirm a failure or change its cause, unless the target is maintained."""
        one = self.incidents.get(name)
        if one is None or one.state is State.RESOLVED or name in self.windows:
            return
        if one.mailed_cause and cause == NOT_ESTABLISHED:
            return
        self.store(mailed(one, cause, self.now))

    @rule(which=st.lists(st.tuples(names, causes), min_size=2, max_size=4))
    def fail_together(self, which: list[tuple[str, str]]) -> None:
        """Let several targets fail with different evidence."""
        for name, _ in which:
            self.begin(name, NOT_ESTABLISHED)
        for name, cause in which:
            self.confirm(name, cause)

    @rule(name=names)
    def miss_evidence(self, name: str) -> None:
        """Store a finding without a cause; the mailed cause stays."""
        one = self.incidents.get(name)
        if one and one.finding and one.state is State.FIRING:
            place = place_at(name, NOT_ESTABLISHED)
            finding = replace(one.finding, cause=NOT_ESTABLISHED, place=place)
            self.store(moved(replace(one, finding=finding), State.FIRING, self.now))

    @rule(name=names)
    def recover(self, name: str) -> None:
        """Let a confirmed failure be healthy for the moment, or fail again."""
        one = self.incidents.get(name)
        other = {
            State.FIRING: State.RECOVERING,
            State.RECOVERING: State.FIRING,
        }
        if one and one.state in other:
            self.store(moved(one, other[one.state], self.now))

    @rule(name=names, shrunk=st.booleans())
    def end(self, name: str, shrunk: bool) -> None:  # noqa: FBT001 - drawn
        """End an incident; perhaps its finding is gone before anyone reads it."""
        one = self.incidents.get(name)
        if one and one.state is not State.RESOLVED:
            self.ended.add(one.id)
            self.store(moved(one, State.RESOLVED, self.now))
            if shrunk:
                last = self.incidents.get(name)
                assert last
                self.store(replace(last, finding=None, found_in=None))

    @rule(name=names, twice=st.booleans())
    def deliver(self, name: str, twice: bool) -> None:  # noqa: FBT001 - drawn
        """Deliver the oldest record of a subject."""
        if self.records[name]:
            self.minute_is_over = False
            one = self.records[name].pop(0)
            self.old.append(one)
            for _ in range(1 + twice):
                self.keeping().take(one, self.now)

    @rule()
    def deliver_all(self) -> None:
        """Deliver all records that the stream has."""
        records = [one for name in TARGETS for one in self.records[name]]
        self.records.clear()
        self.old += records
        self.minute_is_over = False
        self.keeping().take_all(records, self.now)

    @rule(name=names, every=st.booleans())
    def lose(self, name: str, every: bool) -> None:  # noqa: FBT001 - drawn
        """Lose a record, or each one."""
        if self.records[name]:
            del self.records[name][: None if every else 1]

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Replay an old record, as an operator does."""
        if self.old:
            self.minute_is_over = False
            one = data.draw(st.sampled_from(self.old))
            self.keeping().take(one, self.now)

    @rule(seconds=st.sampled_from([1, 60, 301, 700, 22000]))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.minute_is_over = False
        self.now += timedelta(seconds=seconds)

    @rule(hours=st.sampled_from([-30, -1, 1, 30]))
    def jump(self, hours: int) -> None:
        """Set the clock."""
        self.minute_is_over = False
        self.now += hours * HOUR

    @rule(times=st.integers(1, 3))
    def collide(self, times: int) -> None:
        """Let the next writes meet other ones."""
        self.groups.refuse = times

    @rule(name=names, minutes=st.sampled_from([1, 90]), whole=st.booleans())
    def silence(self, name: str, minutes: int, whole: bool) -> None:  # noqa: FBT001 - drawn
        """Mute a target or its group."""
        group = group_of(self.groups.board, name)
        subject = group.id if whole and group else name
        until = self.now + timedelta(minutes=minutes)
        quiet = Mute(subject=subject, until=until, by="kim", at=self.now)
        self.minute_is_over = False
        self.keeping().change(lambda board: (mute(board, quiet), ()))

    @rule()
    def speak(self) -> None:
        """Take back all mutes."""
        self.minute_is_over = False
        for quiet in self.groups.board.mutes:
            subject = quiet.subject
            self.keeping().change(lambda board, s=subject: (unmute(board, s), ()))

    @rule(name=names)
    def take_over(self, name: str) -> None:
        """Acknowledge a target's group."""
        group = group_of(self.groups.board, name)
        if group:
            self.keeping().change(
                lambda board: (acknowledge(board, group, "kim", self.now), ())
            )

    @rule(name=names)
    def maintain(self, name: str) -> None:
        """Begin or end a maintenance window."""
        self.minute_is_over = False
        if self.windows.pop(name, None) is None:
            self.windows[name] = Maintenance(
                starts_at=self.now - 1000 * HOUR,
                ends_at=self.now + 1000 * HOUR,
                reason="planned",
            )

    @rule()
    def minute(self) -> None:
        """Call what is called each minute."""
        self.groups.refuse = 0
        self.keeping().tick(self.now)
        self.minute_is_over = True

    @invariant()
    def no_group_is_empty_and_nobody_is_in_two(self) -> None:
        """Check that a target is a member of one group, or pending, or neither."""
        board = self.groups.board
        members = [m.target for g in board.groups for m in g.members]
        members += [m.target for m in board.pending]
        assert all(g.members for g in board.groups)
        assert len(members) == len(set(members))

    @invariant()
    def every_thread_is_in_order(self) -> None:
        """Numbered 1 to n, FIRING first, one end, which is the last; ids are new."""
        threads: defaultdict[str, list[Alert]] = defaultdict(list)
        for alert in self.groups.alerts:
            threads[alert.group].append(alert)
        opened = {g.id: g for g in self.groups.board.groups}
        for identity, alerts in threads.items():
            assert [a.number for a in alerts] == list(range(1, len(alerts) + 1))
            assert alerts[0].turn is NotificationReason.FIRING
            assert not any(a.turn in ENDS for a in alerts[:-1])
            assert (alerts[-1].turn in ENDS) is (identity not in opened)
        ids = [alert.id for alert in self.groups.alerts]
        assert len(ids) == len(set(ids))

    @invariant()
    def nobody_leaves_who_did_not_recover(self) -> None:
        """Check that a member goes to another group, or after its incident ended."""
        board = self.groups.board
        now = {m.target: m.incident for g in board.groups for m in g.members}
        for target, identity in self.members.items():
            assert target in now or identity in self.ended
        self.members = now

    @invariant()
    def a_mute_is_kept(self) -> None:
        """While a group is muted, only its end is published, and marked."""
        for alert in self.groups.alerts:
            assert not alert.muted or alert.turn in ENDS

    @precondition(lambda self: self.minute_is_over)
    @invariant()
    def after_a_minute_each_alarm_has_one_group(self) -> None:
        """Whatever the stream lost: the groups hold what is open, and nothing else."""
        opened = self.incidents.open()
        board = self.groups.board
        members = {m.target: m for g in board.groups for m in g.members}
        alarms = {name for name in opened if self.incidents.by_subject[name].mailed_at}
        assert alarms <= members.keys() <= opened.keys()
        assert {m.target for m in board.pending} <= opened.keys() - alarms
        for name in alarms:
            assert members[name].state is opened[name].state

    @precondition(lambda self: self.minute_is_over)
    @invariant()
    def after_a_minute_no_alarm_is_untold(self) -> None:
        """Unless it is muted, maintained, or healthy at the moment."""
        board = self.groups.board
        muted = {m.subject for m in board.mutes if m.at <= self.now < m.until}
        for group in board.groups:
            targets = {m.target for m in group.members}
            silent = group.id in muted or targets <= muted
            rests = targets <= self.windows.keys()
            fails = any(m.state is State.FIRING for m in group.members)
            if fails and not silent and not rests:
                assert group.number

    @precondition(lambda self: self.minute_is_over)
    @invariant()
    def after_a_minute_no_target_fails_that_no_mail_listed(self) -> None:
        """Unless one fails that a mail listed, or the last mail is new."""
        board = self.groups.board
        muted = {m.subject for m in board.mutes if m.at <= self.now < m.until}
        for group in board.groups:
            targets = {m.target for m in group.members}
            fails = {m.target for m in group.members if m.state is State.FIRING}
            quiet = group.id in muted or targets <= muted
            new = fails - {*(group.mailed or ())} - self.windows.keys()
            handed_over = fails.isdisjoint(group.mailed or ())
            if quiet or not new or not (handed_over or group.acknowledged):
                continue
            assert group.mailed_at
            changes = 0 if handed_over else group.changes
            patience = timedelta(seconds=RULES.patience(changes))
            assert self.now - group.mailed_at < patience

    @precondition(lambda self: self.minute_is_over)
    @invariant()
    def after_a_minute_a_group_has_the_cause_of_a_member_that_fails(self) -> None:
        """Check that no mail names a cause that nobody shows any more."""
        board = self.groups.board
        muted = {m.subject for m in board.mutes if m.at <= self.now < m.until}
        for group in board.groups:
            targets = {m.target for m in group.members}
            fails = any(m.state is State.FIRING for m in group.members)
            quiet = group.id in muted or targets <= muted | self.windows.keys()
            if fails and not quiet and targets.isdisjoint(muted):
                shown = {(m.cause, m.place) for m in group.members}
                assert (group.cause, group.place) in shown


Month.TestCase.settings = settings(
    max_examples=120, stateful_step_count=60, deadline=None
)
TestMonth = Month.TestCase


@st.composite
def lives(draw: st.DrawFn) -> list[list[Incident]]:
    """Draw the versions of up to four incidents, each in order."""
    found: list[list[Incident]] = []
    for name in TARGETS[: draw(st.integers(1, 4))]:
        cause = draw(st.sampled_from(["lb-no-target", "node-down"]))
        steps = draw(st.sampled_from(["p", "pf", "pfr", "pfrf", "pfrx", "px"]))
        one, versions = begun(name, cause, NOON, None), list[Incident]()
        for step in steps:
            if step == "f":
                one = mailed(one, cause, NOON)
            elif step in "rx":
                state = {"r": State.RECOVERING, "x": State.RESOLVED}[step]
                one = moved(one, state, NOON)
            one = replace(one, version=one.version + 1)
            versions.append(one)
        found.append(versions)
    return found


def taken(versions: Sequence[Incident]) -> Groups:
    """Return the groups after these versions."""
    board = Groups()
    for one in versions:
        board, _ = take(board, one, at(0), RULES)
    return board


def taken_together(versions: Sequence[Incident]) -> Groups:
    """Return the groups after these versions, taken with few writes."""
    board, rest = Groups(), list(versions)
    while rest:
        board, due, number = take_some(board, rest, at(0), RULES)
        groups = [one.group.id for one in due]
        assert len(groups) == len(set(groups))
        assert number
        rest = rest[number:]
    return board


def membership(board: Groups) -> Any:
    """Return who is in which group, whatever the order."""
    groups = {
        (g.cause, g.place, frozenset((m.target, m.state) for m in g.members))
        for g in board.groups
    }
    return groups, frozenset(m.target for m in board.pending)


@given(lives(), st.randoms(use_true_random=False))
def test_any_interleaving_leads_to_the_same_groups(
    found: list[list[Incident]], random: Any
) -> None:
    """Only the order within one incident counts; duplicates count once."""
    in_turn = [one for versions in found for one in versions]
    queues = [list(versions) for versions in found]
    mixed: list[Incident] = []
    while any(queues):
        queue = random.choice([q for q in queues if q])
        one = queue.pop(0)
        mixed += [one] * random.choice([1, 1, 2])
        if random.random() < 0.3:
            mixed.append(random.choice(mixed))
    groups, pending = membership(taken(in_turn))
    for seen in (membership(taken(mixed)), membership(taken_together(mixed))):
        assert seen[0] == groups
        assert pending <= seen[1] <= set(TARGETS)


def test_any_order_of_three_alarms_is_one_group() -> None:
    """All orders, none excepted; and one alert."""
    alarms = [
        replace(mailed(begun(t, "lb-no-target", NOON, None), "lb-no-target", NOON))
        for t in TARGETS[:3]
    ]
    for order in permutations(replace(one, version=1) for one in alarms):
        (group,) = taken(order).groups
        assert {m.target for m in group.members} == set(TARGETS[:3])


def test_a_version_that_changes_nothing_is_not_written() -> None:
    """A failing target has one each minute; a late one of them changes nothing."""
    board, _ = take(Groups(), incident("a", 3), at(0), RULES)
    for version in (4, 5, 6):
        assert take(board, incident("a", version), at(1), RULES) == (board, ())
    after, _ = take(board, incident("a", 7, State.RECOVERING), at(2), RULES)
    assert after != board
    assert take(after, incident("a", 6), at(3), RULES) == (after, ())


def test_five_hundred_targets_that_fail_together_are_a_few_writes() -> None:
    """And one alert, which counts all of them, confirmed before or not."""
    alarms = [incident(f"t{number}") for number in range(500)]
    board, (due,), number = take_some(Groups(), alarms, at(0), RULES)
    assert number == 500
    assert len(due.group.members) == due.group.mailed_count == 500
    assert tick(board, (), at(6), RULES)[1] == ()


def test_two_alerts_of_one_group_are_two_writes() -> None:
    """The item of a group holds its last alert only."""
    life = [incident("a"), incident("a", 9, State.RESOLVED)]
    board, (due,), number = take_some(Groups(), life, at(0), RULES)
    assert (due.turn, number) == (NotificationReason.FIRING, 1)
    _, (end,), _ = take_some(board, life[1:], at(0), RULES)
    assert end.turn is NotificationReason.RESOLVED


def many(count: int, balancers: int) -> Groups:
    """Return the groups after so many targets failed."""
    board = Groups()
    for number in range(count):
        place = Place(
            kind=PlaceKind.LOAD_BALANCER, name=f"production-{number % balancers}"
        )
        one = incident(f"checkout-{number:04}-production", place=place)
        assert one.finding
        identity = str(uuid5(NAMESPACE_URL, f"{number}"))
        where = (place, Place(kind=PlaceKind.SERVICE, name=f"k: shop/{identity[:8]}"))
        finding = replace(one.finding, incident=identity, places=where)
        one = replace(one, id=identity, finding=finding)
        board, _ = take(board, one, at(0), RULES)
    return board


def test_five_hundred_targets_in_one_group_are_a_small_item() -> None:
    """And a thousand of them, in one group or each in its own."""
    assert len(pack(many(500, 1))) < ITEM_LIMIT / 4
    assert len(pack(many(1000, 1))) < ITEM_LIMIT / 2
    assert len(pack(many(1000, 1000))) < ITEM_LIMIT / 2


def test_a_year_of_ended_incidents_leaves_a_small_item() -> None:
    """Versions are forgotten after the time that a dead letter is kept."""
    board = Groups()
    for day in range(0, 365, 5):
        now = NOON + timedelta(days=day)
        for state in (State.FIRING, State.RESOLVED):
            number = 2 * day + (state is State.RESOLVED)
            one = incident(f"t{day}", number + 1, state, since=now)
            board, _ = take(board, one, now, RULES)
    assert board.groups == ()
    assert len(board.seen) <= REMEMBERED.days


@given(st.integers(-400, 400), st.integers(-400, 400))
def test_a_clock_that_jumps_holds_no_reminder_back_for_long(
    first: int, second: int
) -> None:
    """Within eight hours after the last jump, one comes, or two."""
    board, _ = take(Groups(), incident("a"), NOON + first * HOUR, RULES)
    now = NOON + second * HOUR
    sent = 0
    for hour in range(8):
        board, due = tick(board, (), now + hour * HOUR, RULES)
        sent += len(due)
    assert 1 <= sent <= 2
