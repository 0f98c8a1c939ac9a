"""Delivery: once, in order, independent of other subjects and routes."""

from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parallax.incidents.advice import from_image
from parallax.model.finding import NotificationReason
from parallax.model.packed import UnreadableError
from parallax.notify import marks
from parallax.notify.delivery import Delivery, StillWaitingError
from parallax.notify.routes import QueueRoute, Route, TopicRoute
from parallax.notify.waiting import Waiting
from tests.parallax.notify.published import dead_letters_of, mailed, queued, record
from tests.parallax.throttle import (
    answer,
    denied,
    hanging,
    refused_for_good,
    taken,
    throttled,
    xml,
)

FIRING, RESOLVED = NotificationReason.FIRING, NotificationReason.RESOLVED


def to_topic(cloud: Any, **options: Any) -> Delivery:
    """Return a new invocation's delivery of mails."""
    route = TopicRoute(cloud.topic)
    return Delivery(route, cloud.incidents, cloud.dead_letters, **options)


def to_queue(cloud: Any) -> Delivery:
    """Return a new invocation's delivery of events."""
    return Delivery(QueueRoute(cloud.queue), cloud.incidents, cloud.dead_letters)


def deliver(delivery: Delivery, *records: dict[str, Any]) -> None:
    """Deliver records as a batch does, in a new container without memory."""
    marks._sent.clear()
    for one in records:
        delivery.deliver(one, from_image(one["dynamodb"]["NewImage"]))


def deliver_waiting(delivery: Delivery) -> None:
    """Send waiting records, from a new container without memory."""
    marks._sent.clear()
    delivery.deliver_waiting()


def deliver_waiting_or_not(cloud: Any) -> None:
    """Send what waits, or leave it."""
    with suppress(StillWaitingError):
        deliver_waiting(to_topic(cloud))


def late_answer(cloud: Any) -> Any:
    """SNS takes the mail and responds after the time-out."""
    return taken(cloud, lambda url: _raise(ReadTimeoutError(endpoint_url=url)))


def lost_answer(cloud: Any) -> Any:
    """SNS takes the mail and the connection ends without a response."""
    return taken(cloud, lambda url: _raise(ConnectionClosedError(endpoint_url=url)))


def server_error(cloud: Any) -> Any:
    """SNS takes the mail and responds with an error of its own."""
    return taken(cloud, lambda url: answer(url, 500, xml("InternalFailure", "x")))


def _raise(error: Exception) -> Any:
    raise error


def test_a_finding_is_mailed_once_for_repeated_records(cloud: Any) -> None:
    """The mark is stored; the container's memory is not needed."""
    one = record("front", 1)
    deliver(to_topic(cloud), one, one)
    deliver(to_topic(cloud), one)
    assert mailed(cloud) == ["front-1"]


def test_a_rejected_mail_waits_and_its_record_does_not_fail(cloud: Any) -> None:
    """The stream continues; the next minute's call sends the mail."""
    with denied("sns", "Publish"):
        deliver(to_topic(cloud), record("front", 1))
        with pytest.raises(
            StillWaitingError, match="1 records are still waiting for the topic"
        ):
            deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == []
    deliver_waiting(to_topic(cloud))
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-1"]
    assert dead_letters_of(cloud) == []


def test_resolved_is_never_sent_before_firing(cloud: Any) -> None:
    """After a rejection, the subject's later records wait in order."""
    with denied("sns", "Publish", of="front-1"):
        deliver(to_topic(cloud), record("front", 1), record("front", 2, RESOLVED))
    deliver(to_topic(cloud), record("front", 3))
    assert mailed(cloud) == []
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-1", "front-2", "front-3"]


def test_the_mails_of_other_targets_do_not_wait(cloud: Any) -> None:
    """One subject is rejected again and again, the others are sent immediately."""
    with denied("sns", "Publish", of="front-1"):
        deliver(to_topic(cloud), record("front", 1), record("api", 1))
        assert mailed(cloud) == ["api-1"]
        with pytest.raises(StillWaitingError):
            deliver_waiting(to_topic(cloud))
        deliver(to_topic(cloud), record("api", 2, RESOLVED))
        assert mailed(cloud) == ["api-2"]


def test_a_queue_that_is_down_delays_no_mail(cloud: Any) -> None:
    """Each route has its own delivery, and its own list of waiting records."""
    with denied("sqs", "SendMessage"):
        for number in range(1, 4):
            one = record("front", number)
            deliver(to_queue(cloud), one)
            deliver(to_topic(cloud), one)
        assert len(mailed(cloud)) == 3
    deliver_waiting(to_queue(cloud))
    assert queued(cloud) == ["front-1", "front-2", "front-3"]


