"""Batch: every configured route gets every record; none waits for another."""

from dataclasses import replace
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError

from parallax.groups.keeping import Keeping
from parallax.groups.table import DynamoGroups, alert_item
from parallax.incidents.table import DynamoIncidents, to_item
from parallax.model.finding import Incident
from parallax.notify import batch, marks
from parallax.notify.publication import from_image
from parallax.settings import Settings
from tests.parallax.groups.incidents import incident
from tests.parallax.notify.published import (
    alert_record,
    dead_letters_of,
    mailed,
    queued,
    record,
)
from tests.parallax.throttle import denied, throttled


def settings(cloud: Any) -> Settings:
    """Return settings with a queue and a topic, in a new container without memory."""
    marks._sent.clear()
    return Settings(
        incidents_table=cloud.incidents,
        findings_topic_arn=cloud.findings,
        alerts_topic_arn=cloud.topic,
        dead_letters_url=cloud.dead_letters,
    )


def test_a_queue_that_is_down_delays_no_mail(cloud: Any) -> None:
    """Each route has its own delivery, and its own list of waiting records."""
    records = [made("front", n) for n in range(1, 4) for made in (record, alert_record)]
    with denied("sns", "Publish", of=cloud.findings):
        response = batch.deliver({"Records": records}, settings(cloud))
        assert response == {"batchItemFailures": []}
        assert len(mailed(cloud)) == 3
        with pytest.raises(ExceptionGroup, match="some records are still waiting"):
            batch.deliver_waiting(settings(cloud))
    published = batch.deliver_waiting(settings(cloud))["published"]
    assert queued(cloud) == ["front-1", "front-2", "front-3"]
    assert {len(ids) for ids in published.values()} == {0, 6}


def test_an_unreadable_record_does_not_stop_the_others(cloud: Any) -> None:
    """It is a dead letter."""
    broken = {"eventName": "MODIFY", "dynamodb": {"NewImage": {"pk": {"S": "x"}}}}
    batch.deliver(
        {"Records": [broken, record("front", 1), alert_record("front", 1)]},
        settings(cloud),
    )
    assert mailed(cloud) == queued(cloud) == ["front-1"]
    assert [letter["record"] for letter in dead_letters_of(cloud)] == [broken]


def test_an_incident_becomes_the_alert_of_its_group(cloud: Any) -> None:
    """The stream brings the alert; the queue has the finding."""
    batch.deliver({"Records": [record("front", 1)]}, settings(cloud))
    assert mailed(cloud) == []
    batch.deliver({"Records": [stored_alert(cloud)]}, settings(cloud))
    assert mailed(cloud) == queued(cloud) == ["front-1"]


def test_a_table_that_is_throttled_brings_the_incident_again(cloud: Any) -> None:
    """No mail was sent; the next attempt publishes one alert."""
    one = record("front", 1)
    with throttled("TransactWriteItems"), pytest.raises(BatchProcessingError):
        batch.deliver({"Records": [one]}, settings(cloud))
    batch.deliver({"Records": [one, one]}, settings(cloud))
    assert stored_alert(cloud)["dynamodb"]["NewImage"]["number"] == {"N": "1"}


def test_an_incident_that_cannot_be_grouped_stops_no_other(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a dead letter, and its finding is queued."""

    def fail(*_: Any) -> None:
        raise ValueError("a fault of ours")

    one = record("front", 1)
    with monkeypatch.context() as patch:
        patch.setattr(Keeping, "take", fail)
        answer = batch.deliver({"Records": [one]}, settings(cloud))
    assert answer == {"batchItemFailures": []}
    (letter,) = dead_letters_of(cloud)
    assert letter["record"] == one
    assert "a fault of ours" in letter["reason"]
    assert queued(cloud) == ["front-1"]


def test_the_incidents_of_a_batch_are_one_write(cloud: Any) -> None:
    """And one alert, with all of them; the findings are queued one by one."""
    records = [incident_record(f"t{n}") for n in range(30)]
    broken = {"eventName": "MODIFY", "dynamodb": {"NewImage": {"pk": {"S": "x"}}}}
    batch.deliver({"Records": [*records, broken]}, settings(cloud))
    board = DynamoGroups(cloud.incidents).get()
    assert board.version == 1
    assert len(board.groups[0].members) == 30
    assert stored_alert(cloud)["dynamodb"]["NewImage"]["number"] == {"N": "1"}
    assert len(dead_letters_of(cloud)) == 1


def test_a_batch_that_cannot_be_grouped_together_is_grouped_one_by_one(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of its incidents may be at fault."""

    def fail(*_: Any) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(Keeping, "take_all", fail)
    records = [incident_record(f"t{n}") for n in range(3)]
    answer = batch.deliver({"Records": records}, settings(cloud))
    assert answer == {"batchItemFailures": []}
    (group,) = DynamoGroups(cloud.incidents).get().groups
    assert len(group.members) == 3


def incident_record(target: str) -> dict[str, Any]:
    """Return the stream's record of an incident behind the common balancer."""
    return {"eventName": "MODIFY", "dynamodb": {"NewImage": to_item(incident(target))}}


def test_the_minute_tells_an_incident_whose_record_was_lost(cloud: Any) -> None:
    """It is open in the table, and no group has it."""
    one = from_image(record("front", 1)["dynamodb"]["NewImage"])
    assert isinstance(one, Incident)
    DynamoIncidents(cloud.incidents).put(replace(one, version=0))
    batch.deliver_waiting(settings(cloud))
    batch.deliver({"Records": [stored_alert(cloud)]}, settings(cloud))
    assert mailed(cloud) == ["front-1"]


def stored_alert(cloud: Any) -> dict[str, Any]:
    """Return the stream's record of the only group's alert."""
    (group,) = DynamoGroups(cloud.incidents).get().groups
    alert = DynamoGroups(cloud.incidents).last(group.id)
    assert alert
    return {"eventName": "INSERT", "dynamodb": {"NewImage": alert_item(alert)}}
