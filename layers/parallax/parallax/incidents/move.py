"""Move: one target, from its observations to the next version of its incidents.

In: a target, its observations, the incidents, an instant. Out: the incidents that
changed.
It does not: judge. Joining, judging and advancing are pure functions of
`parallax.diagnose` and `parallax.story`; this module connects them to the tables.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.diagnose.silence import silences
from parallax.incidents.advice import Records
from parallax.incidents.items import ConflictError
from parallax.incidents.table import Incidents
from parallax.model.balancer import BalancerReading
from parallax.model.cluster import NodeReport
from parallax.model.finding import Incident
from parallax.model.heartbeat import Agents
from parallax.model.judgement import NONE, Judgement
from parallax.model.probe import ProbeRun
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target
from parallax.story.advice import advance_record, advice_subject
from parallax.story.incident import advance
from parallax.story.rules import Rules
from parallax.targets.windows import with_open_windows

type Prepare = Callable[[Incident], Incident]
"""Prepares an incident for its item: `ClaimCheck.check_in`."""
type Recent = Callable[
    [str, datetime], Sequence[ProbeRun | BalancerReading | NodeReport]
]
"""The journal's `recent`; the incidents do not import the journal for it."""
type AgentsOf = Callable[[str], Agents]
"""The journal's `agents`, by cluster."""
MEMORY = timedelta(minutes=30)
"""How far back a judgement reads runs: as far as the list of past probes goes.

An outage may last longer. `failing_since` is then half an hour ago, which is older than
any current evidence; the incident keeps its own beginning.
"""
ATTEMPTS = 5
"""Concurrent judgements of one target are rare. But the targets of a cluster share its
agents' incident, and separate invocations may judge them at the same time."""


def _unchanged(incident: Incident) -> Incident:
    return incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Moves the incidents of one target after another.

    `recent` and `agents` read the journal; `signs` reads only runs and reports, which
    is enough to listen. Advice advances as well, if `records` are
    given. `check_in` stores the snapshot of a new finding before the finding itself.
    """

    recent: Recent
    incidents: Incidents
    rules: Rules
    records: Records | None = None
    agents: AgentsOf | None = None
    signs: Recent | None = None
    check_in: Prepare = _unchanged

    def move(self, target: Target, now: datetime) -> list[Incident]:
        """Judge a target once, and return those of its incidents that changed."""
        snapshot = self._snapshot(target, now, self.recent)
        judgement = judge(snapshot)
        judged = [(target.name, judgement)]
        judged += [(s.subject, s.judgement) for s in silences(snapshot)]
        moved = [self._move(subject, j, snapshot) for subject, j in judged]
        if self.records is not None:
            self._advise(judgement, snapshot, self.records)
        return [incident for incident in moved if incident]

    def listen(
        self, target: Target, now: datetime, open_subjects: Container[str]
    ) -> list[Incident]:
        """Judge only whether agents and probes report, seen from one target.

        A source that reports, and has no open incident, costs no read of an incident.
        """
        snapshot = self._snapshot(target, now, self.signs or self.recent)
        moved = [
            self._move(silence.subject, silence.judgement, snapshot)
            for silence in silences(snapshot)
            if silence.judgement.cause != NONE or silence.subject in open_subjects
        ]
        return [incident for incident in moved if incident]

    def _snapshot(self, target: Target, now: datetime, recent: Recent) -> Snapshot:
        cluster = target.reached.cluster
        return join(
            with_open_windows(target, now),
            recent(target.name, now - MEMORY),
            taken_at=now,
            settle_seconds=self.rules.settle_seconds,
            agents=self.agents(cluster) if self.agents and cluster else None,
        )

    def _advise(
        self, judgement: Judgement, snapshot: Snapshot, records: Records
    ) -> None:
        """Advance a target's advice record by compare-and-set."""
        subject = advice_subject(snapshot.target.name)
        _succeed(
            lambda: records.get(subject),
            lambda before: advance_record(before, judgement, snapshot, self.rules),
            records.put,
        )

    def _move(
        self, subject: str, judgement: Judgement, snapshot: Snapshot
    ) -> Incident | None:
        """Advance one incident by compare-and-set; return it if it changed."""
        return _succeed(
            lambda: self.incidents.get(subject),
            lambda before: advance(before, judgement, snapshot, rules=self.rules),
            lambda incident: self.incidents.put(self.check_in(incident)),
        )


def _succeed[T, S](
    get: Callable[[], T | None],
    after: Callable[[T | None], T | None],
    put: Callable[[T], S],
) -> S | None:
    """Read, advance and store, again after each conflict; None: nothing changed.

    Raises `ConflictError` after the last attempt.
    """
    for attempt in range(ATTEMPTS):
        before = get()
        moved = after(before)
        if moved is None or moved == before:
            return None
        try:
            return put(moved)
        except ConflictError:
            if attempt == ATTEMPTS - 1:
                raise
    return None
