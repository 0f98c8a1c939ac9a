"""State: the state of an incident after a judgement.

In: the incident so far, the judgement, its snapshot, the rules. Out: a `State`.
It does not: publish or notify; `publish` and `notification` do.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from parallax.diagnose.settling import LONGEST
from parallax.model.finding import Incident, State
from parallax.model.freshness import RUN_STALE, is_fresh
from parallax.model.judgement import NONE, SILENCES, Class, Judgement, View
from parallax.model.snapshot import Snapshot
from parallax.model.target import Maintenance
from parallax.story.rules import Rules

GRACE = timedelta(seconds=10)
"""An agent reports every five seconds while its targets fail, also what it logged."""
OLD = 4
"""After so many times `evidence_seconds` a mail waits for no logs: agents are silent,
and an intermittent failure starts again and again."""


def is_failing(judgement: Judgement) -> bool:
    """Say whether a judgement reports a failure, of the target or of Parallax."""
    if judgement.class_ is Class.MONITOR:
        return True
    return judgement.cause != NONE and judgement.symptom.external is View.FAILING


def next_state(
    incident: Incident, judgement: Judgement, snapshot: Snapshot, rules: Rules
) -> State:
    """Return the incident's state after this judgement."""
    now, failing = snapshot.taken_at, is_failing(judgement)
    muted = in_maintenance(snapshot)
    if incident.state is State.PENDING:
        if not failing:
            returned = is_silence(incident) and (
                snapshot.target.name == incident.begun_by
            )
            over = returned or _quiet(incident, now, rules)
            return State.RESOLVED if over else State.PENDING
        fires = not muted and _may_fire(incident, judgement, snapshot, rules)
        return State.FIRING if fires else State.PENDING
    if failing:
        return State.FIRING
    over = _quiet(incident, now, rules) and not muted
    if is_silence(incident):
        return State.RESOLVED if over else State.FIRING
    recovering = incident.state is State.RECOVERING
    return State.RESOLVED if over and recovering else State.RECOVERING


def is_silence(incident: Incident) -> bool:
    """Say whether an incident is about Parallax itself, and shared by targets.

    While pending, it ends with the first good judgement of the target that began it:
    silence is not intermittent by chance, and agents in a rollout are silent one after
    the other. While firing, it does not recover in between: it ends when no target has
    observed silence for the quiet time.
    """
    return incident.cause in SILENCES


def _quiet(incident: Incident, now: datetime, rules: Rules) -> bool:
    """Say whether no failure was observed for the quiet time."""
    since = incident.quiet_since
    return since is not None and now - since >= timedelta(seconds=rules.quiet_seconds)


def settled(
    incident: Incident, judgement: Judgement, now: datetime, rules: Rules
) -> Judgement:
    """Return the judgement without its settling reason, once the incident is old.

    `settling` counts from the first failure in a row, and an intermittent failure
    starts a new row again and again.
    """
    longest = timedelta(seconds=LONGEST * rules.settle_seconds)
    if judgement.settling is None or now - incident.since < longest:
        return judgement
    return replace(judgement, settling=None)


def _may_fire(
    incident: Incident, judgement: Judgement, snapshot: Snapshot, rules: Rules
) -> bool:
    """Say whether the alarm may fire: confirmed, not settling, with full evidence."""
    patience = timedelta(seconds=rules.evidence_seconds)
    waited = snapshot.taken_at - incident.since >= patience
    if judgement.class_ is Class.MONITOR:
        return waited and judgement.settling is None
    old = snapshot.taken_at - incident.since >= OLD * patience
    grace = timedelta() if old else GRACE
    enough = judgement.complete or (
        waited and _is_investigated(snapshot, patience, grace)
    )
    return judgement.settling is None and enough and confirmed(judgement, snapshot)


def _is_investigated(snapshot: Snapshot, patience: timedelta, grace: timedelta) -> bool:
    """Say whether the failures in a row were investigated, or are old enough.

    The incident may be older than they are (an intermittent failure). Then their first
    probe alone is not enough for a mail, and the agents get `grace` after the last
    request, to send what they logged of it.
    """
    run, since, now = snapshot.outside, snapshot.failing_since, snapshot.taken_at
    if since is None or now - since >= patience:
        return True
    if run is None or len(run.probes) == 1:
        return False
    return now - max(p.started_at for p in run.probes) >= grace


def confirmed(judgement: Judgement, snapshot: Snapshot) -> bool:
    """Say whether the failure was observed twice: in one investigation or two runs."""
    if judgement.symptom.failed > 1:
        return True
    runs = [
        p
        for p in snapshot.past
        if not p.healthy and is_fresh(p.started_at, snapshot.taken_at, 2 * RUN_STALE)
    ]
    return len({p.started_at for p in runs}) > 1


def in_maintenance(snapshot: Snapshot) -> bool:
    """Say whether a maintenance window is open, so that no mail is sent."""
    return in_window(snapshot.target.maintenance, snapshot.taken_at)


def in_window(windows: Iterable[Maintenance], now: datetime) -> bool:
    """Say whether one of these windows is open."""
    return any(window.starts_at <= now < window.ends_at for window in windows)
