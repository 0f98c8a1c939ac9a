"""Findings topic: each subscriber gets what it filters for, and none takes another's.

On the real emulator, with the subscription of the template.
"""

import json
from dataclasses import replace
from typing import Any

import pytest

from parallax.model.finding import NotificationReason
from parallax.notify.event_attributes import event_attributes
from parallax.notify.findings_topic import MESSAGE_LIMIT, FindingsRoute, message
from parallax.settings import SOURCE, read
from tests.functions.template import RESOURCES
from tests.parallax.notify.alerts import GROUP, alert
from tests.parallax.notify.test_routes import NEWS
from tests.parallax.sent_finding import FINDING

SNS_LIMIT = 262_144
"""Bytes of a message and its attributes. Source: Amazon SNS, `Publish`."""


def alerts_queue(cloud: Any) -> str:
    """Subscribe one more queue, which wants alerts."""
    sqs, name = cloud.client("sqs"), f"{cloud.journal}-alerts.fifo"
    fifo = {"FifoQueue": "true"}
    url = sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"]
    cloud.client("sns").subscribe(
        TopicArn=cloud.findings,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:eu-central-1:000000000000:{name}",
        Attributes={
            "RawMessageDelivery": "true",
            "FilterPolicy": '{"type": ["io.parallax.alert.v1"]}',
        },
    )
    return url


def test_each_queue_gets_what_it_wants(cloud: Any) -> None:
    """Findings and advice go to the findings queue as before, alerts to the other."""
    alerts = alerts_queue(cloud)
    route = FindingsRoute(cloud.findings, "/parallax/x")
    for publication in (FINDING, alert(), NEWS):
        assert route.wants(publication)
        route.send(publication)
    events = [json.loads(text) for text in cloud.messages(cloud.queue)]
    assert [event["id"] for event in events] == [FINDING.id, NEWS.id]
    assert {event["source"] for event in events} == {"/parallax/x"}
    (other,) = (json.loads(text) for text in cloud.messages(alerts))
    assert (other["type"], other["data"]["group"]) == ("io.parallax.alert.v1", GROUP)


def test_a_publication_that_is_sent_twice_arrives_once(cloud: Any) -> None:
    """The topic drops duplicates, in order for each target or group."""
    route = FindingsRoute(cloud.findings, SOURCE)
    for publication in (FINDING, FINDING, replace(FINDING, id="front-2")):
        route.send(publication)
    ids = [json.loads(text)["id"] for text in cloud.messages(cloud.queue)]
    assert ids == [FINDING.id, "front-2"]


@pytest.mark.parametrize("publication", [FINDING, NEWS, alert()], ids=["f", "a", "g"])
def test_a_subscription_can_filter(publication: Any) -> None:
    """By type, stack, target, state and cause; ten attributes at most, none empty."""
    text, filters = message(publication, "/parallax/x")
    assert filters == event_attributes(json.loads(text))
    assert filters["type"]["StringValue"] == json.loads(text)["type"]
    assert filters["source"]["StringValue"] == "/parallax/x"
    assert len(filters) <= 10
    assert all(value["StringValue"] for value in filters.values())


def test_the_attributes_of_an_alert_tell_its_turn_and_group() -> None:
    """A pager subscribes to ends, a dashboard to one cause."""
    _, filters = message(alert(NotificationReason.RESOLVED), SOURCE)
    values = {name: value["StringValue"] for name, value in filters.items()}
    assert (values["turn"], values["group"]) == ("resolved", GROUP)
    assert values["cause"] == FINDING.cause


def test_the_largest_message_leaves_room_for_its_attributes() -> None:
    """Ten attributes of 256 characters of four bytes, their names and types."""
    assert MESSAGE_LIMIT + 10 * (256 * 4 + 16) <= SNS_LIMIT


def test_the_source_names_the_stack() -> None:
    """Two stacks of an account, and two accounts, have different sources."""
    variables = RESOURCES["PublishFunction"]["Properties"]["Environment"]["Variables"]
    source = variables["PARALLAX_SOURCE"]
    for part in ("Region", "AccountId", "StackName"):
        assert f"${{AWS::{part}}}" in source
    assert read({"PARALLAX_SOURCE": source}).source == source
    assert read({}).source == SOURCE


def test_an_update_loses_no_finding() -> None:
    """The queue subscribes before anything is published on the new topic."""
    assert RESOURCES["PublishFunction"]["DependsOn"] == "FindingsSubscription"
    assert RESOURCES["FindingsSubscription"]["DependsOn"] == "FindingsQueuePolicy"


def test_the_topic_is_fifo_and_its_name_says_so() -> None:
    """SNS rejects a FIFO topic without the suffix, and CloudFormation adds none."""
    topic = RESOURCES["FindingsTopic"]["Properties"]
    assert topic["FifoTopic"] is True
    assert topic["TopicName"] == "${AWS::StackName}-findings.fifo"


def test_the_findings_queue_gets_what_it_got_before() -> None:
    """The message is the event itself; alerts are not among its messages."""
    settings = RESOURCES["FindingsSubscription"]["Properties"]
    assert settings["RawMessageDelivery"] is True
    assert settings["FilterPolicy"] == {
        "type": ["io.parallax.finding.v1", "io.parallax.advice.v1"]
    }
    policy = RESOURCES["FindingsQueuePolicy"]["Properties"]["PolicyDocument"]
    (statement,) = policy["Statement"]
    assert statement["Condition"]["ArnEquals"] == {"aws:SourceArn": "FindingsTopic"}
