"""Last cause: what an incident keeps of the cause that was established last.

In: the incident so far and the newest judgement. Out: the proof to store, with its
time; and a judgement that ends an incident, with the cause of its last finding.
It does not: change the cause of a failing judgement. A finding names only what its own
snapshot proves (docs/decisions/0017); a mail without a cause has the last proof as
earlier evidence, with its time.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from parallax.model.finding import Incident, Proof
from parallax.model.judgement import Answer, Judgement

ONCE = timedelta(minutes=1)
"""How often the same proof is stored again: each time writes the whole incident."""


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


def _gets_through(incident: Incident, judgement: Judgement) -> bool:
    """Return whether requests succeed now, and none did in the last finding.

    503 in 1 of 1 requests and 503 in 3 of 11 are different symptoms: what proved the
    first one stopped every request.
    """
    last, now = incident.finding, judgement.symptom
    before = last.symptom if last else None
    all_failed = before is not None and before.failed == before.total > 0
    return all_failed and now.failed < now.total


def latest_proof(
    incident: Incident, judgement: Judgement, now: datetime
) -> Proof | None:
    """Return the present proof of the judgement's cause, else the last proof.

    A proof that newer evidence contradicts is forgotten.
    """
    last = incident.proof
    answers = {a.cause: a for a in judgement.assessments}
    shown = answers.get(judgement.cause)
    if shown is None or shown.answer is not Answer.SUPPORTED:
        before = answers.get(last.cause) if last else None
        refuted = before is not None and before.answer is Answer.REFUTED
        return None if refuted or _gets_through(incident, judgement) else last
    again = last is not None and last.cause == judgement.cause
    if last and again and timedelta(0) <= now - last.seen_at < ONCE:
        return last
    return Proof(cause=judgement.cause, evidence=shown.evidence, seen_at=now)
