"""Turns: whether this moment of an incident is worth a mail, and which.

In: the incident before the move, its next state, the judgement, the snapshot.
Out: a `NotificationReason` or None. It does not: write the mail.
"""

from datetime import timedelta

from parallax.diagnose.reach import is_answer, present, rank
from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.judgement import NOT_ESTABLISHED, Class, Constancy, Judgement
from parallax.model.snapshot import Snapshot
from parallax.story.rules import Rules
from parallax.story.state import in_maintenance


def due(
    incident: Incident,
    state: State,
    judgement: Judgement,
    snapshot: Snapshot,
    rules: Rules,
) -> NotificationReason | None:
    """Return the turn that this move is; None: no mail."""
    if incident.mailed_at is None:
        first = incident.state is State.PENDING and state is State.FIRING
        return NotificationReason.FIRING if first else None
    if state is not State.FIRING or in_maintenance(snapshot):
        return NotificationReason.RESOLVED if state is State.RESOLVED else None
    waited = snapshot.taken_at - incident.mailed_at
    if is_discovery(incident, judgement.cause):
        return NotificationReason.CAUSE_CHANGED
    if waited >= _patience(incident, rules):
        if _cause_changed(incident, judgement):
            return NotificationReason.CAUSE_CHANGED
        if _trend_changed(incident, judgement, snapshot):
            return NotificationReason.TREND_CHANGED
    late = waited >= timedelta(seconds=rules.reminder_seconds)
    return NotificationReason.REMINDER if late else None


def is_discovery(incident: Incident, cause: str) -> bool:
    """Say whether a cause is found where mails only said that none is established."""
    return incident.mailed_cause == NOT_ESTABLISHED != cause


def _patience(incident: Incident, rules: Rules) -> timedelta:
    """Return how long after a mail the next change may be mailed.

    Twice as long after each: what comes and goes is no news the fifth time, and the
    queue has it all. A reminder tells the present anyway.
    """
    shortest = max(rules.quiet_seconds, rules.evidence_seconds)
    seconds = shortest * 2 ** min(incident.changes, 16)
    return timedelta(seconds=min(seconds, rules.reminder_seconds))


def _cause_changed(incident: Incident, judgement: Judgement) -> bool:
    """Tell one cause for another on whole evidence only; that none shows is no news."""
    if judgement.cause in (incident.mailed_cause, NOT_ESTABLISHED):
        return False
    return judgement.complete and judgement.settling is None


def _trend_changed(
    incident: Incident, judgement: Judgement, snapshot: Snapshot
) -> bool:
    """Tell when requests get to another hop than at the last mail, twice now.

    So do those that got a time-out there and now an answer: 504 became 503.
    """
    hop = present(snapshot)
    if hop is None or incident.mailed_hop is None:
        return False
    answered = incident.mailed_answered
    status = judgement.symptom.status_code
    known = answered is not None and answered is not is_answer(status)
    if hop == incident.mailed_hop and not known:
        return False
    if judgement.class_ is Class.MONITOR:
        return False
    now = rank(hop, status)
    lately = [rank(p.hop or "", p.status_code) for p in snapshot.past[-2:]]
    return lately == [now, now] and judgement.symptom.constancy is Constancy.CONSTANT
