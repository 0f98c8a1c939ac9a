"""The model of Lambda's stream mapping keeps the rules that AWS documents."""

from typing import Any

import pytest

from tests.parallax.stream_mapping import Mapping, checkpoint


def records(*numbers: int, born: float = 0) -> list[dict[str, Any]]:
    """Make records with these sequence numbers."""
    return [
        {"dynamodb": {"SequenceNumber": f"{n}", "ApproximateCreationDateTime": born}}
        for n in numbers
    ]


def failing(*poison: str) -> Any:
    """Return a handler that names these records as failed."""

    def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
        numbers = [one["dynamodb"]["SequenceNumber"] for one in event["Records"]]
        failed = [{"itemIdentifier": n} for n in numbers if n in poison]
        return {"batchItemFailures": failed}

    return handler


def raising(*poison: str) -> Any:
    """Return a handler that raises if one of these records is in the batch."""

    def handler(event: dict[str, Any], _context: object) -> None:
        if any(one["dynamodb"]["SequenceNumber"] in poison for one in event["Records"]):
            raise RuntimeError(poison)

    return handler


@pytest.mark.parametrize(
    "response", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}]
)
def test_a_response_without_failures_is_a_complete_success(response: Any) -> None:
    """Empty or null, the response or its list."""
    assert checkpoint(response, records(1, 2)) == 2


@pytest.mark.parametrize("item", [{"itemIdentifier": ""}, {"itemIdentifier": None}, {}])
def test_a_failure_without_an_identifier_is_a_complete_failure(item: Any) -> None:
    """Empty string, null, or another key's name."""
    assert checkpoint({"batchItemFailures": [item]}, records(1, 2)) == 0


def test_the_lowest_number_is_the_checkpoint() -> None:
    """All records from there on are retried, also those that succeeded."""
    mapping = Mapping(failing("2", "4"), attempts=0, partial=True)
    mapping.run(records(1, 2, 3, 4, 5))
    assert mapping.invocations[:2] == [["1", "2", "3", "4", "5"], ["2", "3", "4", "5"]]


def test_without_partial_responses_what_is_returned_does_not_count() -> None:
    """`FunctionResponseTypes` has to be set; else the failed record is lost."""
    mapping = Mapping(failing("1"), attempts=0)
    mapping.run(records(1))
    assert mapping.invocations == [["1"]]
    assert mapping.discarded == []


def test_bisecting_finds_the_record_that_fails() -> None:
    """It alone is discarded, and splitting costs no attempt."""
    mapping = Mapping(raising("3"), attempts=1, bisects=True)
    mapping.run(records(1, 2, 3, 4))
    (gone,) = mapping.discarded
    assert [one["dynamodb"]["SequenceNumber"] for one in gone.records] == ["3"]
    assert gone.condition == "RetryAttemptsExhausted"


def test_without_bisecting_the_whole_batch_is_discarded() -> None:
    """After the attempts, with the records that could have succeeded."""
    mapping = Mapping(raising("3"), attempts=2)
    mapping.run(records(1, 2, 3, 4))
    assert len(mapping.invocations) == 3
    assert len(mapping.discarded[0].records) == 4


def test_a_batch_that_fails_blocks_those_behind_it() -> None:
    """Until it is discarded; then the next one is processed."""
    mapping = Mapping(raising("1"), batch_size=1, attempts=2)
    mapping.run(records(1, 2))
    assert mapping.invocations == [["1"], ["1"], ["1"], ["2"]]


def test_a_record_that_is_too_old_is_discarded() -> None:
    """Its age counts, not its attempts."""
    mapping = Mapping(raising("1"), age=3)
    mapping.run(records(1, born=0))
    assert len(mapping.invocations) == 4
    assert [gone.condition for gone in mapping.discarded] == ["MaxRecordAgeExceeded"]
