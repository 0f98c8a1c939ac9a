"""Delivery: once, in order, independent of other subjects and routes."""

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parallax.model.finding import NotificationReason
from parallax.notify.delivery import Delivery, StillWaitingError
from parallax.notify.findings_topic import FindingsRoute
from parallax.notify.publication import from_image
from parallax.notify.routes import Route, TopicRoute
from parallax.settings import SOURCE
from tests.parallax.notify.deliveries import deliver, deliver_waiting, to_topic
from tests.parallax.notify.published import (
    alert_record,
    dead_letters_of,
    mailed,
    queued,
    record,
)
from tests.parallax.throttle import (
    denied,
    hanging,
    refused_for_good,
    throttled,
)

FIRING, RESOLVED = NotificationReason.FIRING, NotificationReason.RESOLVED


def test_resolved_is_never_sent_before_firing(cloud: Any) -> None:
    """After a rejection, the subject's later records wait in order."""
    with denied("sns", "Publish", of="front-1"):
        deliver(
            to_topic(cloud),
            alert_record("front", 1),
            alert_record("front", 2, RESOLVED),
        )
    deliver(to_topic(cloud), alert_record("front", 3))
    assert mailed(cloud) == []
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-1", "front-2", "front-3"]


def test_the_mails_of_other_targets_do_not_wait(cloud: Any) -> None:
    """One subject is rejected again and again, the others are sent immediately."""
    with denied("sns", "Publish", of="front-1"):
        deliver(to_topic(cloud), alert_record("front", 1), alert_record("api", 1))
        assert mailed(cloud) == ["api-1"]
        with pytest.raises(StillWaitingError):
            deliver_waiting(to_topic(cloud))
        deliver(to_topic(cloud), alert_record("api", 2, RESOLVED))
        assert mailed(cloud) == ["api-2"]


def test_a_route_that_hangs_uses_no_more_than_its_time(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the time is used up, records wait without an attempt; none is lost."""
    clock = [0.0]
    monkeypatch.setattr("parallax.notify.delivery.monotonic", lambda: clock[0])
    delivery = to_topic(cloud)
    with hanging("sns", "Publish") as count:
        deliver(delivery, alert_record("front", 1))
        tried = count.refused
        clock[0] += 13
        deliver(delivery, alert_record("api", 1), alert_record("web", 1))
        assert count.refused == tried
    deliver_waiting(to_topic(cloud))
    assert sorted(mailed(cloud)) == ["api-1", "front-1", "web-1"]


def test_a_permanently_rejected_mail_is_a_dead_letter(cloud: Any) -> None:
    """It has the whole record, so that it can be replayed; the next mail is sent."""
    one = alert_record("front", 1)
    with refused_for_good(of="front-1"):
        deliver(to_topic(cloud), one, alert_record("front", 2))
    assert mailed(cloud) == ["front-2"]
    (letter,) = dead_letters_of(cloud)
    assert letter["record"] == one
    assert "Message too long" in letter["reason"]
    deliver(to_topic(cloud), letter["record"])
    assert mailed(cloud) == ["front-1"]


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
def test_a_record_fails_only_where_the_table_fails(cloud: Any, operation: str) -> None:
    """Then the subject's later records fail as well, to keep their order."""
    one, two = alert_record("front", 1), alert_record("front", 2, RESOLVED)
    delivery = to_topic(cloud)
    with throttled(operation), denied("sns", "Publish"), pytest.raises(ClientError):
        deliver(delivery, one)
    with pytest.raises(
        StillWaitingError, match="an earlier record of group/front was not sent yet"
    ):
        deliver(delivery, two)
    assert mailed(cloud) == []
    deliver(to_topic(cloud), one, two)
    assert mailed(cloud) == ["front-1", "front-2"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["front", "api", "узел/agent"]),
        st.sampled_from(["", "Publish", "SendMessage", "UpdateItem", "PutItem"]),
        st.sampled_from(["once", "twice", "wait"]),
    ),
    max_size=12,
)


@given(STEPS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_each_is_sent_in_order_with_any_rejections(
    cloud: Any, steps: list[tuple[str, str, str]]
) -> None:
    """Queue once, mail once or, after an unknown result, twice; no dead letter."""
    cloud = cloud.emptied()
    sent: dict[str, list[str]] = {}
    unsent: dict[Route, list[dict[str, Any]]] = {}
    routes = (TopicRoute(cloud.topic), FindingsRoute(cloud.findings, SOURCE))
    for subject, fault, how in steps:
        number = len(sent.setdefault(subject, [])) + 1
        sent[subject].append(f"{subject}-{number}")
        for route in routes:
            made = alert_record if route.name == "topic" else record
            one = made(subject, number)
            batch = [*unsent.pop(route, []), *[one] * (2 if how == "twice" else 1)]
            delivery = Delivery(route, cloud.incidents, cloud.dead_letters)
            with refusing(fault):
                unsent[route] = failed(delivery, batch)
                if how == "wait":
                    still(delivery)
    for route in routes:
        delivery = Delivery(route, cloud.incidents, cloud.dead_letters)
        assert failed(delivery, unsent.get(route, [])) == []
        delivery.deliver_waiting()
    events, mails = queued(cloud), mailed(cloud)
    for subject, ids in sent.items():
        assert [i for i in events if i.startswith(f"{subject}-")] == ids
        first = dict.fromkeys(i for i in mails if i.startswith(f"{subject}-"))
        assert list(first) == ids
    assert all(mails.count(i) <= 2 for i in mails)
    assert dead_letters_of(cloud) == []


def refusing(fault: str) -> Any:
    """Return a context in which one operation is denied."""
    service = {"Publish": "sns", "SendMessage": "sqs"}.get(fault, "dynamodb")
    return denied(service, fault or "Nothing")


def failed(delivery: Delivery, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Deliver a batch; return what Lambda retries: all from the first failure."""
    for number, one in enumerate(batch):
        try:
            delivery.deliver(one, from_image(one["dynamodb"]["NewImage"]))
        except (ClientError, StillWaitingError):
            return batch[number:]
    return []


def still(delivery: Delivery) -> None:
    """Send waiting records, or do not."""
    try:
        delivery.deliver_waiting()
    except (ClientError, StillWaitingError):
        return
