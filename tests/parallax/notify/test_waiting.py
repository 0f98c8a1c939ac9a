"""Waiting: what a route rejects for now is sent later, in the order of its subject."""

from typing import Any

import pytest

from parallax.model.packed import UnreadableError
from parallax.notify.delivery import StillWaitingError
from parallax.notify.waiting import Waiting
from tests.parallax.notify.deliveries import (
    deliver,
    deliver_waiting,
    to_queue,
    to_topic,
)
from tests.parallax.notify.published import (
    alert_record,
    dead_letters_of,
    mailed,
    queued,
    record,
)
from tests.parallax.throttle import denied, hanging, refused_for_good


def test_a_rejected_mail_waits_and_its_record_does_not_fail(cloud: Any) -> None:
    """The stream continues; the next minute's call sends the mail."""
    with denied("sns", "Publish"):
        deliver(to_topic(cloud), alert_record("front", 1))
        with pytest.raises(
            StillWaitingError, match="1 records are still waiting for the topic"
        ):
            deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == []
    deliver_waiting(to_topic(cloud))
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-1"]
    assert dead_letters_of(cloud) == []


def test_a_waiting_mail_with_a_permanent_error_is_a_dead_letter(
    cloud: Any,
) -> None:
    """The subject's next record is sent."""
    with denied("sns", "Publish"):
        deliver(to_topic(cloud), alert_record("front", 1), alert_record("front", 2))
    with refused_for_good(of="front-1"):
        deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-2"]
    (letter,) = dead_letters_of(cloud)
    deliver(to_topic(cloud), letter["record"])
    assert mailed(cloud) == ["front-1"]


def test_a_mail_waits_while_sns_does_not_respond_and_is_then_sent(cloud: Any) -> None:
    """However long the outage lasts, the mail is neither lost nor a dead letter."""
    with (
        hanging("sns", "Publish") as tried,
        hanging("sns", "GetTopicAttributes"),
    ):
        deliver(to_topic(cloud), alert_record("front", 1))
        for _ in range(20):
            with pytest.raises(StillWaitingError):
                deliver_waiting(to_topic(cloud))
    assert tried.refused == 1
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-1"]
    assert dead_letters_of(cloud) == []


def test_a_subject_of_another_script_waits_like_any_other(cloud: Any) -> None:
    """A timeout has no error code, and causes no dead letter."""
    subject = "\u65e5\u672c/agent"
    with hanging("sns", "Publish"), hanging("sns", "GetTopicAttributes"):
        deliver(to_topic(cloud), alert_record(subject, 1))
    assert dead_letters_of(cloud) == []
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == [f"{subject}-1"]


def test_a_record_that_cannot_be_stored_is_a_dead_letter(cloud: Any) -> None:
    """The list of what waits is damaged or full: no retry changes that."""
    broken = {"pk": {"S": "waiting/topic"}, "entries": {"S": "damaged"}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    one = alert_record("front", 1)
    with denied("sns", "Publish", of="front-1"):
        deliver(to_topic(cloud), one, alert_record("api", 1))
    assert mailed(cloud) == ["api-1"]
    (letter,) = dead_letters_of(cloud)
    assert letter["record"] == one
    with pytest.raises(UnreadableError, match="expected a set of strings"):
        deliver_waiting(to_topic(cloud))


def test_a_damaged_waiting_record_is_a_dead_letter(cloud: Any) -> None:
    """The subject's next record follows."""
    with denied("sns", "Publish"):
        deliver(to_topic(cloud), alert_record("front", 1), alert_record("front", 2))
    first = Waiting(cloud.incidents, "topic").by_subject()["group/front"][0]
    broken = {"pk": {"S": f"waiting/topic/{first}"}, "image": {"S": "damaged"}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-2"]
    (letter,) = dead_letters_of(cloud)
    assert "expected a map" in letter["reason"]


def test_names_of_any_script_wait_and_are_sent(cloud: Any) -> None:
    """Keys sort by sequence number, with any characters of the subject."""
    names = ["узел/agent", "节点/agent", "a/b#c/agent"]
    with denied("sqs", "SendMessage"):
        deliver(to_queue(cloud), *[record(n, k) for n in names for k in (1, 2)])
    deliver_waiting(to_queue(cloud))
    ids = queued(cloud)
    for name in names:
        assert [i for i in ids if i.startswith(name)] == [f"{name}-1", f"{name}-2"]
