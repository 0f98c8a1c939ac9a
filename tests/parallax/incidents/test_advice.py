"""Advice records in the emulator's table, from the judgement to the queue."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from jsonschema import Draft202012Validator

from parallax.incidents import advice as records
from parallax.incidents.items import ConflictError
from parallax.incidents.move import Moves
from parallax.incidents.table import DynamoIncidents, to_item
from parallax.model.advice import AdviceRecord, AdviceState
from parallax.model.finding import Incident, State
from parallax.model.packed import UnreadableError
from parallax.model.schema import advice_schema
from parallax.notify.delivery import Delivery
from parallax.notify.findings_topic import FindingsRoute
from parallax.settings import SOURCE
from parallax.story.rules import Rules
from tests.parallax import scenarios as s
from tests.parallax.throttle import throttled

SUBJECT = "platform-api/advice"


def journal(now: datetime, ready: int) -> Any:
    """Return a healthy journal with this number of ready pods."""
    run = s.run(s.OK, investigated=False, at=now)
    return lambda _target, _since: [run, *s.reports(ready=ready, at=now)]


def test_two_judgements_become_one_event_and_no_mail(cloud: Any) -> None:
    """Judged every minute, published once; a second delivery publishes nothing."""
    incidents = DynamoIncidents(cloud.incidents)
    table = records.DynamoAdvice(cloud.incidents)
    delivery = Delivery(FindingsRoute(cloud.findings, SOURCE), cloud.incidents)
    for minute in range(5):
        now = s.NOW + timedelta(minutes=minute)
        Moves(
            recent=journal(now, 1), incidents=incidents, rules=Rules(), records=table
        ).move(s.TARGET, now)
        record = table.get(SUBJECT)
        assert record
        for news in record.events:
            delivery.publish(news)
            delivery.publish(news)
    (event,) = (json.loads(text) for text in cloud.messages(cloud.queue))
    Draft202012Validator(advice_schema()).validate(event)
    assert event["type"] == "io.parallax.advice.v1"
    assert event["subject"] == "platform-api"
    assert event["data"]["state"] == AdviceState.GIVEN
    assert event["data"]["advice"]["id"] == "one-ready-replica"
    assert cloud.messages(cloud.inbox) == []
    assert incidents.unresolved() == ()


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
def test_a_throttled_record_loses_no_finding(cloud: Any, operation: str) -> None:
    """After a retry: one finding of the incident, and one advice event."""
    incidents = DynamoIncidents(cloud.incidents)
    table = records.DynamoAdvice(cloud.incidents)
    outside, now = s.run(s.LB_503), s.NOW
    known = [outside, s.balancer(healthy=0), *s.reports(ready=1)]

    def judged() -> Any:
        rules = Rules(settle_seconds=0)
        return Moves(
            recent=lambda *_: known, incidents=incidents, rules=rules, records=table
        ).move(s.TARGET, now)

    with throttled(operation, of=SUBJECT), pytest.raises(ClientError, match="slow"):
        judged()
    first = incidents.get(s.TARGET.name)
    assert first
    assert (first.number, first.state) == (1, State.FIRING)
    for _ in range(3):
        assert judged() == []
    assert incidents.get(s.TARGET.name) == first
    record = table.get(SUBJECT)
    assert record
    assert [news.state for news in record.events] == [AdviceState.GIVEN]
    assert record.number == 1


def test_a_record_changed_in_between_is_a_conflict(cloud: Any) -> None:
    """Compare-and-set, as for incidents."""
    table = records.DynamoAdvice(cloud.incidents)
    table.put(AdviceRecord(subject=SUBJECT))
    with pytest.raises(ConflictError):
        table.put(AdviceRecord(subject=SUBJECT))


def test_an_unreadable_record_is_replaced_with_its_number(cloud: Any) -> None:
    """Ids stay unique, and the next write does not conflict."""
    table = records.DynamoAdvice(cloud.incidents)
    item = records.to_item(AdviceRecord(subject=SUBJECT, version=3, number=7))
    broken = item | {"payload": {"B": b"nonsense"}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    found = table.get(SUBJECT)
    assert found is not None
    assert found == AdviceRecord(subject=SUBJECT, version=3, number=7)
    table.put(found)


def test_the_kind_of_an_image_is_detected() -> None:
    """The stream contains incidents and advice records."""
    record = AdviceRecord(subject=SUBJECT)
    item = records.to_item(record)
    streamed = item | {
        "payload": {"B": base64.b64encode(item["payload"]["B"]).decode()}
    }
    assert records.from_image(streamed) == record
    incident = Incident(
        id="i",
        subject="front",
        state=State.FIRING,
        since=s.NOW,
        changed_at=s.NOW,
        cause="not-established",
    )
    assert records.from_image(to_item(incident)) == incident
    with pytest.raises(UnreadableError):
        records.from_image(streamed | {"payload": {"B": "AAAA"}})
