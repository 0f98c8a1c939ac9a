"""Last cause: an established cause outlives evidence that went stale.

In: the incident so far and the newest judgement. Out: the judgement, with the last
established cause if nothing contradicts it.
A judgement that ends an incident has its cause as well. The evidence of a cause is
stored with its time, so that a mail can state its age.
It does not: keep a cause that new evidence refutes, that another fault hides now, or
for another symptom.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from parallax.diagnose.path import blame
from parallax.model.finding import Finding, Incident, Proof
from parallax.model.judgement import (
    NOT_ESTABLISHED,
    Answer,
    HopSeen,
    Judgement,
    Symptom,
)

ONCE = timedelta(minutes=1)
"""How often the same proof is stored again: each time writes the whole incident."""


def with_last_cause(incident: Incident, judgement: Judgement) -> Judgement:
    """Return the judgement with the last established cause, if it may still hold."""
    last = incident.finding
    if judgement.cause != NOT_ESTABLISHED or last is None:
        return judgement
    answers = {a.cause: a for a in judgement.assessments}
    now = answers.get(last.cause)
    if now is None or now.answer is not Answer.UNKNOWN or now.hidden_by:
        return judgement
    if last.cause != incident.cause or not _same(last.symptom, judgement.symptom):
        return judgement
    return replace(
        judgement,
        class_=last.class_,
        hop=last.hop,
        cause=last.cause,
        title=last.title,
        reason=last.reason,
        path=_path(incident, last, judgement),
        next_steps=last.next_steps,
    )


def _path(
    incident: Incident, last: Finding, judgement: Judgement
) -> tuple[HopSeen, ...]:
    """Return the path with the last cause's hop as it was when the proof was made."""
    proof = incident.proof
    if proof is None or proof.cause != last.cause or last.hop is None:
        return judgement.path
    at = f"{proof.seen_at.astimezone(UTC):%H:%M UTC}"
    shown = next(iter(proof.evidence), last.title)
    return blame(judgement.path, last.hop, f"as of {at}: {shown}")


def _same(before: Symptom, now: Symptom) -> bool:
    """Say whether users get the same failure."""
    return (before.status_code, before.error_type) == (now.status_code, now.error_type)


def closed(incident: Incident, judgement: Judgement) -> Judgement:
    """Return a healthy judgement with the last cause of its incident."""
    last = incident.finding
    if last is None:
        return judgement
    return replace(
        judgement,
        class_=last.class_,
        hop=last.hop,
        cause=last.cause,
        title=last.title,
        reason=last.reason,
        next_steps=(),
    )


def latest_proof(
    incident: Incident, judgement: Judgement, now: datetime
) -> Proof | None:
    """Return the present proof of the judgement's cause, else the last proof."""
    last = incident.proof
    shown = [
        a
        for a in judgement.assessments
        if a.cause == judgement.cause and a.answer is Answer.SUPPORTED
    ]
    if not shown:
        return last
    again = last is not None and last.cause == judgement.cause
    if last and again and timedelta(0) <= now - last.seen_at < ONCE:
        return last
    return Proof(cause=judgement.cause, evidence=shown[0].evidence, seen_at=now)
