"""Move: one target, from its observations to the next version of its incidents.

In: a target, its observations, the incidents, an instant. Out: the incidents that
changed.
It does not: judge. Joining, judging and advancing are pure functions of
`parallax.diagnose` and `parallax.story`; this module connects them to the tables.
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

type Prepare = Callable[[Incident], Incident]
"""Prepares an incident for its item: `ClaimCheck.check_in`."""
type Recent = Callable[
    [str, datetime], Sequence[ProbeRun | BalancerReading | NodeReport]
]
"""The journal's `recent`; the incidents do not import the journal for it."""
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


def move(  # noqa: PLR0913, PLR0917 - the input, and the tables
    target: Target,
    recent: Recent,
    incidents: Incidents,
    now: datetime,
    rules: Rules,
    records: Records | None = None,
    check_in: Prepare = _unchanged,
) -> list[Incident]:
    """Judge a target once, and return those of its incidents that changed.

    Its advice record advances as well, if `records` are given. `check_in` stores the
    snapshot of a new finding before the finding itself is stored.
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
    moved = [_move(s, j, snapshot, incidents, rules, check_in) for s, j in judged]
    if records is not None:
        _advise(judgement, snapshot, records, rules)
    return [incident for incident in moved if incident]


def _advise(
    judgement: Judgement, snapshot: Snapshot, records: Records, rules: Rules
) -> None:
    """Advance a target's advice record by compare-and-set."""
    subject = advice_subject(snapshot.target.name)
    _succeed(
        lambda: records.get(subject),
        lambda before: advance_record(before, judgement, snapshot, rules),
        records.put,
    )


def _move(  # noqa: PLR0913, PLR0917 - the input, and the table
    subject: str,
    judgement: Judgement,
    snapshot: Snapshot,
    incidents: Incidents,
    rules: Rules,
    check_in: Prepare,
) -> Incident | None:
    """Advance one incident by compare-and-set; return it if it changed."""
    return _succeed(
        lambda: incidents.get(subject),
        lambda before: advance(before, judgement, snapshot, rules=rules),
        lambda incident: incidents.put(check_in(incident)),
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
