"""Ending: the end of an incident whose target left the targets file, and after an end.

In: an incident, a moment. Out: an open one resolved, with a finding that says why; one
that has ended without its last finding.
It does not: find such incidents; `parallax.incidents.sweep` does. It does not say that
the target works again: nothing was observed.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from parallax.model.finding import Finding, Incident, NotificationReason, State
from parallax.model.judgement import UNWATCHED, Difference, Symptom, View

TITLE = "No longer watched"
KEPT = timedelta(hours=1)
"""How long an incident that ended keeps its last finding, for a person who reads it."""


def end(incident: Incident, now: datetime) -> Incident:
    """Return an incident resolved, with a finding that says why.

    The end is mailed only if the incident was mailed.
    """
    over = replace(incident, state=State.RESOLVED, changed_at=now, quiet_since=None)
    last = incident.finding
    if last is None:
        return over
    mailed = incident.mailed_at is not None
    return replace(
        over,
        number=incident.number + 1,
        mailed_at=now if mailed else None,
        finding=_finding(
            incident, last, now, NotificationReason.RESOLVED if mailed else None
        ),
        found_in=incident.version + 1,
    )


def shrink(incident: Incident, now: datetime) -> Incident | None:
    """Return an incident that ended without its finding; None: it keeps it.

    The next incident of the subject needs only its id, version and number.
    """
    ended = incident.state is State.RESOLVED
    if not ended or incident.finding is None or now - incident.changed_at < KEPT:
        return None
    return replace(incident, finding=None, found_in=None, proof=None)


def _finding(
    incident: Incident, last: Finding, now: datetime, reason: NotificationReason | None
) -> Finding:
    """Return the last finding without what is unknown now."""
    return Finding(
        id=str(uuid5(UUID(incident.id), str(incident.number + 1))),
        incident=incident.id,
        target=incident.subject,
        url=last.url,
        state=State.RESOLVED,
        since=incident.since,
        judged_at=now,
        symptom=Symptom(
            external=View.UNKNOWN,
            internal=View.UNKNOWN,
            difference=Difference.UNKNOWN,
            summary=TITLE.lower(),
        ),
        cause=UNWATCHED,
        title=f"{TITLE}; its last cause was {incident.cause}",
        settling=False,
        turn=reason,
        severity=last.severity,
        labels=last.labels,
        runbook=last.runbook,
    )
