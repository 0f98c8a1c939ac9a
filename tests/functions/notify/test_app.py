"""Notify: the batch's good findings go out, whatever else is in it."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError

from parallax.incidents import advice
from parallax.incidents.advice import DynamoAdvice
from parallax.model.advice import AdviceEvent, AdviceRecord
from parallax.model.wire import encode
from parallax.settings import SettingsError
from tests.parallax.notify.digest import given
from tests.parallax.notify.published import (
    alert_record,
    dead_letters_of,
    mailed,
    queued,
    record,
)
from tests.parallax.notify.test_routes import NEWS
from tests.parallax.sent_finding import FINDING
from tests.parallax.throttle import denied, refused_for_good, throttled

BROKEN = {"eventName": "MODIFY", "dynamodb": {"NewImage": {"pk": {"S": "broken"}}}}
DONE = {"batchItemFailures": []}


def app(load: Any, cloud: Any, **places: str) -> Any:
    """Load notify with a test's own places and both routes."""
    found = {
        "INCIDENTS_TABLE": cloud.incidents,
        "FINDINGS_TOPIC_ARN": cloud.findings,
        "ALERTS_TOPIC_ARN": cloud.topic,
        "DEAD_LETTERS_URL": cloud.dead_letters,
    }
    return load("notify", **(found | places))


def both(subject: str, *numbers: int) -> list[dict[str, Any]]:
    """Make the records of an incident's findings, and of its group's alerts."""
    return [made(subject, n) for n in numbers for made in (record, alert_record)]


def test_a_broken_record_harms_no_other(load: Any, cloud: Any) -> None:
    """It becomes a dead letter; the records before and after it are published."""
    batch = {"Records": [record("front", 1), BROKEN, record("front", 2)]}
    assert app(load, cloud).handler(batch, None) == DONE
    assert queued(cloud) == ["front-1", "front-2"]
    (letter,) = dead_letters_of(cloud)
    assert letter["record"] == BROKEN


def test_a_topic_that_is_gone_fails_no_record(load: Any, cloud: Any) -> None:
    """The findings are in the queue at once; the mails follow when it is back."""
    batch = {"Records": both("front", 1, 2)}
    notify = app(load, cloud, ALERTS_TOPIC_ARN=cloud.topic + "-gone")
    assert notify.handler(batch, None) == DONE
    assert queued(cloud) == ["front-1", "front-2"]
    with pytest.raises(ExceptionGroup, match="still wait"):
        notify.handler({"deliver": "waiting"}, None)
    answer = app(load, cloud).handler({"deliver": "waiting"}, None)
    sent = {"topic": ["alert-front-1", "alert-front-2"], "queue": []}
    assert answer["published"] == sent
    assert mailed(cloud) == ["front-1", "front-2"]
    assert queued(cloud) == []
    assert dead_letters_of(cloud) == []


def test_a_function_with_one_route_leaves_the_other_alone(
    load: Any, cloud: Any
) -> None:
    """The template deploys it twice: queue and mail do not wait for each other."""
    batch = {"Records": both("front", 1)}
    app(load, cloud, FINDINGS_TOPIC_ARN="").handler(batch, None)
    assert (queued(cloud), mailed(cloud)) == ([], ["front-1"])
    app(load, cloud, ALERTS_TOPIC_ARN="").handler(batch, None)
    assert (queued(cloud), mailed(cloud)) == (["front-1"], [])
    with pytest.raises(SettingsError, match="neither is set"):
        app(load, cloud, ALERTS_TOPIC_ARN="", FINDINGS_TOPIC_ARN="").handler(
            batch, None
        )


def test_a_finding_that_the_topic_never_takes_is_kept(load: Any, cloud: Any) -> None:
    """Refused for good it is in queue and dead letters; the next one is mailed."""
    notify = app(load, cloud)
    batch = {"Records": both("front", 1, 2)}
    with refused_for_good(of="finding front-1"):
        assert notify.handler(batch, None) == DONE
    assert mailed(cloud) == ["front-2"]
    letters = dead_letters_of(cloud)  # both topics get the alert
    assert [letter["record"] for letter in letters] == [batch["Records"][1]] * 2
    reasons = {letter["reason"].partition(":")[0] for letter in letters}
    assert reasons == {"topic", "queue"}
    assert queued(cloud) == ["front-1", "front-2"]


