"""Batch: every configured route gets every record; none waits for another."""

from typing import Any

import pytest

from parallax.notify import batch, marks
from parallax.settings import Settings
from tests.parallax.notify.published import dead_letters_of, mailed, queued, record
from tests.parallax.throttle import denied


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
    records = [record("front", number) for number in range(1, 4)]
    with denied("sqs", "SendMessage"):
        response = batch.deliver({"Records": records}, settings(cloud))
        assert response == {"batchItemFailures": []}
        assert len(mailed(cloud)) == 3
        with pytest.raises(ExceptionGroup, match="some records are still waiting"):
            batch.deliver_waiting(settings(cloud))
    published = batch.deliver_waiting(settings(cloud))["published"]
    assert queued(cloud) == ["front-1", "front-2", "front-3"]
    assert {len(ids) for ids in published.values()} == {0, 3}


def test_an_unreadable_record_does_not_stop_the_others(cloud: Any) -> None:
    """It is a dead letter."""
    broken = {"eventName": "MODIFY", "dynamodb": {"NewImage": {"pk": {"S": "x"}}}}
    batch.deliver({"Records": [broken, record("front", 1)]}, settings(cloud))
    assert mailed(cloud) == queued(cloud) == ["front-1"]
    assert [letter["record"] for letter in dead_letters_of(cloud)] == [broken]
