"""Play: the month, minute by minute, with what the stack does in each.

In: a plan. Out: the alerts that were stored, in order.
It does not: judge what is observed; the judgements are drawn. All that follows from
them is the stack's own code: the incidents, the groups, the sweep, the alerts.

A target that fails is judged 20 s into its first minute, after its probes, without a
cause; 40 s into each minute, after the agents' reports; and so until its incident ends.
The stream needs two seconds. At 50 s of an hour's first minute the sweep runs, and at
55 s of each minute the groups take the time. Time in which nothing can change is
skipped.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from parallax.groups.keeping import Keeping
from parallax.groups.members import group_of
from parallax.groups.person import acknowledge, mute, unmute
from parallax.incidents.sweep import sweep
from parallax.model.alert import Alert
from parallax.model.finding import Incident, State
from parallax.model.group import Mute
from parallax.model.judgement import Judgement
from parallax.model.target import Target
from parallax.story.ending import shrink
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.simulated_month.plan import END, MINUTE, START, Failure, Plan, Wish
from tests.simulated_month.platform import (
    REPORTING,
    SILENT,
    SOON,
    WELL,
    failing,
    snapshot,
    targets,
)
from tests.simulated_month.stores import MemoryGroups, MemoryIncidents, Stream

RULES = Rules()
BATCH = 10
"""Records of one batch of the stream."""
STEADY = 20 * MINUTE
"""After this time of the same failure it is judged only every ten minutes."""


class Player:
    """The stack during the month."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.watched: Sequence[Target] = targets(plan.windows)
        self.stream = Stream(self._delay, self._deliver)
        self.incidents = MemoryIncidents(self.stream)
        self.groups = MemoryGroups()
        self._numbers = count()
        self._agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._batches: defaultdict[datetime, list[Incident]] = defaultdict(list)
        self._since: dict[str, datetime] = {}
        self._by_minute = self._failures()
        self._silent = {m for _, a, b in plan.silent for m in _minutes(a, b)}
        for wish in plan.wishes:
            self._plan(wish.at, lambda now, wish=wish: self._do(wish, now))

    def play(self) -> list[Alert]:
        """Play the month; return all alerts."""
        now = START
        while now < END:
            if self._is_busy(now):
                self._minute(now)
                self._run(now + MINUTE)
            now += MINUTE
        return self.groups.alerts

    def _is_busy(self, now: datetime) -> bool:
        board = self.groups.board
        planned = bool(self._agenda) and self._agenda[0][0] < now + MINUTE
        active = now in self._by_minute or now in self._silent
        return planned or active or bool(board.groups) or bool(self.incidents.open())

    def _minute(self, now: datetime) -> None:
        failures = self._by_minute.get(now, {})
        for number, target in enumerate(self.watched):
            failure = failures.get(target.name)
            incident = self.incidents.get(target.name)
            is_open = incident is not None and incident.state is not State.RESOLVED
            if failure is None:
                self._since.pop(target.name, None)
                if is_open:
                    self._judged(now, 40 + number / 10, target, WELL)
                continue
            if target.name not in self._since:
                self._since[target.name] = now + SOON
                early = self._judgement(failure, now, complete=False)
                self._judged(now, 20 + number / 10, target, early)
            if incident and self._is_steady(incident, failure, now):
                continue
            complete = now >= failure.known
            judgement = self._judgement(failure, now, complete=complete)
            self._judged(now, 40 + number / 10, target, judgement)
        self._listen(now)
        if now.minute == 0:
            self._plan(now + timedelta(seconds=50), self._sweep)
        self._plan(now + timedelta(seconds=55), self._tick)

    def _judgement(self, failure: Failure, now: datetime, complete: bool) -> Judgement:  # noqa: FBT001 - a state
        return failing(
            failure.cause,
            complete=complete,
            settling="a rollout is in progress" if now < failure.settles else None,
            failed=failure.failed,
            total=failure.total,
        )

    def _is_steady(self, incident: Incident, failure: Failure, now: datetime) -> bool:
        """Say whether nothing changes in this minute."""
        moments = [failure.start, failure.known, failure.settles]
        moments += [w.ends_at for t in self.watched for w in t.maintenance]
        recent = any(m <= now < m + STEADY for m in moments)
        steady = incident.state is State.FIRING and failure.of_five == 5
        return steady and not recent and now.minute % 10 != 0

    def _judged(
        self, minute: datetime, second: float, target: Target, judgement: Judgement
    ) -> None:
        since = self._since.get(target.name)

        def step(now: datetime) -> None:
            self._advance(target.name, judgement, target, now, since)

        self._plan(minute + timedelta(seconds=second), step)

    def _advance(
        self,
        subject: str,
        judgement: Judgement,
        target: Target,
        now: datetime,
        since: datetime | None,
    ) -> None:
        self.stream.now = now
        before = self.incidents.get(subject)
        seen = snapshot(target, now, since)
        after = advance(before, judgement, seen, rules=RULES)
        if after is not None and after != before:
            self.incidents.put(after)

    def _listen(self, minute: datetime) -> None:
        """Judge whether the agents report, from one target of the silent cluster."""
        subject = "fsn/agent"
        incident = self.incidents.get(subject)
        silent = minute in self._silent
        if not silent and (incident is None or incident.state is State.RESOLVED):
            return
        target = next(t for t in self.watched if t.reached.cluster == "fsn")
        judgement = SILENT if silent else REPORTING
        self._plan(
            minute + timedelta(seconds=40),
            lambda now: self._advance(subject, judgement, target, now, None),
        )

    def _sweep(self, now: datetime) -> None:
        self.stream.now = now
        sweep(self.watched, self.incidents, now)
        for incident in list(self.incidents.by_subject.values()):
            if smaller := shrink(incident, now):
                self.incidents.put(smaller)

    def _tick(self, now: datetime) -> None:
        if not self.plan.is_down(now):
            self._keeping().tick(now)

    def _do(self, wish: Wish, now: datetime) -> None:
        """Do what a person does, or what happens to the groups."""
        change = self._keeping().change
        group = group_of(self.groups.board, wish.whom)
        match wish.what:
            case "acknowledge":
                assert group
                change(lambda board: (acknowledge(board, group, "kim", now), ()))
            case "mute-group":
                assert group
                change(lambda board: (mute(board, _mute(group.id, wish)), ()))
            case "mute":
                change(lambda board: (mute(board, _mute(wish.whom, wish)), ()))
            case "unmute":
                change(lambda board: (unmute(board, wish.whom), ()))
            case "remove":
                self.watched = [t for t in self.watched if t.name != wish.whom]
            case _:
                assert wish.what == "damage"
                self.groups.damage()

    def _delay(self, incident: Incident) -> Sequence[float]:
        """Return after how many seconds the stream delivers a record."""
        for one in self.plan.troubles:
            here = one.target == incident.subject
            if here and one.start <= self.stream.now < one.end:
                if one.lose:
                    return ()
                first = 2 + one.late_by
                again = (first + one.again_after,) if one.again_after else ()
                return (first, *again)
        return (2,)

    def _deliver(self, at: datetime, incident: Incident) -> None:
        """Deliver a record with those of the same second, as a batch has them."""
        for start, end in self.plan.down:
            at = end if start <= at < end else at
        second = at.replace(microsecond=0) + timedelta(seconds=at.microsecond > 0)
        if second not in self._batches:
            self._plan(second, self._take)
        self._batches[second].append(incident)

    def _take(self, now: datetime) -> None:
        records = self._batches.pop(now)
        for first in range(0, len(records), BATCH):
            self._keeping().take_all(records[first : first + BATCH], now)

    def _keeping(self) -> Keeping:
        """Return the groups as a new invocation sees them."""
        return Keeping(self.groups, self.incidents, RULES, self.watched)  # type: ignore[arg-type]

    def _plan(self, at: datetime, step: Callable[[datetime], None]) -> None:
        heappush(self._agenda, (at, next(self._numbers), step))

    def _run(self, until: datetime) -> None:
        while self._agenda and self._agenda[0][0] < until:
            at, _, step = heappop(self._agenda)
            step(at)

    def _failures(self) -> dict[datetime, dict[str, Failure]]:
        found: defaultdict[datetime, dict[str, Failure]] = defaultdict(dict)
        for one in self.plan.failures:
            for minute in _minutes(one.start, one.end):
                if one.fails(minute):
                    found[minute][one.target] = one
        return dict(found)


def _mute(subject: str, wish: Wish) -> Mute:
    until = wish.at + timedelta(minutes=wish.minutes)
    return Mute(subject=subject, until=until, by="kim", at=wish.at)


def _minutes(start: datetime, end: datetime) -> list[datetime]:
    return [start + n * MINUTE for n in range((end - start) // MINUTE)]
