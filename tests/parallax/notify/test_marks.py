"""Marks: what was sent is not sent again, whatever happens in between."""

from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from parallax.notify import marks
from parallax.notify.delivery import StillWaitingError
from parallax.notify.publication import from_image
from tests.parallax.notify.deliveries import deliver, deliver_waiting, to_topic
from tests.parallax.notify.published import alert_record, dead_letters_of, mailed
from tests.parallax.throttle import answer, denied, taken, xml


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


def deliver_waiting_or_not(cloud: Any) -> None:
    """Send what waits, or leave it."""
    with suppress(StillWaitingError):
        deliver_waiting(to_topic(cloud))


def test_a_finding_is_mailed_once_for_repeated_records(cloud: Any) -> None:
    """The mark is stored; the container's memory is not needed."""
    one = alert_record("front", 1)
    deliver(to_topic(cloud), one, one)
    deliver(to_topic(cloud), one)
    assert mailed(cloud) == ["front-1"]


def test_a_mark_that_cannot_be_written_repeats_no_mail(cloud: Any) -> None:
    """The container that sent it remembers."""
    one = alert_record("front", 1)
    with denied("dynamodb", "UpdateItem"):
        for _ in range(6):
            to_topic(cloud).deliver(one, from_image(one["dynamodb"]["NewImage"]))
    assert mailed(cloud) == ["front-1"]


def test_a_function_that_stops_before_its_mark_mails_at_most_twice(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attempts are counted; the third is a dead letter, which a redrive sends."""

    class Killed(BaseException):
        """Lambda ends the function; nothing of ours runs any more."""

    def kill(*_: Any) -> None:
        raise Killed

    one = alert_record("front", 1)
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
        deliver(to_topic(cloud), alert_record("front", 1))
        for _ in range(10):
            deliver_waiting_or_not(cloud)
    assert 1 <= accepted.refused <= 2
    deliver_waiting(to_topic(cloud))
    assert len(mailed(cloud)) <= 2
    assert len(dead_letters_of(cloud)) == 1


def test_refusals_after_an_unknown_result_do_not_hide_it(cloud: Any) -> None:
    """A refusal takes back its own attempt only."""
    with lost_answer(cloud):
        deliver(to_topic(cloud), alert_record("front", 1))
    with denied("sns", "Publish"):
        for _ in range(3):
            with pytest.raises(StillWaitingError):
                deliver_waiting(to_topic(cloud))
    with lost_answer(cloud):
        deliver_waiting_or_not(cloud)
    deliver_waiting(to_topic(cloud))
    assert len(mailed(cloud)) <= 2
    assert len(dead_letters_of(cloud)) == 1


def test_rejections_are_no_attempts(cloud: Any) -> None:
    """When SNS accepts messages again, the mail is sent."""
    with denied("sns", "Publish"):
        deliver(to_topic(cloud), alert_record("front", 1))
        for _ in range(5):
            with pytest.raises(StillWaitingError):
                deliver_waiting(to_topic(cloud))
    deliver_waiting(to_topic(cloud))
    assert mailed(cloud) == ["front-1"]