def test_a_dead_letter_can_be_replayed(load: Any, cloud: Any) -> None:
    """Its record in a batch again sends what did not go out, and nothing else."""
    notify = app(load, cloud)
    with refused_for_good():
        notify.handler({"Records": both("front", 1)}, None)
    letters = [letter["record"] for letter in dead_letters_of(cloud)]
    assert notify.handler({"Records": letters, "redrive": True}, None) == DONE
    assert mailed(cloud) == ["front-1"]
    assert queued(cloud) == ["front-1"]


def test_by_hand_it_shows_what_would_go_out(load: Any) -> None:
    """Without a cloud account a finding's event and mail are returned."""
    shown = load("notify").handler({"finding": encode(FINDING)}, None)
    assert shown["event"]["type"] == "io.parallax.finding.v1"
    assert "front" in shown["mail"]["subject"]


def advised(*news: AdviceEvent) -> dict[str, Any]:
    """Make the stream's record of a target's advice."""
    image = advice.to_item(AdviceRecord(subject="front/advice", events=news))
    return {"eventName": "MODIFY", "dynamodb": {"NewImage": image}}


def test_advice_goes_to_the_queue_and_to_no_mail(load: Any, cloud: Any) -> None:
    """A record without news publishes nothing."""
    batch = {"Records": [advised(NEWS), advised()]}
    assert app(load, cloud).handler(batch, None) == DONE
    assert queued(cloud) == ["advice-1"]
    assert mailed(cloud) == []


def test_the_daily_call_mails_advice(load: Any, cloud: Any) -> None:
    """Once, from the records that judgements left in the table."""
    few = given.standing(given.few_pods("shop"))
    DynamoAdvice(cloud.incidents).put(AdviceRecord(subject="a/advice", standing=(few,)))
    notify = app(load, cloud)
    assert notify.handler({"deliver": "advice"}, None) == {"advice": 1}
    assert notify.handler({"deliver": "advice"}, None) == {"advice": 0}
    (mail,) = (json.loads(text) for text in cloud.messages(cloud.inbox))
    assert mail["Subject"] == "ADVICE a: only one of several pods is ready"


def test_whatever_comes_twice_goes_out_once(load: Any, cloud: Any) -> None:
    """Doubled records, a poisoned one between them, advice beside, all of it again."""
    one, two = both("front", 1), both("front", 2)
    records = [*one, advised(NEWS), BROKEN, *one, advised(NEWS), *two]
    notify = app(load, cloud)
    notify.handler({"Records": records}, None)
    notify.handler({"Records": records[4:]}, None)
    assert sorted(queued(cloud)) == ["advice-1", "front-1", "front-2"]
    assert mailed(cloud) == ["front-1", "front-2"]
    assert len(dead_letters_of(cloud)) == 1


def test_a_throttled_table_brings_the_batch_again(load: Any, cloud: Any) -> None:
    """Before anything went out; then each goes once, advice too."""
    batch = {"Records": [*both("front", 1), advised(NEWS)]}
    notify = app(load, cloud)
    with throttled("GetItem"), pytest.raises(BatchProcessingError):
        notify.handler(batch, None)
    assert mailed(cloud) == []
    notify.handler(batch, None)
    assert queued(cloud) == ["front-1", "advice-1"]
    assert mailed(cloud) == ["front-1"]
    assert dead_letters_of(cloud) == []


def test_only_the_record_that_fails_is_returned(load: Any, cloud: Any) -> None:
    """It can neither go out nor wait; the other subject's record is done."""
    one, two = alert_record("front", 1), alert_record("api", 1)
    notify = app(load, cloud)
    with denied("sns", "Publish", of="front-1"), throttled("PutItem"):
        answer = notify.handler({"Records": [one, two]}, None)
    number = one["dynamodb"]["SequenceNumber"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": number}]}
    assert mailed(cloud) == ["api-1"]
