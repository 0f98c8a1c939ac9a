"""Routes: an event in the queue, a mail on the topic, on the real emulator."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from hypothesis import given
from hypothesis import strategies as st

from parallax import aws
from parallax.groups.alert import alone
from parallax.links.address import Addresses
from parallax.links.key import LinkKey
from parallax.model.advice import AdviceEvent, AdviceState
from parallax.model.judgement import Advice, Hop
from parallax.notify import findings_topic
from parallax.notify.chat_topic import ChatRoute
from parallax.notify.findings_topic import NAME_LIMIT, FindingsRoute, group
from parallax.notify.routes import TopicRoute, configured, late, preview
from parallax.settings import SOURCE, Settings, SettingsError
from tests.parallax import open_group
from tests.parallax import scenarios as s
from tests.parallax.notify.published import alerts_of
from tests.parallax.sent_finding import FINDING, NOON
from tests.parallax.throttle import refused_for_good

ALERT = alone(FINDING)
NEWS = AdviceEvent(
    id="advice-1",
    target="front",
    url="https://front.example/",
    state=AdviceState.GIVEN,
    since=NOON,
    judged_at=NOON,
    advice=Advice(id="long-ttl", hop=Hop.DNS, title="A change takes long"),
)


def test_the_queue_gets_a_cloud_event(cloud: Any) -> None:
    """With the finding's cause in its data."""
    FindingsRoute(cloud.findings, SOURCE).send(FINDING)
    (event,) = (json.loads(text) for text in cloud.messages(cloud.queue))
    assert event["type"] == "io.parallax.finding.v1"
    assert event["data"]["cause"] == FINDING.cause


def test_the_topic_gets_a_mail(cloud: Any) -> None:
    """With the target in its subject, and the observation and the link in its text."""
    TopicRoute(cloud.topic, lambda alert: f"https://see.example/{alert.group}").send(
        ALERT
    )
    (note,) = (json.loads(text) for text in cloud.messages(cloud.inbox))
    mail = json.loads(note["Message"])["data"]["mail"]
    assert note["Subject"] == mail["subject"]
    assert "front" in mail["subject"]
    assert "https://front.example/" in mail["text"]
    assert "https://see.example/front  (expires in 14 days)" in mail["text"]


def mails(cloud: Any) -> list[str]:
    """Return, and take away, the texts of the mails that were sent."""
    notes = (json.loads(text)["Message"] for text in cloud.messages(cloud.inbox))
    return [json.loads(message)["data"]["mail"]["text"] for message in notes]


def test_a_mail_links_to_the_page_of_its_incident(cloud: Any) -> None:
    """With the function URL that the stack has; sent again, with the same link."""
    settings = Settings(
        alerts_topic_arn=cloud.topic,
        incidents_table=cloud.incidents,
        report_url="https://abc.lambda-url.eu-central-1.on.aws",
    )
    for _ in range(2):
        configured(settings)[0].send(open_group.ALERT)
    first, second = mails(cloud)
    address = f"https://abc.lambda-url.eu-central-1.on.aws/i/{open_group.GROUP_ID}?s="
    assert address in first
    assert first == second


def test_a_mail_is_sent_without_a_link_if_the_key_cannot_be_read(cloud: Any) -> None:
    """As while DynamoDB fails: nobody waits for a link."""
    addresses = Addresses(LinkKey("no-such-table"), "https://abc.example")
    TopicRoute(cloud.topic, addresses.of).send(open_group.ALERT)
    (text,) = mails(cloud)
    assert "health check uses port" in text
    assert "abc.example" not in text


def test_alerts_are_mailed_and_everything_is_published() -> None:
    """Nobody gets a mail of a muted group, and none of advice."""
    muted = replace(ALERT, muted=True)
    topic, queue = TopicRoute(""), FindingsRoute("", SOURCE)
    every = (ALERT, muted, FINDING, NEWS)
    assert [topic.wants(p) for p in every] == [True, False, False, False]
    assert [queue.wants(p) for p in every] == [True] * 4


def test_a_channel_gets_the_message_of_amazon_q_developer(cloud: Any) -> None:
    """With the group as its thread; nobody gets one of a muted group."""
    chat = ChatRoute(cloud.topic, lambda _: "https://reports.example/i/1?s=2")
    muted = replace(ALERT, muted=True)
    assert [chat.wants(p) for p in (ALERT, muted, FINDING)] == [True, False, False]
    chat.send(ALERT)
    chat.check()
    (sent,) = (json.loads(text) for text in cloud.messages(cloud.inbox))
    message = json.loads(sent["Message"])
    assert (message["version"], message["source"]) == ("1.0", "custom")
    assert message["metadata"]["threadId"] == ALERT.group
    assert "https://reports.example/i/1" in message["content"]["description"]


def test_an_event_has_the_link_of_its_alert(cloud: Any) -> None:
    """A program can show it, as the mail does."""
    FindingsRoute(cloud.findings, SOURCE, lambda _: "https://r.example/i/1").send(
        replace(ALERT, id="linked")
    )
    assert cloud.messages(cloud.queue) == []
    text, _ = findings_topic.message(ALERT, SOURCE, lambda _: "https://r.example/i/1")
    data = json.loads(text)["data"]
    assert data["link"] == "https://r.example/i/1"
    assert "https://r.example/i/1" in data["mail"]["text"]


