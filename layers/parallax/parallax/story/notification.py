"""Notification: whether a mail is due, and for which reason.

In: the incident before the judgement, its next state, the judgement, the snapshot.
Out: a `NotificationReason` or None. It does not: write the mail.
"""

from datetime import timedelta

from parallax.diagnose.reach import is_response, present, rank
from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.judgement import NOT_ESTABLISHED, Class, Constancy, Judgement
from parallax.model.snapshot import Snapshot
from parallax.story.rules import Rules
from parallax.story.state import in_maintenance


def reason(
    incident: Incident,
    state: State,
    judgement: Judgement,
    snapshot: Snapshot,
    rules: Rules,
) -> NotificationReason | None:
    """Return the reason for a mail; None: no mail is due."""
    if incident.mailed_at is None:
        first = incident.state is State.PENDING and state is State.FIRING
        return NotificationReason.FIRING if first else None
    if state is not State.FIRING or in_maintenance(snapshot):
        return NotificationReason.RESOLVED if state is State.RESOLVED else None
    waited = snapshot.taken_at - incident.mailed_at
    if is_discovery(incident, judgement.cause):
        return NotificationReason.CAUSE_CHANGED
    if waited >= timedelta(seconds=rules.patience(incident.changes)):
        if _cause_changed(incident, judgement):
            return NotificationReason.CAUSE_CHANGED
        if _trend_changed(incident, judgement, snapshot):
            return NotificationReason.TREND_CHANGED
    late = waited >= timedelta(seconds=rules.reminder_seconds)
    return NotificationReason.REMINDER if late else None


def is_discovery(incident: Incident, cause: str) -> bool:
    """Say whether a cause is established after mails that named none."""
    return incident.mailed_cause == NOT_ESTABLISHED != cause


def _cause_changed(incident: Incident, judgement: Judgement) -> bool:
    """Say whether complete evidence shows another cause; "not established" is none."""
    if judgement.cause in (incident.mailed_cause, NOT_ESTABLISHED):
        return False
    return judgement.complete and judgement.settling is None


def _trend_changed(
    incident: Incident, judgement: Judgement, snapshot: Snapshot
) -> bool:
    """Say whether the last two runs failed at another hop than at the last mail.

    A response instead of a timeout at the same hop counts too: 504 became 503.
    """
    hop = present(snapshot)
    if hop is None or incident.mailed_hop is None:
        return False
    responded = incident.mailed_answered
    status = judgement.symptom.status_code
    differs = responded is not None and responded is not is_response(status)
    if hop == incident.mailed_hop and not differs:
        return False
    if judgement.class_ is Class.MONITOR:
        return False
    now = rank(hop, status)
    lately = [rank(p.hop or "", p.status_code) for p in snapshot.past[-2:]]
    return lately == [now, now] and judgement.symptom.constancy is Constancy.CONSTANT
