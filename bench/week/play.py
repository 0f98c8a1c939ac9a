"""Play: a story, through join, judge and the incidents' state machine.

In: a story, how many days. Out: the causes that were named, and the mails.
It does not: store or send. While each minute of the last `MEMORY` is the same, the
platform is judged once, and that judgement is used again.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bench.accuracy.platform.observe import Observation
from bench.accuracy.platform.probes import when
from bench.week.observers import SECONDS, Platform
from bench.week.stories import AGENTS, DAY, STACK, Minute, Story
from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.diagnose.silence import silences
from parallax.model.cluster import NodeReport
from parallax.model.finding import Incident, NotificationReason
from parallax.model.judgement import Class, Judgement
from parallax.model.probe import ProbeRun
from parallax.model.snapshot import Snapshot
from parallax.story.incident import advance
from parallax.story.rules import Rules

MEMORY = 36
"""Minutes of which a judgement uses observations, and a few more."""
JUDGED_AT = 40.0
RULES = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that was sent."""

    subject: str
    cause: str
    turn: NotificationReason
    minute: int


@dataclass(slots=True)
class StoryResult:
    """The result of a story."""

    blamed: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """Minutes in which the target's judgement named a cause, and which."""
    mails: list[Mail] = field(default_factory=list[Mail])
    minutes: int = 0
    judged: int = 0

    def fired(self, subject: str) -> int:
        """Count the alarms of a subject."""
        first = [m for m in self.mails if m.turn is NotificationReason.FIRING]
        return sum(m.subject == subject for m in first)


def subject(kind: str, platform: Platform) -> str:
    """Return the subject of a kind of silence."""
    return {AGENTS: f"{platform.cluster}/agent", STACK: STACK}[kind]


class Player:
    """Plays one story on one platform."""

    def __init__(self, story: Story, platform: Platform) -> None:
        self._story, self._platform = story, platform
        self._journal: deque[tuple[int, Observation]] = deque()
        self._past: deque[Minute] = deque(maxlen=MEMORY)
        self._steady: tuple[Snapshot, list[tuple[str, Judgement]]] | None = None
        self._latest: dict[str, NodeReport] = {}
        self._newest_run: ProbeRun | None = None
        self._incidents: dict[str, Incident | None] = {}
        self._unheard = 0
        self.result = StoryResult()

    def play(self, days: float) -> StoryResult:
        """Play every minute."""
        for number in range(int(days * DAY)):
            self._minute(number)
        return self.result

    def _minute(self, number: int) -> None:
        state = self._story.at(number)
        self._past.append(state)
        same = len(self._past) == MEMORY and len(set(self._past)) == 1
        if not same:
            self._steady = None
        now = when(number * SECONDS + JUDGED_AT)
        if self._steady is None:
            for minute in range(max(self._unheard, number - MEMORY), number + 1):
                self._hear(minute, self._story.at(minute))
            self._unheard = number + 1
        snapshot, judged = self._steady or self._judge(now)
        if same and snapshot.failing_since is None:
            self._steady = snapshot, judged
        self.result.minutes += 1
        snapshot = replace(snapshot, taken_at=now)
        for whose, judgement in judged:
            self._advance(number, whose, judgement, snapshot)
        if judged[0][1].class_ not in {None, Class.MONITOR}:
            self.result.blamed.append((number, judged[0][1].cause))

    def _hear(self, number: int, state: Minute) -> None:
        """Add the observations of a minute, and drop those that no judgement uses."""
        for seen in self._platform.minute(number, state):
            self._journal.append((number, seen))
            if isinstance(seen, NodeReport):
                self._latest[seen.node] = seen
            if isinstance(seen, ProbeRun):
                self._newest_run = seen
        while self._journal and self._journal[0][0] < number - MEMORY:
            self._journal.popleft()

    def _judge(self, now: datetime) -> tuple[Snapshot, list[tuple[str, Judgement]]]:
        self.result.judged += 1
        known = [
            o
            for _, o in self._journal
            if not isinstance(o, NodeReport)
            or o.arrived_at > now - timedelta(minutes=3)
        ]
        known += [r for r in self._latest.values() if r not in known]
        if self._newest_run and self._newest_run not in known:
            known.append(self._newest_run)
        target = self._platform.target
        snapshot = join(target, known, taken_at=now)
        judged = [(target.name, judge(snapshot))]
        judged += [(s.subject, s.judgement) for s in silences(snapshot)]
        return snapshot, judged

    def _advance(
        self, number: int, whose: str, judgement: Judgement, snapshot: Snapshot
    ) -> None:
        before = self._incidents.get(whose)
        after = advance(before, judgement, snapshot, rules=RULES)
        self._incidents[whose] = after
        if after is None or after.finding is None or after.finding.turn is None:
            return
        if before is None or before.finding != after.finding:
            mail = Mail(
                subject=whose,
                cause=after.finding.cause,
                turn=after.finding.turn,
                minute=number,
            )
            self.result.mails.append(mail)
