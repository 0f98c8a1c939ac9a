"""Handling: each receiver gets each alert once, in order, whatever another one does.

From the findings topic through the emulator's queue; time is that of the model.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from parallax.model.finding import NotificationReason as Turn
from parallax.notify import marks
from parallax.notify.findings_topic import FindingsRoute
from parallax.routes import handling
from parallax.routes.handling import CopyError, handle
from parallax.routes.kinds import KINDS
from parallax.settings import Settings
from tests.functions.template import RESOURCES
from tests.parallax.notify.alerts import alert
from tests.parallax.routes.notices import PLACE
from tests.parallax.routes.queue_mapping import QueueMapping
from tests.parallax.routes.standin import StandIn, standing
from tests.parallax.sent_finding import FINDING, NOON
from tests.parallax.throttle import throttled

SOURCE = "/parallax/eu-central-1/123456789012/parallax"
STORY = (Turn.FIRING, Turn.CAUSE_CHANGED, Turn.GROWN, Turn.RESOLVED)


@dataclass
class Stack:
    """A stack with every route, each to a stand-in of its own."""

    cloud: Any
    settings: Settings
    receivers: dict[str, StandIn]
    mapping: QueueMapping

    def publish(self, *turns: Turn, group: str = "g1", **given: Any) -> None:
        """Publish alerts of a group on the findings topic, one after the other."""
        for turn in turns:
            one = alert(turn, STORY.index(turn) + 1, **given)
            one = replace(one, id=f"{group}-{turn.value}", group=group)
            FindingsRoute(self.cloud.findings, SOURCE).send(one)

    def letters(self) -> list[dict[str, Any]]:
        """Return and remove the dead letters."""
        texts = self.cloud.messages(self.cloud.dead_letters)
        return [json.loads(text) for text in texts]


@pytest.fixture
def stack(cloud: Any) -> Iterator[Stack]:
    """Give a test all receivers, the routes' queue and its mapping."""
    sqs, name = cloud.client("sqs"), f"{cloud.journal}-routes"
    fifo = {"FifoQueue": "true", "VisibilityTimeout": "900"}
    queue = sqs.create_queue(QueueName=f"{name}.fifo", Attributes=fifo)["QueueUrl"]
    subscription = RESOURCES["RoutesSubscription"]["Properties"]
    cloud.client("sns").subscribe(
        TopicArn=cloud.findings,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:eu-central-1:000000000000:{name}.fifo",
        Attributes={
            "RawMessageDelivery": "true",
            "FilterPolicy": json.dumps(subscription["FilterPolicy"]),
        },
    )
    settings = Settings(
        incidents_table=cloud.incidents,
        dead_letters_url=cloud.dead_letters,
        routes=tuple(KINDS),
        routes_queue_url=queue,
        routes_secret_arn=name,
        routes_allow_private=True,
    )
    seconds = RESOURCES["RoutesQueue"]["Properties"]["VisibilityTimeout"]
    with ExitStack() as running:
        receivers = {kind: running.enter_context(standing(kind)) for kind in KINDS}
        secret = json.dumps(places(receivers))
        manager = cloud.client("secretsmanager")
        manager.create_secret(Name=name, SecretString=secret)
        marks._sent.clear()
        mapping = QueueMapping(
            lambda event, _: _in_new_container(event, settings),
            queue,
            timedelta(seconds=seconds),
            NOON,
        )
        yield Stack(cloud, settings, receivers, mapping)


def _in_new_container(event: dict[str, Any], settings: Settings) -> Any:
    marks._sent.clear()
    return handle(event, settings)


def places(receivers: dict[str, StandIn]) -> dict[str, str]:
    """Return the fields of the secret, with the stand-ins' addresses."""
    paths = {
        "slack": "/services/T0/B0/secret",
        "pagerduty": "/v2/enqueue",
        "opsgenie": "/v2/alerts",
        "ntfy": "/topic",
    }
    urls = {
        f"{kind}_url": one.url + paths.get(kind, "") for kind, one in receivers.items()
    }
    return PLACE | urls


