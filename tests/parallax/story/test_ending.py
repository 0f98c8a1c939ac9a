"""Specification of the end without an observation: `parallax.story.ending`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.diagnose.judge import judge
from parallax.model.finding import (
    Finding,
    Incident,
    NotificationReason,
    Proof,
    State,
)
from parallax.model.judgement import Difference, Symptom, View
from parallax.model.target import Severity
from parallax.story.ending import KEPT, end, shrink
from parallax.story.publish import publish
from parallax.story.rules import Rules
from tests.parallax import scenarios as s

LATER = s.NOW + timedelta(minutes=7)


def firing(*, mailed: bool = True) -> Incident:
    """Return an incident with labels and a runbook, in the middle of its story."""
    snapshot = s.wrong_port()
    target = replace(
        snapshot.target,
        severity=Severity.WARNING,
        labels=(("team", "shop"),),
        runbook="https://wiki.example/503",
    )
    snapshot = replace(snapshot, target=target)
    begun = Incident(
        id="5fed21c3-7c07-5ebf-b398-f3b879717154",
        subject=target.name,
        state=State.FIRING,
        since=s.NOW,
        changed_at=s.NOW,
        cause="lb-health-check-wrong-port",
        number=4,
        version=9,
        quiet_since=s.NOW,
        proof=Proof(cause="x", evidence=(), seen_at=s.NOW),
    )
    published = publish(begun, judge(snapshot), snapshot, None, Rules())
    return replace(published, mailed_at=s.NOW if mailed else None, version=10)


def finding(incident: Incident) -> Finding:
    """Return the finding of an incident that has one."""
    assert incident.finding is not None
    return incident.finding


def test_the_end_is_the_next_version_of_the_same_incident() -> None:
    """Resolved now, with the next number, and its finding new in the next version."""
    before = firing()
    after = end(before, LATER)
    same = replace(
        before,
        state=State.RESOLVED,
        changed_at=LATER,
        quiet_since=None,
        number=before.number + 1,
        mailed_at=LATER,
        finding=after.finding,
        found_in=before.version + 1,
    )
    assert after == same


def test_the_end_s_finding_says_that_nothing_is_known() -> None:
    """Except whose incident it was, and who learned of it."""
    before = firing()
    last, now = finding(before), finding(end(before, LATER))
    assert now == Finding(
        id=now.id,
        incident=before.id,
        target=before.subject,
        url=last.url,
        state=State.RESOLVED,
        since=before.since,
        judged_at=LATER,
        symptom=Symptom(
            external=View.UNKNOWN,
            internal=View.UNKNOWN,
            difference=Difference.UNKNOWN,
            summary="no longer watched",
        ),
        cause="no-longer-watched",
        title="No longer watched; its last cause was lb-health-check-wrong-port",
        settling=False,
        turn=NotificationReason.RESOLVED,
        severity=Severity.WARNING,
        labels=(("team", "shop"),),
        runbook="https://wiki.example/503",
    )
    assert now.url == s.TARGET.url


def test_its_id_continues_the_incident_s_ids() -> None:
    """It is the one that the next judgement would have used, and no earlier one."""
    before, snapshot = firing(), s.wrong_port()
    due = NotificationReason.REMINDER
    judged = publish(before, judge(snapshot), snapshot, due, Rules())
    ended = finding(end(before, LATER))
    assert ended.id == finding(judged).id
    assert ended.id != finding(before).id


def test_who_got_no_mail_gets_no_end() -> None:
    """The finding is published without a mail."""
    after = end(firing(mailed=False), LATER)
    assert after.mailed_at is None
    assert finding(after).turn is None


def test_an_incident_without_a_finding_ends_without_one() -> None:
    """Nothing was published of it."""
    before = replace(firing(mailed=False), finding=None)
    after = end(before, LATER)
    assert after == replace(
        before, state=State.RESOLVED, changed_at=LATER, quiet_since=None
    )


def test_an_hour_after_its_end_only_id_version_and_number_are_left() -> None:
    """Not a second before."""
    ended = end(firing(), LATER)
    assert shrink(ended, LATER + KEPT - timedelta(seconds=1)) is None
    small = shrink(ended, LATER + KEPT)
    assert small is not None
    assert small == replace(ended, finding=None, found_in=None, proof=None)
    assert shrink(small, LATER + 2 * KEPT) is None


@pytest.mark.parametrize("state", [State.PENDING, State.FIRING, State.RECOVERING])
def test_an_open_incident_is_not_reduced(state: State) -> None:
    """However old it is."""
    assert shrink(replace(firing(), state=state), LATER + 9 * KEPT) is None
