"""Specification of a message's variants, on the real emulator where it has them."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from parallax.model.alert import Alert
from parallax.model.schema import alert_schema
from parallax.notify.alert_event import LIMIT, TRIMS, alert_event, size
from parallax.notify.attributes import attributes
from parallax.notify.mail import render
from parallax.notify.routes import TopicRoute
from parallax.notify.variants import PROGRAMS, message
from tests.parallax.hostile import poisoned
from tests.parallax.notify.mail.drawn import DRAWN, five_hundred, two
from tests.parallax.notify.published import alerts_of

SNS = 262_144
"""Bytes that SNS accepts in all."""
HUGE = st.sampled_from([3_000, 100_000])


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_people_get_the_mail_and_programs_the_event(draw: Callable[[], Alert]) -> None:
    """Each protocol by its name, as SNS expects it; every event is valid."""
    alert = draw()
    mail = render(alert)
    texts = json.loads(message(alert, mail))
    assert texts["default"] == texts["email"] == mail.body
    assert len(texts["sms"]) <= 140
    events = {texts[name] for name in PROGRAMS}
    assert len(events) == 1
    event = json.loads(events.pop())
    Draft202012Validator(alert_schema()).validate(event)
    assert event["data"]["mail"] == {"subject": mail.subject, "text": mail.body}
    assert event["data"]["counts"]["failing"] == len(alert.failing)


def test_the_event_identifies_the_group_and_has_the_lead_finding() -> None:
    """A subscriber needs no other message; the snapshot stays where it is stored."""
    alert = two()
    event = alert_event(alert, render(alert))
    data = event["data"]
    assert (event["type"], event["subject"]) == ("io.parallax.alert.v1", alert.group)
    assert [m["target"] for m in data["members"]] == ["platform-api", "shop-001"]
    assert data["finding"]["cause"] == alert.cause
    assert data["labels"] == {"team": ["shop"]}
    assert "snapshot" not in data["finding"]
    assert "trimmed" not in data


def test_a_large_group_keeps_its_counts_and_loses_names() -> None:
    """What is removed is listed, in the stated order."""
    alert = five_hundred()
    data = alert_event(alert, render(alert))["data"]
    assert data["trimmed"] == ["assessments", "targets"]
    assert data["counts"]["failing"] == 500
    assert len(data["members"]) == 20
    answers = {a["answer"] for a in data["finding"]["assessments"]}
    assert answers == {"supported"}


@settings(max_examples=12)
@given(HUGE, st.sampled_from(["title", "url", "target", "cause"]), st.text(min_size=1))
def test_every_message_fits_into_sns(length: int, field: str, text: str) -> None:
    """Whatever a name holds, and however long it is."""
    long = (text * length)[:length]
    alert = two()
    found = replace(alert.finding, **{field: long})
    odd = replace(alert, finding=found, cause=long)
    event = alert_event(odd, render(odd))
    assert size(event) <= LIMIT
    Draft202012Validator(alert_schema()).validate(event)
    sent = message(odd, render(odd)).encode()
    filters = json.dumps(attributes(odd)).encode()
    assert len(sent) + len(filters) <= SNS


def test_what_is_removed_has_an_order() -> None:
    """The least important first; the schema lists the same names."""
    names = alert_schema()["properties"]["data"]["properties"]["trimmed"]
    assert [name for name, _ in TRIMS] == names["items"]["enum"]


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_a_hostile_alert_is_one_line_of_json(draw: Callable[[], Alert]) -> None:
    """SNS accepts it, and a terminal can display it."""
    alert = poisoned(draw())
    text = message(alert, render(alert))
    assert text.isprintable()


def test_a_queue_gets_the_event(cloud: Any) -> None:
    """Through the topic."""
    TopicRoute(cloud.topic).send(two())
    (event,) = alerts_of(cloud)
    assert event["type"] == "io.parallax.alert.v1"
    assert event["data"]["mail"]["subject"].startswith("DOWN 2 of 2 URLs")
