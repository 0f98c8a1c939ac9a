"""Notify: the batch's good findings go out, whatever else is in it."""

import base64
import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from parallax.aws import client
from parallax.incidents import advice, to_item
from parallax.model.advice import AdviceNews, AdviceRecord, AdviceState
from parallax.model.finding import Incident, State
from parallax.model.judgement import Advice, Hop
from tests.parallax.throttle import throttled
from tests.parallax.told import FINDING, NOON


def record(number: int) -> dict[str, Any]:
    """Make the stream's record of an incident with a finding."""
    incident = Incident(
        id="front",
        subject="front",
        state=State.FIRING,
        since=NOON,
        changed_at=NOON,
        cause=FINDING.cause,
        number=number,
        finding=replace(FINDING, id=f"front-{number}"),
    )
    image = to_item(incident)
    image["payload"] = {"B": base64.b64encode(image["payload"]["B"]).decode()}
    return {"eventName": "MODIFY", "dynamodb": {"NewImage": image}}


BROKEN = {"eventName": "MODIFY", "dynamodb": {"NewImage": {"pk": {"S": "broken"}}}}


def app(load: Any, cloud: Any, **places: str) -> Any:
    """Load notify with a test's own places."""
    found = {
        "INCIDENTS_TABLE": cloud.incidents,
        "FINDINGS_QUEUE_URL": cloud.queue,
        "ALERTS_TOPIC_ARN": cloud.topic,
        "DEAD_LETTERS_URL": cloud.dead_letters,
    }
    return load("notify", **(found | places))


def test_a_broken_record_harms_no_other(load: Any, cloud: Any) -> None:
    """It is put aside; what stands before and behind it is published."""
    batch = {"Records": [record(1), BROKEN, record(2)]}
    answer = app(load, cloud).handler(batch, None)
    assert list(answer["published"]) == ["front-1", "front-2"]
    assert len(cloud.messages(cloud.queue)) == 2
    (letter,) = cloud.messages(cloud.dead_letters)
    assert "broken" in letter


def test_a_topic_that_refuses_brings_the_batch_again(load: Any, cloud: Any) -> None:
    """All findings are in the queue at once, and in the second try only mails go."""
    batch = {"Records": [record(1), record(2)]}
    notify = app(load, cloud, ALERTS_TOPIC_ARN=cloud.topic + "-gone")
    with pytest.raises(ExceptionGroup, match="comes again"):
        notify.handler(batch, None)
    assert len(cloud.messages(cloud.queue)) == 2
    answer = app(load, cloud).handler(batch, None)
    assert answer["published"] == {"front-1": ("topic",), "front-2": ("topic",)}
    assert cloud.messages(cloud.queue) == []
    assert len(cloud.messages(cloud.inbox)) == 2
    assert cloud.messages(cloud.dead_letters) == []


def test_a_finding_that_the_topic_never_takes_is_kept(load: Any, cloud: Any) -> None:
    """Refused for good it is in queue and dead letters; the next one is mailed."""
    words = "Invalid parameter: Message too long"
    body = (
        "<ErrorResponse><Error><Code>InvalidParameter</Code>"
        f"<Message>{words}</Message></Error></ErrorResponse>"
    )
    raw = HTTPResponse(BytesIO(body.encode()), preload_content=False)
    refusals = [AWSResponse("", 400, {}, raw)]

    def refuse(**_: Any) -> AWSResponse | None:
        """Answer the first mail as SNS does; the emulator takes any."""
        return refusals.pop() if refusals else None

    notify = app(load, cloud)
    client("sns").meta.events.register("before-send.sns.Publish", refuse)
    answer = notify.handler({"Records": [record(1), record(2)]}, None)
    assert answer["published"] == {"front-2": ("queue", "topic")}
    (letter,) = cloud.messages(cloud.dead_letters)
    assert words in letter
    assert "front-1" in letter
    assert len(cloud.messages(cloud.queue)) == 2
    assert len(cloud.messages(cloud.inbox)) == 1


def test_by_hand_it_shows_what_would_go_out(load: Any) -> None:
    """Without a cloud account a finding's event and mail are returned."""
    from parallax.model.wire import encode  # noqa: PLC0415 - here only

    shown = load("notify").handler({"finding": encode(FINDING)}, None)
    assert shown["event"]["type"] == "io.parallax.finding.v1"
    assert "front" in shown["mail"]["subject"]


def advised(*news: AdviceNews) -> dict[str, Any]:
    """Make the stream's record of a target's advice."""
    image = advice.to_item(AdviceRecord(subject="front/advice", news=news))
    return {"eventName": "MODIFY", "dynamodb": {"NewImage": image}}


NEWS = AdviceNews(
    id="advice-1",
    target="front",
    url="https://front.example/",
    state=AdviceState.GIVEN,
    since=NOON,
    judged_at=NOON,
    advice=Advice(id="long-ttl", hop=Hop.DNS, title="A change takes long"),
)


def test_advice_goes_to_the_queue_and_to_nobodys_mail(load: Any, cloud: Any) -> None:
    """A record without news publishes nothing."""
    batch = {"Records": [advised(NEWS), advised()]}
    answer = app(load, cloud).handler(batch, None)
    assert answer == {"published": {"advice-1": ("queue",)}}
    assert len(cloud.messages(cloud.queue)) == 1
    assert cloud.messages(cloud.inbox) == []


def test_whatever_comes_twice_goes_out_once(load: Any, cloud: Any) -> None:
    """Doubled records, a poisoned one between them, advice beside, all of it again."""
    told = [record(1), advised(NEWS), BROKEN, record(1), advised(NEWS), record(2)]
    notify = app(load, cloud)
    notify.handler({"Records": told}, None)
    notify.handler({"Records": told[3:]}, None)
    ids = [json.loads(text)["id"] for text in cloud.messages(cloud.queue)]
    assert sorted(ids) == ["advice-1", "front-1", "front-2"]
    assert len(cloud.messages(cloud.inbox)) == 2
    assert len(cloud.messages(cloud.dead_letters)) == 1


def test_a_throttled_table_brings_the_batch_again(load: Any, cloud: Any) -> None:
    """Before anything went out; then each goes once, advice too."""
    batch = {"Records": [record(1), advised(NEWS)]}
    notify = app(load, cloud)
    with throttled("GetItem"), pytest.raises(ExceptionGroup, match="comes again"):
        notify.handler(batch, None)
    assert cloud.messages(cloud.inbox) == []
    notify.handler(batch, None)
    assert len(cloud.messages(cloud.queue)) == 2
    assert len(cloud.messages(cloud.inbox)) == 1
    assert cloud.messages(cloud.dead_letters) == []