def turns(stack: Stack, kind: str) -> list[str]:
    """Return what a receiver accepted, as turns or as its own verbs."""
    read: dict[str, Callable[[Any], str]] = {
        "webhook": lambda event: event["data"]["turn"],
        "pagerduty": lambda event: event["event_action"],
        "opsgenie": lambda event: event["verb"],
    }
    default: Callable[[Any], str] = lambda _: "message"  # noqa: E731 - as the others
    return [read.get(kind, default)(one) for one in stack.receivers[kind].accepted]


def requests(kind: str) -> int:
    """Return how many requests the story is: three for a change in Opsgenie."""
    return len(STORY) + (2 * 2 if kind == "opsgenie" else 0)


def test_every_receiver_gets_every_alert_once_in_order(stack: Stack) -> None:
    """Each stand-in validates what it gets; nothing waits, nothing is a letter."""
    stack.publish(*STORY)
    stack.mapping.run()
    assert turns(stack, "webhook") == [turn.value for turn in STORY]
    assert turns(stack, "pagerduty") == ["trigger"] * 3 + ["resolve"]
    change = ["", "priority", "notes"]
    assert turns(stack, "opsgenie") == ["", *change, *change, "close"]
    assert all(
        len(one.accepted) == requests(name) for name, one in stack.receivers.items()
    )
    assert stack.letters() == []
    assert stack.mapping.messages == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_receiver_that_fails_for_an_hour_delays_no_other(
    stack: Stack, kind: str, status: int
) -> None:
    """Others get theirs at once; it gets all, in order, each once, after the hour."""
    failing = stack.receivers[kind]
    failing.status = status
    for turn in STORY:
        stack.publish(turn)
        stack.mapping.run(timedelta(minutes=15))
    for name, one in stack.receivers.items():
        if name != kind:
            assert len(one.accepted) == one.requests == requests(name)
    assert failing.accepted == []
    failing.status = 200
    stack.mapping.run(timedelta(minutes=10))
    assert len(failing.accepted) == requests(kind)
    if kind == "webhook":
        assert turns(stack, kind) == [turn.value for turn in STORY]
    assert stack.letters() == []


def test_another_group_of_a_receiver_does_not_wait(stack: Stack) -> None:
    """A message that one receiver cannot take now blocks its own group only."""
    webhook = stack.receivers["webhook"]
    webhook.status = 503
    stack.publish(Turn.FIRING, group="g1")
    stack.mapping.run()
    webhook.status = 200
    stack.publish(Turn.FIRING, group="g2")
    stack.mapping.run()
    assert [event["data"]["group"] for event in webhook.accepted] == ["g2"]
    stack.mapping.run(timedelta(seconds=90))
    assert [event["data"]["group"] for event in webhook.accepted] == ["g2", "g1"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422, 301])
def test_what_a_receiver_never_accepts_is_a_dead_letter(
    stack: Stack, status: int
) -> None:
    """With a reason without secrets; the next alert follows; a redrive sends it."""
    slack = stack.receivers["slack"]
    slack.status, slack.answer = status, b"no_service /services/T0/B0/secret"
    stack.publish(Turn.FIRING)
    stack.mapping.run()
    (letter,) = stack.letters()
    assert letter["reason"] == f"slack: HTTP {status}: no_service /…"
    slack.status = 200
    stack.publish(Turn.RESOLVED)
    stack.mapping.run()
    assert len(slack.accepted) == 1
    again = {"Records": [letter["record"]], "redrive": True}
    assert handle(again, stack.settings) == {"batchItemFailures": []}
    assert len(slack.accepted) == 2
    assert stack.letters() == []


