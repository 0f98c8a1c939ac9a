"""`parallax mail`: the mail of findings, alerts and snapshots, as it is sent."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from parallax.cli import app
from parallax.groups.alert import alone
from parallax.model.alert import Alert
from parallax.model.finding import NotificationReason
from parallax.model.incident_state import State
from parallax.model.wire import encode
from parallax.notify.alert_event import alert_event
from parallax.notify.event import cloud_event
from parallax.notify.mail import render
from tests.parallax import scenarios
from tests.parallax.hostile import is_safe, poisoned
from tests.parallax.open_group import ALERT, GROUP_ID

RECORDED = Path(__file__).parents[3] / "events/diagnose/lb-health-check-wrong-port.json"
EVENT = cloud_event(ALERT.finding)


def mail(source: str | dict[str, Any], *options: str) -> Result:
    """Run the command for a file, or for a document on standard input."""
    if isinstance(source, str):
        return CliRunner().invoke(app, ["mail", source, *options])
    given = json.dumps(source)
    return CliRunner().invoke(app, ["mail", "-", *options], input=given)


def text_of(alert: Alert) -> str:
    """Return what the command prints for an alert."""
    sent = render(alert)
    return f"{sent.subject}\n\n{sent.body}"


def test_of_an_alert_it_is_the_mail_that_was_sent() -> None:
    """With the link that the stack signed, and every target."""
    sent = render(ALERT, "https://stack.example/incident?signed")
    result = mail(alert_event(ALERT, sent))
    assert result.exit_code == 0
    assert result.stdout == f"{sent.subject}\n\n{sent.body}"


@pytest.mark.parametrize(
    "envelope",
    [
        EVENT,
        {"Messages": [{"Body": json.dumps(EVENT)}]},
        {"Records": [{"body": json.dumps(EVENT)}]},
        {"Type": "Notification", "Message": json.dumps(EVENT)},
        {"finding": encode(ALERT.finding)},
    ],
    ids=["event", "receive-message", "record", "SNS", "finding"],
)
def test_of_a_finding_it_is_the_mail_of_its_target(envelope: dict[str, Any]) -> None:
    """Also inside a message of a queue."""
    result = mail(envelope)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == text_of(alone(ALERT.finding))


def test_as_json_it_is_subject_and_text() -> None:
    """For a program that forwards it."""
    sent = render(alone(ALERT.finding))
    document = json.loads(mail(EVENT, "--json").stdout)
    assert document == {"subject": sent.subject, "text": sent.body}


@pytest.mark.parametrize(
    ("state", "turn"),
    [
        (State.FIRING, NotificationReason.FIRING),
        (State.RESOLVED, NotificationReason.RESOLVED),
    ],
)
def test_a_finding_without_a_mail_shows_that_of_its_state(
    state: State, turn: NotificationReason
) -> None:
    """Most findings of the queue send none."""
    finding = replace(ALERT.finding, turn=None, state=state)
    result = mail(cloud_event(finding))
    assert result.exit_code == 0
    assert result.stdout == text_of(alone(replace(finding, turn=turn)))


def test_labels_and_runbook_are_in_the_mail() -> None:
    """An event has labels as an object."""
    finding = replace(
        ALERT.finding, labels=(("team", "shop"),), runbook="https://wiki.example/shop"
    )
    result = mail(cloud_event(finding))
    assert "team=shop" in result.stdout
    assert "https://wiki.example/shop" in result.stdout


def test_of_a_snapshot_it_is_the_first_mail() -> None:
    """A recorded one, and one that `investigate` saved."""
    result = mail(f"{RECORDED}")
    assert result.exit_code == 0
    assert result.stdout.startswith("DOWN keybuzz-api 503: ")
    assert "RUN THIS NEXT" in result.stdout


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"snapshot": encode(scenarios.healthy())}, "the target is served"),
        ({"type": "io.parallax.advice.v1", "data": {}}, "advice has no mail"),
        ({"type": "io.parallax.alert.v1", "data": {}}, "no data.mail"),
        ({"a": 1}, "contains no snapshot"),
        ({"data": {"judged_at": "never"}}, "not a valid finding"),
        ({"Messages": []}, "contains no snapshot"),
    ],
)
def test_what_has_no_mail_is_an_error(document: dict[str, Any], reason: str) -> None:
    """Exit status 2 and a sentence."""
    result = mail(document)
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in " ".join(result.stderr.split())


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "JSON"])
def test_a_hostile_finding_controls_no_terminal(options: tuple[str, ...]) -> None:
    """Neither do the texts of an alert that somebody else wrote."""
    finding = replace(poisoned(ALERT.finding), incident=GROUP_ID)
    for event in (
        cloud_event(finding),
        {
            "type": "io.parallax.alert.v1",
            "data": {"mail": {"subject": "a\x1b[2J\nb", "text": "c\x9b31m\u202e"}},
        },
    ):
        result = mail(event, *options)
        assert result.exit_code == 0
        assert is_safe(result.output)
