"""Specification of what a finding takes from its target: `parallax.story.publish`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.diagnose.judge import judge
from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.judgement import (
    AGENT_SILENT,
    MONITOR_BLIND,
    NOT_ESTABLISHED,
    PROBES_SILENT,
    UNWATCHED,
)
from parallax.model.snapshot import Snapshot
from parallax.model.target import Severity
from parallax.notify.event import cloud_event
from parallax.story.ending import end
from parallax.story.incident import advance
from parallax.story.publish import publish
from parallax.story.rules import Rules
from tests.parallax import scenarios as s

LABELS = (("team", "shop"), ("tier", "web"))
RUNBOOK = "https://wiki.example/shop#503"


def labeled() -> Snapshot:
    """Return a failure of a target that has all three."""
    x = s.wrong_port()
    return replace(
        x,
        target=replace(
            x.target, severity=Severity.INFO, labels=LABELS, runbook=RUNBOOK
        ),
    )


def fired(snapshot: Snapshot, cause: str | None = None) -> Incident:
    """Return the first incident of a snapshot, perhaps with another cause."""
    judgement = judge(snapshot)
    judgement = replace(judgement, cause=cause) if cause else judgement
    incident = advance(None, judgement, snapshot, rules=Rules())
    assert incident
    assert incident.finding
    return incident


def test_a_finding_has_the_severity_labels_and_runbook_of_its_target() -> None:
    """In the event, labels are a mapping, as in the targets file."""
    finding = fired(labeled()).finding
    assert finding
    assert finding.severity is Severity.INFO
    assert (finding.labels, finding.runbook) == (LABELS, RUNBOOK)
    data = cloud_event(finding)["data"]
    assert data["severity"] == "info"
    assert data["labels"] == {"team": "shop", "tier": "web"}
    assert data["runbook"] == RUNBOOK


def test_a_new_label_alone_publishes_nothing() -> None:
    """The next finding has it."""
    before = fired(s.wrong_port())
    x = labeled()
    x = replace(x, taken_at=x.taken_at + timedelta(seconds=10))
    after = advance(before, judge(x), x, rules=Rules())
    assert after
    assert after.number == before.number


@pytest.mark.parametrize(
    ("cause", "severity"),
    [
        (AGENT_SILENT, Severity.WARNING),
        (PROBES_SILENT, Severity.CRITICAL),
        (MONITOR_BLIND, Severity.CRITICAL),
    ],
)
def test_a_finding_about_parallax_has_no_target_s_labels(
    cause: str, severity: Severity
) -> None:
    """Targets share it, and each may have others."""
    finding = fired(labeled(), cause).finding
    assert finding
    assert (finding.severity, finding.labels, finding.runbook) == (severity, (), None)


def test_the_end_of_an_unwatched_target_goes_where_its_begin_went() -> None:
    """The target is no longer in the file; its last finding has them."""
    incident = end(fired(labeled()), s.NOW)
    assert incident.finding
    assert incident.state is State.RESOLVED
    assert incident.finding.cause == UNWATCHED
    assert incident.finding.severity is Severity.INFO
    assert (incident.finding.labels, incident.finding.runbook) == (LABELS, RUNBOOK)


def test_the_mailed_cause_and_place_stay_while_none_is_established() -> None:
    """A later mail without a cause does not say that the earlier one was wrong."""
    begun = fired(s.pods_not_ready())
    assert begun.mailed_place is not None
    later = s.NOW + timedelta(hours=7)
    blind = replace(s.pods_not_ready(), reports=(), balancer=None, taken_at=later)
    unproven = replace(judge(s.pods_not_ready()), cause=NOT_ESTABLISHED, hop=None)
    moved = replace(begun, cause=NOT_ESTABLISHED)
    due = NotificationReason.REMINDER
    published = publish(moved, unproven, blind, due, Rules())
    assert published.finding is not None
    assert published.finding.place != begun.mailed_place
    assert published.mailed_at == later
    assert (published.mailed_cause, published.mailed_place) == (
        begun.mailed_cause,
        begun.mailed_place,
    )