def test_a_chat_that_does_not_answer_gets_an_alert_twice_at_most(stack: Stack) -> None:
    """A pager gets it until it answers: it knows the alert by its key."""
    for one in stack.receivers.values():
        one.loses = True
    stack.publish(Turn.FIRING)
    stack.mapping.run(timedelta(minutes=30))
    seen = {name: one.requests for name, one in stack.receivers.items()}
    assert {seen[name] for name in ("slack", "teams", "ntfy")} == {2}
    assert all(
        seen[name] > 10 for name in ("pagerduty", "opsgenie", "alertmanager", "webhook")
    )
    reasons = [letter["reason"] for letter in stack.letters()]
    assert len(reasons) == 3
    assert all("may have been sent" in reason for reason in reasons)


def test_a_receiver_that_fails_for_a_day_leaves_dead_letters(stack: Stack) -> None:
    """No alert expires in the queue; a redrive sends each, in whatever state it is."""
    webhook = stack.receivers["webhook"]
    webhook.status = 503
    stack.publish(Turn.FIRING, Turn.RESOLVED)
    stack.mapping.run(timedelta(hours=25))
    letters = stack.letters()
    assert [letter["reason"] for letter in letters] == [
        "webhook: the receiver did not accept it for 12 hours"
    ] * 2
    webhook.status = 200
    for letter in letters:
        handle({"Records": [letter["record"]], "redrive": True}, stack.settings)
    assert turns(stack, "webhook") == ["firing", "resolved"]


def test_a_message_that_is_delivered_twice_is_sent_once(stack: Stack) -> None:
    """SQS delivers at least once; the marks know what was sent."""
    stack.publish(Turn.FIRING)
    stack.mapping.run()
    sent = {name: one.requests for name, one in stack.receivers.items()}
    stack.publish(Turn.FIRING, targets=3)  # the same id, after the time of the topic
    body = stack.receivers["webhook"].accepted[0]
    copy = {
        "messageId": "m",
        "body": json.dumps(body),
        "messageAttributes": {"route": {"stringValue": "slack"}},
        "attributes": {"MessageGroupId": "slack-g1"},
        "eventSource": "aws:sqs",
    }
    assert handle({"Records": [copy]}, stack.settings) == {"batchItemFailures": []}
    assert {name: one.requests for name, one in stack.receivers.items()} == sent


def test_a_table_that_fails_loses_and_repeats_nothing(stack: Stack) -> None:
    """The message waits for the visibility timeout."""
    stack.publish(Turn.FIRING)
    with throttled("GetItem"):
        stack.mapping.run()
    assert all(one.requests == 0 for one in stack.receivers.values())
    stack.mapping.run(timedelta(seconds=90))
    assert all(len(one.accepted) == 1 for one in stack.receivers.values())


def test_what_is_no_alert_is_a_dead_letter(stack: Stack) -> None:
    """It does not block the queue."""
    broken = {"messageId": "m", "body": "{", "attributes": {"MessageGroupId": "g"}}
    assert handle({"Records": [broken]}, stack.settings) == {"batchItemFailures": []}
    (letter,) = stack.letters()
    assert letter["record"] == broken
    assert letter["reason"].startswith("routes: ")


def test_a_muted_end_closes_what_is_open_and_disturbs_nobody(stack: Stack) -> None:
    """Only receivers that keep an alert get it."""
    stack.publish(Turn.RESOLVED, muted=True)
    stack.mapping.run()
    got = {name for name, one in stack.receivers.items() if one.accepted}
    assert got == {"pagerduty", "opsgenie", "alertmanager", "webhook"}


