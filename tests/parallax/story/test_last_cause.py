"""Specification of the last cause: `parallax.story.last_cause`."""

from dataclasses import replace
from datetime import timedelta

from parallax.diagnose.judge import judge
from parallax.model.finding import Finding, Incident, NotificationReason, State
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Class, Hop, NextStep
from parallax.model.snapshot import Snapshot
from parallax.story.incident import advance
from parallax.story.last_cause import closed
from parallax.story.rules import Rules
from tests.parallax import scenarios as s
from tests.parallax.rendered import mail_of

RULES = Rules(reminder_seconds=600)
SHOWN = s.pods_not_ready()
UNSEEN = replace(SHOWN, reports=())
"""The same failure after all agents went silent."""


def live_through(*steps: tuple[Snapshot, float]) -> Incident:
    """Return the incident after snapshots, taken this many seconds after the first."""
    incident = None
    for x, seconds in steps:
        moment = replace(x, taken_at=s.NOW + timedelta(seconds=seconds))
        incident = advance(incident, judge(x), moment, rules=RULES)
    assert incident
    return incident


def finding_of(incident: Incident) -> Finding:
    """Return an incident's last finding."""
    assert incident.finding
    return incident.finding


def test_a_cause_is_not_named_from_evidence_that_went_stale() -> None:
    """Its assessment is unknown, so no cause is named; the mail has the old proof.

    Earlier versions kept the cause. So a mail named what its own snapshot did not show.
    """
    last = finding_of(
        live_through((SHOWN, 0), (SHOWN, 90), (UNSEEN, 150), (UNSEEN, 600))
    )
    assert (last.turn, last.cause) == (NotificationReason.REMINDER, NOT_ESTABLISHED)
    answers = {a.cause: a.answer for a in last.assessments}
    assert answers["pods-not-ready"] is Answer.UNKNOWN
    assert last.proof
    assert last.proof.seen_at == s.NOW + timedelta(seconds=90)
    body = " ".join(mail_of(last).body.split())
    earlier = "Earlier evidence of pods-not-ready (last observed at 03:02 UTC):"
    assert earlier in body
    assert "0 of 5 endpoints ready" in body
    assert "FAULTY as of" not in body


def test_the_end_names_the_last_cause_and_nothing_to_do() -> None:
    """Class, hop, cause, reason and title are those of the last finding."""
    incident = live_through((SHOWN, 0), (SHOWN, 90))
    last = replace(finding_of(incident), reason="image-not-found")
    step = NextStep(text="Look at the pods.")
    healthy = replace(judge(s.healthy()), next_steps=(step,))
    assert closed(replace(incident, finding=last), healthy) == replace(
        healthy,
        class_=Class.BACKEND,
        hop=Hop.POD,
        cause="pods-not-ready",
        title=last.title,
        reason="image-not-found",
        next_steps=(),
    )
    assert last.title
    assert closed(replace(incident, finding=None), healthy) == healthy


def test_evidence_from_before_a_request_got_through_is_forgotten() -> None:
    """503 in every request and 503 in some are different symptoms."""
    first, then = s.wrong_destination(), some_succeed(s.wrong_destination())
    incident = live_through((first, 0), (then, 30))
    assert finding_of(incident).cause == NOT_ESTABLISHED
    assert incident.proof is None
    assert "Earlier evidence" not in mail_of(finding_of(incident)).body


def some_succeed(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with successful requests between the failing ones."""
    pages = [s.LB_503, s.OK, s.OK, *[s.LB_503] * 8]
    return replace(snapshot, run=s.run(pages, unknown_host=s.LB_503, after=3.1))


def test_a_present_proof_has_no_time() -> None:
    """The evidence is not old, so the mail has no time of it."""
    body = mail_of(finding_of(live_through((SHOWN, 0)))).body
    assert "CAUSE (the pods, established)" in body
    assert "as of" not in body


def test_a_proof_is_stored_once_a_minute() -> None:
    """Judged every few seconds, the incident is stored only if it changes."""
    first = live_through((SHOWN, 0))
    assert live_through((SHOWN, 0), (SHOWN, 59)) == first
    again = live_through((SHOWN, 0), (SHOWN, 60))
    assert again.proof
    assert again.proof.seen_at == s.NOW + timedelta(seconds=60)
    assert again.number == first.number


def test_earlier_evidence_is_mailed_if_no_cause_is_established_now() -> None:
    """Another symptom without a cause: no blame, but the mail has the old evidence."""
    other = replace(s.pods_refuse(), reports=(), sightings=())
    last = finding_of(live_through((SHOWN, 0), (other, 60), (other, 600)))
    assert last.turn is NotificationReason.REMINDER
    body = mail_of(last).body
    assert "not established" in body
    assert "Earlier evidence of pods-not-ready (last observed at 03:00 UTC):" in body


def test_the_end_has_the_cause_and_the_time_of_the_recovery() -> None:
    """The resolved finding has the cause, and when the target recovered."""
    last = finding_of(live_through((SHOWN, 0), (s.healthy(), 60), (s.healthy(), 360)))
    assert (last.state, last.cause) == (State.RESOLVED, "pods-not-ready")
    assert last.well_since == s.NOW + timedelta(seconds=60)
