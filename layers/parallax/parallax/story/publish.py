"""News: what of an incident's move is told, as a finding.

In: the moved incident, the judgement, the snapshot, the turn if it is one.
Out: the incident with a new finding, if there is something to say.
It does not: decide whether a mail is due; `turns` does.
"""

from dataclasses import replace
from uuid import UUID, uuid5

from parallax.diagnose.reach import is_answer, present
from parallax.evidence import users
from parallax.evidence.scene import Scene
from parallax.model.finding import Finding, Incident, NotificationReason
from parallax.model.judgement import NOT_ESTABLISHED, Judgement
from parallax.model.probe import AS_A_USER
from parallax.model.snapshot import Snapshot
from parallax.story.notification import is_discovery
from parallax.story.state import is_silence


def publish(
    incident: Incident,
    judgement: Judgement,
    snapshot: Snapshot,
    turn: NotificationReason | None,
) -> Incident:
    """Return the incident with a new finding, if there is something to say."""
    said = incident.finding
    news = _finding(incident, judgement, snapshot, turn)
    if turn is None and said is not None and _core(said) == _core(news):
        return incident
    told = replace(
        incident,
        number=incident.number + 1,
        finding=news,
        found_in=incident.version + 1,  # the version that storing it makes
    )
    return told if turn is None else _mailed(told, turn, snapshot)


def _mailed(
    incident: Incident, turn: NotificationReason, snapshot: Snapshot
) -> Incident:
    """Return the incident with what its mail said, to tell the next change by."""
    found = is_discovery(incident, incident.cause)
    retold = (
        turn in (NotificationReason.CAUSE_CHANGED, NotificationReason.TREND_CHANGED)
        and not found
    )
    first = incident.mailed_cause is None
    named = first or incident.cause != NOT_ESTABLISHED
    return replace(
        incident,
        mailed_at=snapshot.taken_at,
        mailed_cause=incident.cause if named else incident.mailed_cause,
        mailed_hop=present(snapshot) or incident.mailed_hop,
        mailed_answered=_answered(snapshot, incident),
        changes=incident.changes + retold,
    )


def _answered(snapshot: Snapshot, incident: Incident) -> bool | None:
    """Return whether requests get an answer where they get to; None: not known."""
    if present(snapshot) is None:
        return incident.mailed_answered
    failing = users.failing(Scene.of(snapshot), *AS_A_USER)
    said = {is_answer(p.status_code) for p in failing}
    return said.pop() if len(said) == 1 else None


def _core(finding: Finding) -> tuple[object, ...]:
    """Return what a reader would care about if it changed."""
    symptom = finding.symptom
    return (
        finding.incident,
        finding.state,
        finding.cause,
        finding.settling,
        symptom.external,
        symptom.difference,
        symptom.trend_text,
    )


def _finding(
    incident: Incident,
    judgement: Judgement,
    snapshot: Snapshot,
    turn: NotificationReason | None,
) -> Finding:
    return Finding(
        id=str(uuid5(UUID(incident.id), str(incident.number + 1))),
        incident=incident.id,
        target=incident.subject,
        url=None if is_silence(incident) else snapshot.target.url,
        state=incident.state,
        since=incident.since,
        judged_at=snapshot.taken_at,
        symptom=judgement.symptom,
        class_=judgement.class_,
        hop=judgement.hop,
        cause=judgement.cause,
        title=judgement.title,
        settling=judgement.settling is not None,
        settling_reason=judgement.settling,
        turn=turn,
        proof=incident.proof,
        well_since=incident.quiet_since,
        assessments=judgement.assessments,
        path=judgement.path,
        next_steps=judgement.next_steps,
        advice=judgement.advice,
        snapshot=snapshot,
    )