@pytest.mark.parametrize("kind", ["pagerduty", "opsgenie", "alertmanager"])
def test_a_redrive_opens_no_alert_that_has_ended(stack: Stack, kind: str) -> None:
    """The key was wrong for the first alert only; no end would follow."""
    receiver = stack.receivers[kind]
    receiver.status = 400
    stack.publish(Turn.FIRING)
    stack.mapping.run()
    (letter,) = stack.letters()
    receiver.status = 200
    stack.publish(Turn.RESOLVED)
    stack.mapping.run()
    before = len(receiver.accepted)
    assert before == 1
    again = {"Records": [letter["record"]], "redrive": True}
    assert _in_new_container(again, stack.settings) == {"batchItemFailures": []}
    assert len(receiver.accepted) == before
    assert stack.letters() == []


def test_a_redrive_of_a_whole_group_ends_it(stack: Stack) -> None:
    """Nothing was accepted; the letters are sent in their order."""
    pager = stack.receivers["pagerduty"]
    pager.status = 400
    stack.publish(*STORY)
    stack.mapping.run()
    letters = stack.letters()
    pager.status = 200
    for letter in letters:
        handle({"Records": [letter["record"]], "redrive": True}, stack.settings)
    assert turns(stack, "pagerduty") == ["trigger"] * 3 + ["resolve"]


def test_a_chat_gets_an_old_alert_with_a_note(stack: Stack) -> None:
    """It shows each alert; the text states the delay."""
    slack = stack.receivers["slack"]
    slack.status = 404
    stack.publish(Turn.FIRING)
    stack.mapping.run()
    (letter,) = stack.letters()
    slack.status = 200
    stack.publish(Turn.RESOLVED)
    stack.mapping.run(timedelta(hours=1))
    with time_machine.travel(stack.mapping.now, tick=False):
        handle({"Records": [letter["record"]], "redrive": True}, stack.settings)
    assert "This alert was delayed by" in json.dumps(slack.accepted[-1])


@pytest.mark.parametrize("kind", ["io.parallax.finding.v1", "io.parallax.advice.v1"])
def test_what_a_new_subscription_gets_too_is_dropped(
    stack: Stack, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    """SNS applies a filter only after some minutes. It is neither sent nor a letter."""
    record = {
        "messageId": "m",
        "body": json.dumps({"type": kind, "data": {}}),
        "attributes": {"MessageGroupId": "g"},
    }
    with caplog.at_level("INFO", "parallax.routes.handling"):
        response = handle({"Records": [record]}, stack.settings)
    assert response == {"batchItemFailures": []}
    assert stack.letters() == []
    assert [line.levelname for line in caplog.records] == ["INFO"]
    assert all(one.requests == 0 for one in stack.receivers.values())


def test_an_alert_that_cannot_be_copied_for_a_day_is_a_dead_letter(
    stack: Stack,
) -> None:
    """It does not expire in the queue; a redrive copies it."""
    stack.publish(Turn.FIRING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handling, "_entry", _refused)
        stack.mapping.run(timedelta(hours=13))
    (letter,) = stack.letters()
    assert letter["reason"] == "routes: it was not copied for 12 hours"
    assert stack.mapping.messages == []
    handle({"Records": [letter["record"]], "redrive": True}, stack.settings)
    stack.mapping.run()
    assert turns(stack, "pagerduty") == ["trigger"]


def _refused(*_: Any) -> dict[str, Any]:
    raise CopyError


def test_a_finding_reaches_no_receiver(stack: Stack) -> None:
    """The queue's subscription wants alerts only."""
    FindingsRoute(stack.cloud.findings, SOURCE).send(FINDING)
    stack.mapping.run()
    assert all(one.requests == 0 for one in stack.receivers.values())


def test_a_route_without_its_field_is_a_dead_letter(stack: Stack) -> None:
    """Someone changed the secret by hand; the reason names the field."""
    manager = stack.cloud.client("secretsmanager")
    name = stack.settings.need("routes_secret_arn")
    place = places(stack.receivers) | {"slack_url": ""}
    manager.put_secret_value(SecretId=name, SecretString=json.dumps(place))
    stack.publish(Turn.FIRING)
    stack.mapping.run()
    (letter,) = stack.letters()
    assert "slack_url" in letter["reason"]
