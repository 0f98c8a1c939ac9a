"""Notify: the batch's good findings go out, whatever else is in it."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from parallax.aws import client
from parallax.incidents import advice, to_item
from parallax.model.advice import AdviceNews, AdviceRecord, AdviceState
from parallax.model.finding import (
    Difference,
    Finding,
    Incident,
    State,
    Symptom,
    Turn,
    View,
)
from parallax.model.judgement import Advice, Hop

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
FINDING = Finding(
    id="front-1",
    incident="front",
    target="front",
    url="https://front.example/",
    state=State.FIRING,
    since=NOW,
    judged_at=NOW,
    symptom=Symptom(
        external=View.FAILING,
        internal=View.HEALTHY,
        difference=Difference.EXTERNAL_ONLY,
    ),
    cause="not-established",
    title="The cause is not established",
    settling=False,
    turn=Turn.FIRING,
)


def record(number: int) -> dict[str, Any]:
    """Make the stream's record of an incident with a finding."""
    incident = Incident(
        id="front",
        subject="front",
        state=State.FIRING,
        since=NOW,
        changed_at=NOW,
        cause="not-established",
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


def test_advice_goes_to_the_queue_and_to_nobodys_mail(load: Any, cloud: Any) -> None:
    """A record without news publishes nothing."""
    news = AdviceNews(
        id="advice-1",
        target="front",
        url="https://front.example/",
        state=AdviceState.GIVEN,
        since=NOW,
        judged_at=NOW,
        advice=Advice(id="long-ttl", hop=Hop.DNS, title="A change takes long"),
    )
    images = [
        advice.to_item(AdviceRecord(subject="front/advice", news=told))
        for told in ((news,), ())
    ]
    batch = {
        "Records": [
            {"eventName": "MODIFY", "dynamodb": {"NewImage": i}} for i in images
        ]
    }
    answer = app(load, cloud).handler(batch, None)
    assert answer == {"published": {"advice-1": ("queue",)}}
    assert len(cloud.messages(cloud.queue)) == 1
    assert cloud.messages(cloud.inbox) == []