def test_a_route_that_hangs_uses_no_more_than_its_time(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the time is used up, records wait without an attempt; none is lost."""
    clock = [0.0]
    monkeypatch.setattr("parallax.notify.delivery.monotonic", lambda: clock[0])
    delivery = to_topic(cloud)
    with hanging("sns", "Publish") as count:
        deliver(delivery, record("front", 1))
        tried = count.refused
        clock[0] += 13
        deliver(delivery, record("api", 1), record("web", 1))
        assert count.refused == tried
    deliver_waiting(to_topic(cloud))
    assert sorted(mailed(cloud)) == ["api-1", "front-1", "web-1"]


def test_a_permanently_rejected_mail_is_a_dead_letter(cloud: Any) -> None:
    """It has the whole record, so that it can be replayed; the next mail is sent."""
    one = record("front", 1)
    with refused_for_good(of="front-1"):
        deliver(to_topic(cloud), one, record("front", 2))
    assert mailed(cloud) == ["front-2"]
    (letter,) = dead_letters_of(cloud)
    assert letter["record"] == one
    assert "Message too long" in letter["reason"]
    deliver(to_topic(cloud), letter["record"])
    assert mailed(cloud) == ["front-1"]


def test_a_waiting_mail_with_a_permanent_error_is_a_dead_letter(
    cloud: Any,
) -> None:
    """The subject's next record is sent."""
    with denied("sns", "Publish"):
        deliver(to_topic(cloud), record("front", 1), record("front", 2))
    with refused_for_good(of="front-1"):
        deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-2"]
    (letter,) = dead_letters_of(cloud)
    deliver(to_topic(cloud), letter["record"])
    assert mailed(cloud) == ["front-1"]


def test_a_mark_that_cannot_be_written_repeats_no_mail(cloud: Any) -> None:
    """Twenty more minutes of the incident still cause one mail."""
    turn = record("front", 1)
    repeats = [record("front", 1, version=version) for version in range(2, 8)]
    with denied("dynamodb", "UpdateItem"):
        deliver(to_topic(cloud), turn)
        for repeat in repeats:
            deliver(to_topic(cloud), repeat)
    assert mailed(cloud) == ["front-1"]
    for repeat in repeats:
        deliver(to_topic(cloud), repeat)
    assert len(mailed(cloud)) <= 1


def test_a_function_that_stops_before_its_mark_mails_at_most_twice(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attempts are counted; the third is a dead letter, which a redrive sends."""

    class Killed(BaseException):
        """Lambda ends the function; nothing of ours runs any more."""

    def kill(*_: Any) -> None:
        raise Killed

    one = record("front", 1)
    with monkeypatch.context() as patch:
        patch.setattr(marks.Marks, "done", kill)
        for _ in range(2):
            with pytest.raises(Killed):
                deliver(to_topic(cloud), one)
        deliver(to_topic(cloud), one)
    assert len(mailed(cloud)) == 2
    (letter,) = dead_letters_of(cloud)
    assert "not sent again" in letter["reason"]
    deliver(to_topic(cloud, is_redrive=True), letter["record"])
    assert mailed(cloud) == ["front-1"]


@pytest.mark.parametrize("result", [late_answer, lost_answer, server_error])
def test_a_mail_whose_result_is_unknown_is_sent_twice_at_most(
    cloud: Any, result: Any
) -> None:
    """SNS takes it, and its response is late, lost or an error of its own."""
    with result(cloud) as accepted:
        deliver(to_topic(cloud), record("front", 1))
        for _ in range(10):
            deliver_waiting_or_not(cloud)
    assert 1 <= accepted.refused <= 2
    deliver_waiting(to_topic(cloud))
    assert len(mailed(cloud)) <= 2
    assert len(dead_letters_of(cloud)) == 1


def test_a_mail_waits_while_sns_does_not_respond_and_is_then_sent(cloud: Any) -> None:
    """However long the outage lasts, the mail is neither lost nor a dead letter."""
    with (
        hanging("sns", "Publish") as tried,
        hanging("sns", "GetTopicAttributes"),
    ):
        deliver(to_topic(cloud), record("front", 1))
        for _ in range(20):
            with pytest.raises(StillWaitingError):
                deliver_waiting(to_topic(cloud))
    assert tried.refused == 1
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-1"]
    assert dead_letters_of(cloud) == []


def test_refusals_after_an_unknown_result_do_not_hide_it(cloud: Any) -> None:
    """A refusal takes back its own attempt only."""
    with lost_answer(cloud):
        deliver(to_topic(cloud), record("front", 1))
    with denied("sns", "Publish"):
        for _ in range(3):
            with pytest.raises(StillWaitingError):
                deliver_waiting(to_topic(cloud))
    with lost_answer(cloud):
        deliver_waiting_or_not(cloud)
    deliver_waiting(to_topic(cloud))
    assert len(mailed(cloud)) <= 2
    assert len(dead_letters_of(cloud)) == 1


def test_a_subject_of_another_script_waits_like_any_other(cloud: Any) -> None:
    """A timeout has no error code, and causes no dead letter."""
    subject = "\u65e5\u672c/agent"
    with hanging("sns", "Publish"), hanging("sns", "GetTopicAttributes"):
        deliver(to_topic(cloud), record(subject, 1))
    assert dead_letters_of(cloud) == []
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == [f"{subject}-1"]


def test_a_record_that_cannot_be_stored_is_a_dead_letter(cloud: Any) -> None:
    """The list of what waits is damaged or full: no retry changes that."""
    broken = {"pk": {"S": "waiting/topic"}, "entries": {"S": "damaged"}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    one = record("front", 1)
    with denied("sns", "Publish", of="front-1"):
        deliver(to_topic(cloud), one, record("api", 1))
    assert mailed(cloud) == ["api-1"]
    (letter,) = dead_letters_of(cloud)
    assert letter["record"] == one
    with pytest.raises(UnreadableError, match="expected a set of strings"):
        deliver_waiting(to_topic(cloud))


def test_a_damaged_waiting_record_is_a_dead_letter(cloud: Any) -> None:
    """The subject's next record follows."""
    with denied("sns", "Publish"):
        deliver(to_topic(cloud), record("front", 1), record("front", 2))
    first = Waiting(cloud.incidents, "topic").by_subject()["front"][0]
    broken = {"pk": {"S": f"waiting/topic/{first}"}, "image": {"S": "damaged"}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-2"]
    (letter,) = dead_letters_of(cloud)
    assert "expected a map" in letter["reason"]


def test_rejections_are_no_attempts(cloud: Any) -> None:
    """When SNS accepts messages again, the mail is sent."""
    with denied("sns", "Publish"):
        deliver(to_topic(cloud), record("front", 1))
        for _ in range(5):
            with pytest.raises(StillWaitingError):
                deliver_waiting(to_topic(cloud))
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-1"]


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
def test_a_record_fails_only_where_the_table_fails(cloud: Any, operation: str) -> None:
    """Then the subject's later records fail as well, to keep their order."""
    one, two = record("front", 1), record("front", 2, RESOLVED)
    delivery = to_topic(cloud)
    with throttled(operation), denied("sns", "Publish"), pytest.raises(ClientError):
        deliver(delivery, one)
    with pytest.raises(
        StillWaitingError, match="an earlier record of front was not sent yet"
    ):
        deliver(delivery, two)
    assert mailed(cloud) == []
    deliver(to_topic(cloud), one, two)
    assert mailed(cloud) == ["front-1", "front-2"]


def test_a_later_version_sends_what_its_own_record_did_not(cloud: Any) -> None:
    """The next version of the incident sends the mail of a lost record."""
    deliver(to_topic(cloud), record("front", 1, version=2))
    deliver(to_topic(cloud), record("front", 1, version=3))
    assert mailed(cloud) == ["front-1"]


def test_names_of_any_script_wait_and_are_sent(cloud: Any) -> None:
    """Keys sort by sequence number, with any characters of the subject."""
    names = ["узел/agent", "节点/agent", "a/b#c/agent"]
    with denied("sqs", "SendMessage"):
        deliver(to_queue(cloud), *[record(n, k) for n in names for k in (1, 2)])
    deliver_waiting(to_queue(cloud))
    ids = queued(cloud)
    for name in names:
        assert [i for i in ids if i.startswith(name)] == [f"{name}-1", f"{name}-2"]


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
    routes = (TopicRoute(cloud.topic), QueueRoute(cloud.queue))
    for subject, fault, how in steps:
        number = len(sent.setdefault(subject, [])) + 1
        sent[subject].append(f"{subject}-{number}")
        one = record(subject, number)
        for route in routes:
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
