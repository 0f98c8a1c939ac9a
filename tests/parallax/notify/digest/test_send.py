"""Specification of the daily mail: `parallax.notify.digest.send`."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from parallax.aws import client
from parallax.incidents.advice import DynamoAdvice
from parallax.model.advice import AdviceRecord
from parallax.notify.digest import deliver_advice
from parallax.settings import Settings, SettingsError
from tests.parallax.notify.digest.given import (
    DAY,
    NOW,
    expiring,
    few_pods,
    record,
    standing,
)
from tests.parallax.throttle import denied, hanging, throttled

SHOP = record("shop", standing(expiring("shop.example", 9)))
MINUTES = timedelta(minutes=5)


def stored(cloud: Any, *records: AdviceRecord) -> None:
    """Store records as a judgement does."""
    table = DynamoAdvice(cloud.incidents)
    for one in records:
        found = table.get(one.subject)
        version = found.version if found else 0
        table.put(
            AdviceRecord(subject=one.subject, version=version, standing=one.standing)
        )


def call(cloud: Any, now: datetime = NOW) -> int:
    """Return how many entries the mail of a call has."""
    settings = Settings(incidents_table=cloud.incidents, alerts_topic_arn=cloud.topic)
    return deliver_advice(settings, now)["advice"]


def mails(cloud: Any) -> list[dict[str, Any]]:
    """Return and remove the mails."""
    return [json.loads(text) for text in cloud.messages(cloud.inbox)]


def test_new_advice_is_mailed_once(cloud: Any) -> None:
    """In one mail, whose attributes a subscription can filter on."""
    stored(cloud, SHOP, record("api", standing(few_pods("api"))))
    assert call(cloud) == 2
    (mail,) = mails(cloud)
    assert mail["Subject"] == "ADVICE 2 URLs: a certificate expires soon, and 1 more"
    assert "- shop: due 2026-12-09 08:00 UTC, in 9 days." in mail["Message"]
    values = {name: one["Value"] for name, one in mail["MessageAttributes"].items()}
    assert values == {"severity": "warning", "state": "advice"}
    assert [call(cloud, NOW + n * DAY) for n in range(1, 40)] == [0] * 39
    assert mails(cloud) == []


def test_without_advice_nothing_is_mailed(cloud: Any) -> None:
    """An incident, and a record without advice, are none."""
    assert call(cloud) == 0
    stored(cloud, record("shop"))
    client("dynamodb").put_item(
        TableName=cloud.incidents,
        Item={"pk": {"S": "bad/advice"}, "kind": {"S": "advice"}},
    )
    assert call(cloud) == 0
    assert mails(cloud) == []


def test_the_next_day_mails_only_what_is_new(cloud: Any) -> None:
    """Twelve hours after a mail at the earliest."""
    stored(cloud, SHOP)
    assert call(cloud) == 1
    stored(cloud, record("api", standing(few_pods("api"))))
    assert call(cloud, NOW + MINUTES) == 0
    assert call(cloud, NOW + DAY) == 1
    first, second = mails(cloud)
    assert first["Subject"] == "ADVICE shop: a certificate expires soon"
    assert second["Subject"] == "ADVICE api: only one of several pods is ready"


def test_advice_that_returns_is_mailed_again(cloud: Any) -> None:
    """Its certificate was renewed, and is due again three months later."""
    stored(cloud, SHOP)
    assert call(cloud) == 1
    stored(cloud, record("shop"))
    assert call(cloud, NOW + DAY) == 0
    again = standing(expiring("shop.example", 99), since=NOW + 85 * DAY)
    stored(cloud, record("shop", again))
    assert call(cloud, NOW + 90 * DAY) == 1


def test_a_rejected_mail_is_sent_by_the_next_call(cloud: Any) -> None:
    """The schedule calls again after five minutes, and on the next day."""
    stored(cloud, SHOP)
    for minute in (0, 5, 10):
        with denied("sns", "Publish"), pytest.raises(Exception, match="not allowed"):
            call(cloud, NOW + timedelta(minutes=minute))
    assert call(cloud, NOW + DAY) == 1
    assert len(mails(cloud)) == 1


def test_a_lost_response_repeats_a_mail_at_most_once(cloud: Any) -> None:
    """It may have been sent; before the last attempt the topic must respond."""
    stored(cloud, SHOP)
    with hanging("sns", "Publish"), pytest.raises(Exception, match="Read timeout"):
        call(cloud)
    with denied("sns", "GetTopicAttributes"), pytest.raises(Exception, match="allowed"):
        call(cloud, NOW + MINUTES)
    with hanging("sns", "Publish"), pytest.raises(Exception, match="Read timeout"):
        call(cloud, NOW + 2 * MINUTES)
    assert call(cloud, NOW + DAY) == 0
    assert mails(cloud) == []


def test_a_table_that_fails_sends_nothing(cloud: Any) -> None:
    """Not before the attempt is stored; after the mail, it is only repeated once."""
    stored(cloud, SHOP)
    for operation in ("GetItem", "Scan", "PutItem"):
        with throttled(operation), pytest.raises(Exception, match="slow down"):
            call(cloud)
    assert mails(cloud) == []
    assert call(cloud) == 1


def test_of_two_calls_at_once_one_sends(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has read the same state before the other wrote it."""
    stored(cloud, SHOP)
    read = DynamoAdvice.all

    def beside(table: DynamoAdvice) -> tuple[AdviceRecord, ...]:
        """Read the records, while another call sends the mail."""
        monkeypatch.setattr(DynamoAdvice, "all", read)
        assert call(cloud) == 1
        return read(table)

    monkeypatch.setattr(DynamoAdvice, "all", beside)
    assert call(cloud) == 0
    assert len(mails(cloud)) == 1


def test_500_targets_are_one_short_mail(cloud: Any) -> None:
    """And one item that remembers them."""
    many = [record(f"t-{n:03}", standing(few_pods("x"))) for n in range(500)]
    stored(cloud, *many)
    assert call(cloud) == 500
    (mail,) = mails(cloud)
    assert mail["Subject"] == "ADVICE 500 URLs: only one of several pods is ready"
    assert len(mail["Message"].splitlines()) <= 50
    assert len(mail["Message"]) < 4000
    assert call(cloud, NOW + DAY) == 0


def test_without_a_topic_the_setting_is_named() -> None:
    """The function of the findings queue has none."""
    with pytest.raises(SettingsError, match="PARALLAX_ALERTS_TOPIC_ARN"):
        deliver_advice(Settings(incidents_table="t"))
