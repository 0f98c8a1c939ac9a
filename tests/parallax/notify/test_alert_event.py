"""Alert event: it follows its schema (its sizes: `test_variants`)."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from parallax.model.finding import NotificationReason
from parallax.notify.alert_event import TYPE, alert_event
from parallax.notify.mail import render
from tests.parallax.notify.alerts import alert

SCHEMA = json.loads(Path("docs/schema/alert.v1.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


@pytest.mark.parametrize("turn", NotificationReason)
def test_an_alert_follows_its_schema(turn: NotificationReason) -> None:
    """Each turn, and a type and subject of its own."""
    one = alert(turn)
    event = json.loads(json.dumps(alert_event(one, render(one), "/parallax/a/b/c")))
    VALIDATOR.validate(event)
    assert (event["type"], event["source"]) == (TYPE, "/parallax/a/b/c")
    assert event["subject"] == event["data"]["group"]
    assert event["data"]["turn"] == turn.value