def test_a_function_has_the_routes_that_it_is_configured_for() -> None:
    """The alerts topic comes first; no route is an error of the template."""
    both = Settings(alerts_topic_arn="arn", findings_topic_arn="arn")
    assert [route.name for route in configured(both)] == ["topic", "queue"]
    chat = replace(both, chat_topic_arn="arn")
    assert [route.name for route in configured(chat)] == ["topic", "chat", "queue"]
    only = configured(Settings(findings_topic_arn="arn"))
    assert [route.name for route in only] == ["queue"]
    with pytest.raises(
        SettingsError,
        match="PARALLAX_ALERTS_TOPIC_ARN, PARALLAX_FINDINGS_TOPIC_ARN: neither",
    ):
        configured(Settings())


def test_a_permanent_rejection_is_not_retried() -> None:
    """SNS's error code for an invalid mail; the emulator accepts any."""
    answer = {"Error": {"Code": "InvalidParameter", "Message": "Subject"}}
    assert not aws.may_pass(ClientError(answer, "Publish"))  # pyright: ignore[reportArgumentType]
    throttled = {"Error": {"Code": "Throttled", "Message": "slow down"}}
    assert aws.may_pass(ClientError(throttled, "Publish"))  # pyright: ignore[reportArgumentType]
    assert not aws.may_pass(ParamValidationError(report="Message"))


def test_a_rejected_subject_is_sent_in_ascii(cloud: Any) -> None:
    """A name in another script does not lose the mail."""
    subject = quote_plus("DOWN \u0443\u0437\u0435\u043b")
    with refused_for_good(of=f"Subject={subject}") as count:
        odd = replace(FINDING, target="\u0443\u0437\u0435\u043b")
        TopicRoute(cloud.topic).send(alone(odd))
    assert count.refused == 1
    (mail,) = (json.loads(text) for text in cloud.messages(cloud.inbox))
    assert mail["Subject"].isascii()
    assert "????" in mail["Subject"]


def test_a_late_mail_begins_with_its_delay() -> None:
    """After an outage of SNS, or a redrive, it does not describe the present."""
    assert late(ALERT, NOON + timedelta(minutes=9)) == ""
    assert late(ALERT, NOON + timedelta(hours=7)) == (
        "This mail was delayed by 7 h 0 min. It describes the state at 2025-11-20"
        " 12:00:00 UTC.\n\n"
    )


def test_a_snapshot_too_large_is_left_out(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The finding itself always fits into a message."""
    monkeypatch.setattr(findings_topic, "MESSAGE_LIMIT", 10)
    large = replace(FINDING, snapshot=s.wrong_port())
    FindingsRoute(cloud.findings, SOURCE).send(large)
    FindingsRoute(cloud.findings, SOURCE).send(replace(FINDING, id="front-2"))
    one, other = (json.loads(text)["data"] for text in cloud.messages(cloud.queue))
    assert one["snapshot"] is None
    assert one["snapshot_problem"] == (
        "The snapshot was not stored: it is too large for the findings topic."
    )
    assert other["snapshot_problem"] is None


def test_a_mail_that_is_too_long_is_cut(cloud: Any) -> None:
    """SNS rejects more than 256 KB; the essentials are at the beginning."""
    symptom = replace(FINDING.symptom, trend_text="503 " * 100_000)
    TopicRoute(cloud.topic).send(alone(replace(FINDING, symptom=symptom)))
    (event,) = alerts_of(cloud)
    assert event["data"]["trimmed"] == [
        "assessments",
        "targets",
        "details",
        "mail",
        "all",
    ]
    assert event["data"]["mail"]["subject"].startswith("DOWN front")


@pytest.mark.parametrize("refused", ["\ufffe", "\uffff", "\x00", "\ud800"], ids=ascii)
def test_characters_that_sqs_rejects_are_escaped(cloud: Any, refused: str) -> None:
    """SQS accepts the message, and its reader gets the original page."""
    odd = replace(FINDING, title=f"a{refused}b")
    FindingsRoute(cloud.findings, SOURCE).send(odd)
    (text,) = cloud.messages(cloud.queue)
    assert refused not in text
    assert json.loads(text)["data"]["title"] == odd.title


@pytest.mark.parametrize("name", ["front", "platform-api", "0c3a-b1"])
def test_a_name_that_sqs_accepts_stays(name: str) -> None:
    """A target's findings keep their group and order over a deployment."""
    assert group(name) == name


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_names_are_two_groups(one: str, other: str) -> None:
    """ASCII, at most 128 characters, and never the same for different names."""
    for name in (one, other):
        assert len(group(name)) <= NAME_LIMIT
        assert all(c.isascii() and (c.isalnum() or c == "-") for c in group(name))
    assert (group(one) == group(other)) == (one == other)


def test_a_preview_shows_event_and_mail() -> None:
    """By hand, without a cloud; a finding between turns has no mail."""
    shown = preview(FINDING)
    assert shown["event"]["type"] == "io.parallax.finding.v1"
    assert "front" in shown["mail"]["subject"]
    assert preview(replace(FINDING, turn=None))["mail"] is None
