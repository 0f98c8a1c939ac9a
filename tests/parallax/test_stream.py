"""Stream: each record has its own outcome; unreadable ones are dead letters."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from botocore.exceptions import ClientError

from parallax.stream import process, read, send_to_dead_letters
from tests.parallax.throttle import denied


def record(value: object, name: str = "INSERT") -> dict[str, Any]:
    """Make a stream record."""
    return {"eventName": name, "dynamodb": {"NewImage": {"n": value}}}


def decode(image: Any) -> int:
    """Read a number, or raise."""
    return int(image["n"])


def test_unreadable_records_go_to_the_dead_letter_queue(cloud: Any) -> None:
    """Two of four records are unreadable, and are stored whole with the reason."""
    records = [record(1), record("x"), {"eventName": "INSERT"}, record(2)]
    values = [read(one, decode, cloud.dead_letters) for one in records]
    assert values == [1, None, None, 2]
    letters = [json.loads(text) for text in cloud.messages(cloud.dead_letters)]
    assert {letter["reason"].split(":")[0] for letter in letters} == {
        "ValueError",
        "KeyError",
    }
    assert record("x") in [letter["record"] for letter in letters]


def test_a_dead_letter_names_the_function_that_sent_it(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All functions share one queue; `parallax redrive` replays it by this name."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "parallax-notify")
    send_to_dead_letters(record(1), "odd", cloud.dead_letters)
    send_to_dead_letters(record("x" * 1_000_000), "odd", cloud.dead_letters)
    letters = [json.loads(text) for text in cloud.messages(cloud.dead_letters)]
    assert [letter["function"] for letter in letters] == ["parallax-notify"] * 2


def test_a_removal_has_no_value() -> None:
    """Items removed by their time to live are not judged."""
    assert read({"eventName": "REMOVE", "dynamodb": {}}, decode, None) is None


def numbered(number: int) -> dict[str, Any]:
    """Make a stream record with its sequence number."""
    one = record(number)
    one["dynamodb"]["SequenceNumber"] = str(number)
    return one


def failing(*numbers: int) -> Any:
    """Return a handler that raises for these numbers, and a list of the others."""
    done: list[int] = []

    def handle(one: Any) -> None:
        number = one["dynamodb"]["NewImage"]["n"]
        if number in numbers:
            raise OSError(number)
        done.append(number)

    return handle, done


def test_a_failed_record_is_reported_and_the_others_are_processed() -> None:
    """The response names each failed record by its sequence number."""
    handle, done = failing(2, 4)
    event = {"Records": [numbered(number) for number in (1, 2, 3, 4, 5)]}
    assert process(event, handle) == {
        "batchItemFailures": [{"itemIdentifier": "2"}, {"itemIdentifier": "4"}]
    }
    assert done == [1, 3, 5]


def test_a_batch_without_failure_returns_an_empty_list() -> None:
    """AWS treats that as complete success, and an empty batch too."""
    handle, _ = failing()
    assert process({"Records": [numbered(1)]}, handle) == {"batchItemFailures": []}
    assert process({"Records": []}, handle) == {"batchItemFailures": []}


def test_a_batch_in_which_every_record_fails_is_a_lambda_error() -> None:
    """Partial failures do not count as errors; this one triggers the Errors alarm."""
    handle, _ = failing(1, 2)
    with pytest.raises(BatchProcessingError):
        process({"Records": [numbered(1), numbered(2)]}, handle)


def test_a_record_too_large_for_a_letter_leaves_its_reason(cloud: Any) -> None:
    """The dead-letter queue gets the reason in any case."""
    send_to_dead_letters(record("x" * 1_000_000), "too much", cloud.dead_letters)
    (letter,) = cloud.messages(cloud.dead_letters)
    assert json.loads(letter)["reason"] == "too much"


def test_a_letter_contains_characters_that_sqs_rejects(cloud: Any) -> None:
    """Noncharacters and half surrogates are escaped, and read back unchanged."""
    send_to_dead_letters(
        record("\ufffe\uffff\ud800"), "unreadable \ufffe", cloud.dead_letters
    )
    (letter,) = cloud.messages(cloud.dead_letters)
    assert "\ufffe" not in letter
    assert json.loads(letter)["record"] == record("\ufffe\uffff\ud800")


def test_a_letter_is_logged_as_sent_only_after_the_queue_took_it(
    cloud: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """If the queue rejects it, the record fails, and nothing is logged as sent."""
    sent = "record was sent to the dead-letter queue"
    with denied("sqs", "SendMessage"), pytest.raises(ClientError):
        send_to_dead_letters(record("x"), "unreadable", cloud.dead_letters)
    assert sent not in caplog.messages
    send_to_dead_letters(record("x"), "unreadable", cloud.dead_letters)
    assert caplog.messages.count(sent) == 1


def test_without_a_queue_the_record_is_logged_as_dropped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The reason is in the log, and nowhere else."""
    send_to_dead_letters(record("x"), "unreadable", None)
    assert caplog.messages == ["record was dropped: no dead-letter queue is configured"]
