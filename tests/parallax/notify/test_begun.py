"""Specification of what a process begins, and of one that ended in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from parallax.aws import client
from parallax.notify.begun import KEPT, Begun, is_new, name_of
from tests.parallax.throttle import hanging, throttled

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def ended(cloud: Any, name: str = "a") -> None:
    """End a process at something that it began."""
    with pytest.raises(KeyboardInterrupt), Begun(cloud.incidents).begin(name):
        raise KeyboardInterrupt


def begins(cloud: Any, name: str = "a") -> bool:
    """Say whether a new process begins it."""
    with Begun(cloud.incidents).begin(name) as may_begin:
        return may_begin


def notes(cloud: Any) -> int:
    """Count the notes in the table."""
    return client("dynamodb").scan(TableName=cloud.incidents)["Count"]


def test_what_ended_a_process_is_not_begun_again(cloud: Any) -> None:
    """Another record is."""
    ended(cloud)
    assert not begins(cloud)
    assert not begins(cloud)
    assert begins(cloud, "b")


def test_what_was_done_may_be_done_again(cloud: Any) -> None:
    """Its note is removed, so that nothing stays in the table."""
    assert begins(cloud)
    assert begins(cloud)
    assert notes(cloud) == 0


def test_an_error_is_not_an_end(cloud: Any) -> None:
    """The process continues, and Lambda delivers the record again."""
    with pytest.raises(ValueError, match="x"), Begun(cloud.incidents).begin("a"):
        raise ValueError("x")
    assert begins(cloud)


def test_after_half_an_hour_it_is_begun_once_more(cloud: Any) -> None:
    """What ended the process may be mended by then."""
    with time_machine.travel(NOW, tick=False):
        ended(cloud)
    with time_machine.travel(NOW + KEPT - timedelta(minutes=1), tick=False):
        assert not begins(cloud)
    with time_machine.travel(NOW + KEPT + timedelta(minutes=1), tick=False):
        ended(cloud)
        assert not begins(cloud)


def test_a_lost_answer_is_not_an_end(cloud: Any) -> None:
    """Botocore repeats the request, which finds the note of its own process."""
    begun = Begun(cloud.incidents)
    with begun.begin("a") as first, begun.begin("a") as again:
        assert first
        assert again


def test_a_table_that_refuses_leaves_no_note(cloud: Any) -> None:
    """The record fails, and Lambda delivers it when the table can be written."""
    with throttled("PutItem"), pytest.raises(ClientError):
        begins(cloud)
    assert begins(cloud)


def test_a_note_that_stays_fails_nothing(cloud: Any) -> None:
    """The record was processed; a second delivery is a dead letter."""
    with hanging("dynamodb", "DeleteItem"):
        assert begins(cloud)
    assert not begins(cloud)


@pytest.mark.parametrize(
    ("age", "new"), [(0, True), (4, True), (6, False), (7200, False), (-60, False)]
)
def test_a_record_is_new_by_its_age(age: float, new: bool) -> None:  # noqa: FBT001 - a case
    """A wrong clock notes too much, never too little."""
    created = datetime.now(UTC).timestamp() - age
    assert is_new({"dynamodb": {"ApproximateCreationDateTime": created}}) is new


@pytest.mark.parametrize("record", [{}, {"dynamodb": {}}])
def test_a_record_without_an_age_is_new(record: dict[str, Any]) -> None:
    """A letter has none, and neither has a test of an emulator."""
    assert is_new(record)
    assert name_of(record)
