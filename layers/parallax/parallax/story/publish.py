"""Publish: the finding that a version of an incident publishes.

In: the incident after a judgement, the judgement, the snapshot, the reason of a mail.
Out: the incident with a new finding, if there is a change to publish.
It does not: decide whether a mail is due (`notification` does), or send.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

from parallax.diagnose.reach import is_response, present
from parallax.evidence import users
from parallax.evidence.scene import Scene
from parallax.model.finding import Finding, Incident, NotificationReason
from parallax.model.judgement import AGENT_SILENT, NOT_ESTABLISHED, Judgement
from parallax.model.place import Place
from parallax.model.probe import AS_A_USER
from parallax.model.snapshot import Snapshot
from parallax.model.target import Severity, Target
from parallax.story.notification import is_discovery
from parallax.story.places import blamed, places
from parallax.story.rules import Rules
from parallax.story.state import is_silence
from parallax.story.timeline import first_response, no_change, timeline


def publish(
    incident: Incident,
    judgement: Judgement,
    snapshot: Snapshot,
    reason: NotificationReason | None,
    rules: Rules,
) -> Incident:
    """Return the incident with a new finding, if there is a change to publish."""
    last = incident.finding
    finding = _finding(incident, judgement, snapshot, reason)
    if reason is None and last is not None and _core(last) == _core(finding):
        return incident
    published = replace(
        incident,
        number=incident.number + 1,
        finding=_with_story(finding, incident, snapshot, rules),
        found_in=incident.version + 1,  # the version that storing it makes
    )
    return published if reason is None else _mailed(published, reason, snapshot)


def _mailed(
    incident: Incident, reason: NotificationReason, snapshot: Snapshot
) -> Incident:
    """Return the incident with the content of its mail, to detect the next change."""
    changes = (NotificationReason.CAUSE_CHANGED, NotificationReason.TREND_CHANGED)
    revised = reason in changes and not is_discovery(incident, incident.cause)
    first = incident.mailed_cause is None
    named = first or incident.cause != NOT_ESTABLISHED
    return replace(
        incident,
        mailed_at=snapshot.taken_at,
        mailed_cause=incident.cause if named else incident.mailed_cause,
        mailed_place=_place(incident) if named else incident.mailed_place,
        mailed_hop=present(snapshot) or incident.mailed_hop,
        mailed_answered=_gets_response(snapshot, incident),
        changes=incident.changes + revised,
    )


def _place(incident: Incident) -> Place | None:
    return incident.finding.place if incident.finding else None


def _gets_response(snapshot: Snapshot, incident: Incident) -> bool | None:
    """Return whether failing requests get a response at their hop; None: unknown."""
    if present(snapshot) is None:
        return incident.mailed_answered
    failing = users.failing(Scene.of(snapshot), *AS_A_USER)
    responses = {is_response(p.status_code) for p in failing}
    return responses.pop() if len(responses) == 1 else None


def _core(finding: Finding) -> tuple[object, ...]:
    """Return the fields whose change is published."""
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


def _with_story(
    finding: Finding, incident: Incident, snapshot: Snapshot, rules: Rules
) -> Finding:
    """Return the finding with what its mail states in addition to the judgement.

    A finding about Parallax itself has no response and no timeline of a target.
    """
    mailed = snapshot.taken_at if finding.turn else incident.mailed_at
    reminder = timedelta(seconds=rules.reminder_seconds)
    timed = replace(
        _routed(finding, incident, snapshot.target),
        next_mail_at=mailed + reminder if mailed else None,
        quiet_seconds=rules.quiet_seconds,
    )
    if is_silence(incident):
        return timed
    return replace(
        timed,
        response=first_response(snapshot),
        timeline=timeline(incident, snapshot),
        no_change_before=no_change(incident, snapshot),
    )


def _routed(finding: Finding, incident: Incident, target: Target) -> Finding:
    """Return the finding with its target's severity, labels and runbook.

    Targets with different labels share a finding about Parallax itself, so it has none:
    otherwise its end could go to others than its begin. While only agents are silent,
    requests from the internet still show whether users are served.
    """
    if is_silence(incident):
        is_half = incident.cause == AGENT_SILENT
        return replace(
            finding, severity=Severity.WARNING if is_half else Severity.CRITICAL
        )
    return replace(
        finding,
        severity=target.severity,
        labels=target.labels,
        runbook=target.runbook,
    )


def _finding(
    incident: Incident,
    judgement: Judgement,
    snapshot: Snapshot,
    reason: NotificationReason | None,
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
        reason=judgement.reason,
        settling=judgement.settling is not None,
        settling_reason=judgement.settling,
        turn=reason,
        proof=incident.proof,
        well_since=incident.quiet_since,
        assessments=judgement.assessments,
        path=judgement.path,
        next_steps=judgement.next_steps,
        advice=judgement.advice,
        lead=judgement.lead,
        snapshot=snapshot,
        request_id=snapshot.run.first.request_id if snapshot.run else None,
        place=blamed(judgement, snapshot),
        places=() if is_silence(incident) else places(snapshot.target, snapshot),
    )
