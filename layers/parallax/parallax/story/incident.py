"""Incident: the next version of an incident, after one judgement.

In: the incident so far, a judgement, the snapshot it judged. Out: the incident as it
stands now; if its `number` grew, it has a new finding to publish.
It does not: read a clock (`snapshot.taken_at` is now), store, or send.

pending -> firing -> recovering -> resolved. A judgement of unknown state changes
nothing. A pending incident that recovers ends without a mail, after the quiet time. So
an intermittent failure is one incident, no matter how many requests succeed in between.
An incident about Parallax itself is judged by several targets. It publishes nothing
before its first mail, and has no state `recovering`. See docs/decisions/0003.
"""

from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from parallax.diagnose.silence import subject
from parallax.model.finding import Incident, State
from parallax.model.judgement import NONE, Class, Judgement
from parallax.model.snapshot import Snapshot
from parallax.story import notification
from parallax.story.last_cause import closed, latest_proof, with_last_cause
from parallax.story.publish import publish
from parallax.story.rules import Rules
from parallax.story.state import is_failing, is_silence, next_state, settled


def advance(
    incident: Incident | None,
    judgement: Judgement,
    snapshot: Snapshot,
    *,
    rules: Rules,
) -> Incident | None:
    """Return the incident after a judgement; None until there is one."""
    now, failing = snapshot.taken_at, is_failing(judgement)
    if incident is None or incident.state is State.RESOLVED:
        if not failing:
            return incident
        incident = _begin(incident, judgement, snapshot)
    elif not failing and judgement.cause != NONE:
        return incident
    incident = _rebase(incident, now)
    judgement = with_last_cause(incident, settled(incident, judgement, now, rules))
    state = next_state(incident, judgement, snapshot, rules)
    quiet = None if failing else (incident.quiet_since or now)
    if not failing and state is State.PENDING:
        return replace(incident, quiet_since=quiet)
    if not failing:
        judgement = closed(incident, judgement)
    reason = None
    if failing or state is State.RESOLVED:
        reason = notification.reason(incident, state, judgement, snapshot, rules)
    moved = replace(
        incident,
        state=state,
        changed_at=incident.changed_at if state is incident.state else now,
        cause=judgement.cause if failing else incident.cause,
        quiet_since=quiet,
        proof=latest_proof(incident, judgement, now) if failing else incident.proof,
    )
    if is_silence(moved) and moved.mailed_at is None and reason is None:
        return moved
    return publish(moved, judgement, snapshot, reason, rules)


def _begin(
    before: Incident | None, judgement: Judgement, snapshot: Snapshot
) -> Incident:
    """Return a new incident; its id follows from its subject and its beginning.

    The version continues, since the table holds one item for each subject. If a clock
    was set back and the beginning is the same as before, the number of the earlier
    findings keeps the id unique.
    """
    monitor = judgement.class_ is Class.MONITOR
    since = None if monitor else snapshot.failing_since
    began = since or snapshot.taken_at
    whose = subject(judgement.cause, snapshot)
    identity = uuid5(NAMESPACE_URL, f"parallax:{whose}:{began.isoformat()}")
    if before is not None and before.id == str(identity):
        identity = uuid5(identity, f"again:{before.number}")
    return Incident(
        id=str(identity),
        subject=whose,
        state=State.PENDING,
        since=began,
        changed_at=snapshot.taken_at,
        cause=judgement.cause,
        version=before.version if before else 0,
        begun_by=snapshot.target.name,
    )


def _rebase(incident: Incident, now: datetime) -> Incident:
    """Limit instants from a clock that was ahead to now, so that waits end."""
    quiet, mailed = incident.quiet_since, incident.mailed_at
    return replace(
        incident,
        changed_at=min(incident.changed_at, now),
        since=min(incident.since, now),
        quiet_since=min(quiet, now) if quiet else None,
        mailed_at=min(mailed, now) if mailed else None,
    )
