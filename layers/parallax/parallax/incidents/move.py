"""Move: one target, from what the journal holds to what its incident becomes.

In: a target, what the journal tells, the incidents, a moment. Out: the incidents moved.
It does not: judge by itself; joining, judging and advancing are pure functions of
`parallax.diagnose`, which reach nothing. Here is where they meet the tables.
"""

from collections.abc import Callable, Sequence
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
from parallax.model.judgement import Judgement
from parallax.model.probe import ProbeRun
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target
from parallax.story.advice import advance_record, advice_subject
from parallax.story.incident import advance
from parallax.story.rules import Rules

type Recent = Callable[
    [str, datetime], Sequence[ProbeRun | BalancerReading | NodeReport]
]
"""The journal's `recent`; journal and incidents do not know each other."""
MEMORY = timedelta(minutes=30)
"""How far back a judgement looks for runs: as far as the line of past probes goes.

An outage may last longer. `failing_since` is then half an hour ago, far behind
all that is still evidence; the incident keeps its own beginning.
"""
ATTEMPTS = 5
"""Two judgements of one target at the same time are rare, but a silence is the
incident of all targets of a cluster, and each may be judged by another invocation."""


def move(  # noqa: PLR0913, PLR0917 - what is judged, and where it is kept
    target: Target,
    recent: Recent,
    incidents: Incidents,
    now: datetime,
    rules: Rules,
    records: Records | None = None,
) -> list[Incident]:
    """Judge a target once and return those of its incidents that moved.

    Its advice moves along, where `records` are given.
    """
    snapshot = join(
        target,
        recent(target.name, now - MEMORY),
        taken_at=now,
        settle_seconds=rules.settle_seconds,
    )
    judgement = judge(snapshot)
    judged = [(target.name, judgement)]
    judged += [(s.subject, s.judgement) for s in silences(snapshot)]
    moved = [_move(s, j, snapshot, incidents, rules) for s, j in judged]
    if records is not None:
        _advise(judgement, snapshot, records, rules)
    return [incident for incident in moved if incident]


def _advise(
    judgement: Judgement, snapshot: Snapshot, records: Records, rules: Rules
) -> None:
    """Move a target's advice on by compare-and-set, as its incident is moved."""
    subject = advice_subject(snapshot.target.name)
    _succeed(
        lambda: records.get(subject),
        lambda before: advance_record(before, judgement, snapshot, rules),
        records.put,
    )


def _move(
    subject: str,
    judgement: Judgement,
    snapshot: Snapshot,
    incidents: Incidents,
    rules: Rules,
) -> Incident | None:
    """Advance one incident by compare-and-set; return it if it changed."""
    return _succeed(
        lambda: incidents.get(subject),
        lambda before: advance(before, judgement, snapshot, rules=rules),
        incidents.put,
    )


def _succeed[T, S](
    get: Callable[[], T | None],
    after: Callable[[T | None], T | None],
    put: Callable[[T], S],
) -> S | None:
    """Read, move on and store, anew after each conflict; None: nothing moved.

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
