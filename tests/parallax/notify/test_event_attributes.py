"""Specification of the findings topic's attributes: `notify.event_attributes`."""

import json
from dataclasses import replace

from parallax.model.target import Severity
from parallax.notify.alert_event import alert_event
from parallax.notify.event import cloud_event
from parallax.notify.event_attributes import event_attributes
from parallax.notify.mail import render
from tests.parallax.notify.mail.drawn import resolved, two
from tests.parallax.sent_finding import FINDING


def test_an_alert_has_the_severity_and_targets_of_its_group() -> None:
    """The member that stands for all may be another one at the end."""
    quiet = replace(two().finding, severity=Severity.INFO, target="shop-001")
    alert = replace(two(), finding=quiet, severity=Severity.CRITICAL)
    found = event_attributes(alert_event(alert, render(alert)))
    assert found["severity"]["StringValue"] == "critical"
    assert json.loads(found["target"]["StringValue"]) == ["platform-api", "shop-001"]
    assert len(found) <= 10


def test_the_end_reaches_whoever_got_the_beginning() -> None:
    """It lists those that recovered, and those that moved."""
    alert = resolved()
    found = event_attributes(alert_event(alert, render(alert)))
    names = json.loads(found["target"]["StringValue"])
    assert {*alert.recovered, *alert.moved} == {*names}


def test_a_finding_has_its_own_target() -> None:
    """A text, as before."""
    found = event_attributes(cloud_event(FINDING, "/parallax/a/b/c"))
    assert found["target"] == {"DataType": "String", "StringValue": "front"}
