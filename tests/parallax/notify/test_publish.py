"""Publishing: to queue and topic once each, on the real emulator, whatever refuses."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from parallax import aws
from parallax.notify.publish import NotPublishedError, Publisher
from tests.parallax.told import FINDING


def publisher(cloud: Any, **changes: str) -> Publisher:
    """Return the publisher of a test's own places."""
    places = {
        "table": cloud.incidents,
        "queue_url": cloud.queue,
        "topic_arn": cloud.topic,
    }
    return Publisher(**(places | changes))


def test_a_turn_goes_to_queue_and_topic(cloud: Any) -> None:
    """One CloudEvent, one mail."""
    assert publisher(cloud).publish(FINDING) == ("queue", "topic")
    (event,) = (json.loads(text) for text in cloud.messages(cloud.queue))
    assert event["type"] == "io.parallax.finding.v1"
    assert event["data"]["cause"] == FINDING.cause
    (mail,) = (json.loads(text) for text in cloud.messages(cloud.inbox))
    assert "front" in mail["Subject"]
    assert "503 from the internet" in mail["Message"]


def test_a_finding_without_a_turn_mails_nobody(cloud: Any) -> None:
    """Findings between turns are for the queue's readers."""
    assert publisher(cloud).publish(replace(FINDING, turn=None)) == ("queue",)
    assert cloud.messages(cloud.inbox) == []


def test_a_finding_delivered_twice_is_published_once(cloud: Any) -> None:
    """The marks remember it beyond the queue's own five minutes."""
    publisher(cloud).publish(FINDING)
    assert publisher(cloud).publish(FINDING) == ()
    assert len(cloud.messages(cloud.queue)) == 1
    assert len(cloud.messages(cloud.inbox)) == 1


def test_a_topic_that_refuses_holds_up_only_the_mail(cloud: Any) -> None:
    """The queue has the finding at once; the mail goes when the topic is back."""
    gone = cloud.topic + "-gone"
    with pytest.raises(NotPublishedError, match=r"topic: .*NotFound") as refusal:
        publisher(cloud, topic_arn=gone).publish(FINDING)
    assert not refusal.value.hopeless
    assert len(cloud.messages(cloud.queue)) == 1
    assert publisher(cloud).publish(FINDING) == ("topic",)
    assert cloud.messages(cloud.queue) == []
    assert len(cloud.messages(cloud.inbox)) == 1


def test_a_queue_that_refuses_holds_up_only_the_message(cloud: Any) -> None:
    """The person on call is woken even where the queue is broken."""
    gone = cloud.queue.replace(".fifo", "-gone.fifo")
    with pytest.raises(NotPublishedError, match="queue: "):
        publisher(cloud, queue_url=gone).publish(FINDING)
    assert len(cloud.messages(cloud.inbox)) == 1
    assert publisher(cloud).publish(FINDING) == ("queue",)


def test_a_mail_that_cannot_be_written_is_hopeless(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own mistake is for the dead letters; the queue has its message."""
    from parallax.notify import mail  # noqa: PLC0415 - to break it

    monkeypatch.delattr(mail, "render")
    with pytest.raises(NotPublishedError) as refusal:
        publisher(cloud).publish(FINDING)
    assert refusal.value.hopeless
    assert len(cloud.messages(cloud.queue)) == 1


def test_a_refusal_for_good_does_not_pass() -> None:
    """SNS's word for a mail that it will never take; the emulator takes any."""
    answer = {"Error": {"Code": "InvalidParameter", "Message": "Subject"}}
    assert not aws.may_pass(ClientError(answer, "Publish"))  # pyright: ignore[reportArgumentType]
    throttled = {"Error": {"Code": "Throttled", "Message": "slow down"}}
    assert aws.may_pass(ClientError(throttled, "Publish"))  # pyright: ignore[reportArgumentType]
    assert not aws.may_pass(ParamValidationError(report="Message"))


def test_aws_out_of_reach_may_pass(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection is no refusal: it is raised, and comes again."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    aws.client.cache_clear()
    told = re.escape("http://127.0.0.1:9")
    with pytest.raises(NotPublishedError, match=told) as refusal:
        publisher(cloud).publish(FINDING)
    assert not refusal.value.hopeless


def test_a_snapshot_too_large_is_left_out(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The finding itself always fits into a message."""
    from parallax.notify import publish  # noqa: PLC0415 - to narrow it

    monkeypatch.setattr(publish, "MESSAGE_LIMIT", 10)
    publisher(cloud).publish(FINDING)
    (event,) = (json.loads(text) for text in cloud.messages(cloud.queue))
    assert event["data"].get("snapshot") is None
