"""Alert event: it fits a topic, follows its schema, and becomes the alert again."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from parallax.model.finding import NotificationReason
from parallax.notify.alert_event import LISTED, TYPE, alert_event, alert_of
from parallax.notify.event import LIMIT
from tests.parallax.notify.alerts import alert, member

SCHEMA = json.loads(Path("docs/schema/alert.v1.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


@pytest.mark.parametrize("turn", NotificationReason)
def test_an_alert_follows_its_schema(turn: NotificationReason) -> None:
    """Each turn, and a type and subject of its own."""
    event = json.loads(json.dumps(alert_event(alert(turn), "/parallax/a/b/c")))
    VALIDATOR.validate(event)
    assert (event["type"], event["source"]) == (TYPE, "/parallax/a/b/c")
    assert event["subject"] == f"group/{event['data']['group']}"
    assert event["data"]["turn"] == turn.value


def test_an_event_becomes_its_alert_again() -> None:
    """A subscriber of ours reads the alert that was published."""
    sent = alert(NotificationReason.GROWN)
    read = alert_of(json.loads(json.dumps(alert_event(sent))))
    assert (read.id, read.group, read.turn) == (sent.id, sent.group, sent.turn)
    assert read.finding.title == sent.finding.title
    assert read.finding.url == sent.finding.url
    assert [m.target for m in read.members] == [m.target for m in sent.members]


def test_five_hundred_targets_fit_a_message() -> None:
    """The event lists some and counts all."""
    many = tuple(member(n, url="https://x.example/" + "a" * 200) for n in range(500))
    event = alert_event(alert(members=many, pending=many))
    assert len(json.dumps(event, ensure_ascii=False).encode()) < LIMIT
    assert len(event["data"]["members"]) == LISTED
    assert event["data"]["counts"] == {"members": 500, "pending": 500, "recovered": 0}


@given(st.text())
def test_what_is_no_alert_is_an_error(kind: str) -> None:
    """A finding's event, or anything else, holds none."""
    with pytest.raises(ValueError, match="expected io"):
        alert_of({"type": kind, "data": {}})
