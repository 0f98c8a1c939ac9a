"""State: where an incident stands after a judgement.

In: the incident so far, the judgement, its snapshot, the rules. Out: a `State`.
It does not: say anything to anybody; `turns` and `news` do.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from parallax.diagnose.settling import LONGEST
from parallax.model.finding import Incident, State
from parallax.model.freshness import RUN_STALE, is_fresh
from parallax.model.judgement import NONE, SILENCES, Class, Judgement, View
from parallax.model.snapshot import Snapshot
from parallax.story.rules import Rules


def is_failing(judgement: Judgement) -> bool:
    """Say whether a judgement is about trouble, of the target or of Parallax."""
    if judgement.class_ is Class.MONITOR:
        return True
    return judgement.cause != NONE and judgement.symptom.external is View.FAILING


def next_state(
    incident: Incident, judgement: Judgement, snapshot: Snapshot, rules: Rules
) -> State:
    """Return where the incident stands after this judgement."""
    now, failing = snapshot.taken_at, is_failing(judgement)
    held = in_maintenance(snapshot)
    if incident.state is State.PENDING:
        if not failing:
            spoke = is_silence(incident) and snapshot.target.name == incident.begun_by
            over = spoke or _quiet(incident, now, rules)
            return State.RESOLVED if over else State.PENDING
        fires = not held and _may_fire(incident, judgement, snapshot, rules)
        return State.FIRING if fires else State.PENDING
    if failing:
        return State.FIRING
    over = _quiet(incident, now, rules) and not held
    if is_silence(incident):
        return State.RESOLVED if over else State.FIRING
    recovering = incident.state is State.RECOVERING
    return State.RESOLVED if over and recovering else State.RECOVERING


def is_silence(incident: Incident) -> bool:
    """Say whether an incident is about Parallax itself, and shared by targets.

    Pending, it ends with the first good answer to the target that saw it: silence
    doesn't come and go by chance as an intermittent failure does; agents that are
    rolled out are silent one after the other. Firing, it never recovers in between:
    only when for the quiet time no target saw silence any more is it over.
    """
    return incident.cause in SILENCES


def _quiet(incident: Incident, now: datetime, rules: Rules) -> bool:
    """Say whether all has been well for the quiet time."""
    since = incident.quiet_since
    return since is not None and now - since >= timedelta(seconds=rules.quiet_seconds)


def settled(
    incident: Incident, judgement: Judgement, now: datetime, rules: Rules
) -> Judgement:
    """Return the judgement without its settling, once the incident is old.

    `settling` itself counts from the present streak, which an intermittent failure
    begins anew again and again.
    """
    longest = timedelta(seconds=LONGEST * rules.settle_seconds)
    if judgement.settling is None or now - incident.since < longest:
        return judgement
    return replace(judgement, settling=None)


def _may_fire(
    incident: Incident, judgement: Judgement, snapshot: Snapshot, rules: Rules
) -> bool:
    """Say whether the alarm may go: confirmed, not settling, and heard out."""
    patience = timedelta(seconds=rules.evidence_seconds)
    waited = snapshot.taken_at - incident.since >= patience
    if judgement.class_ is Class.MONITOR:
        return waited and judgement.settling is None
    heard = judgement.complete or (waited and _asked_out(snapshot, patience))
    return judgement.settling is None and heard and confirmed(judgement, snapshot)


def _asked_out(snapshot: Snapshot, patience: timedelta) -> bool:
    """Say whether the present streak was investigated, or is older than patience.

    The incident may be older than the streak (an intermittent failure): then the
    bare first probe of the streak is not yet worth a mail.
    """
    run, since = snapshot.outside, snapshot.failing_since
    investigated = run is not None and len(run.probes) > 1
    return investigated or since is None or snapshot.taken_at - since >= patience


def confirmed(judgement: Judgement, snapshot: Snapshot) -> bool:
    """Say whether the failure was seen twice: in an investigation or in two runs."""
    if judgement.symptom.failed > 1:
        return True
    runs = [
        p
        for p in snapshot.past
        if not p.healthy and is_fresh(p.started_at, snapshot.taken_at, 2 * RUN_STALE)
    ]
    return len({p.started_at for p in runs}) > 1


def in_maintenance(snapshot: Snapshot) -> bool:
    """Say whether nobody is to be woken now."""
    return any(
        window.starts_at <= snapshot.taken_at < window.ends_at
        for window in snapshot.target.maintenance
    )
