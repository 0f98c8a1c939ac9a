"""Streams and dead letters: what fails is retried as chosen, kept whole, and found."""

import json
from collections import Counter

import pytest

from tests.functions.template import (
    ALARMS,
    CODE,
    FUNCTIONS,
    MAPPINGS,
    RESOURCES,
    ROOT,
    STEPS,
    TEMPLATE,
    mentions,
    metrics,
    of_type,
)

PARTIAL = ("batchItemFailures", "process_partial_response", "BatchProcessor")
"""What code that names failed records mentions."""


def test_every_queue_of_dead_letters_is_watched_and_every_log_ends() -> None:
    """Nothing lies where nobody looks, and nothing is kept for ever."""
    watched = {name for alarm in ALARMS.values() for _, name in metrics(alarm)}
    queues = {name for name in RESOURCES if name.endswith("DeadLetters")}
    assert queues <= watched
    logs = of_type("Logs::LogGroup")
    assert len(logs) == len(STEPS)
    assert all("RetentionInDays" in log for log in logs.values())


@pytest.mark.parametrize("step", STEPS)
def test_every_schedule_and_every_stream_keeps_what_fails(step: str) -> None:
    """What EventBridge Scheduler or a mapping gives up has a place to go."""
    function = FUNCTIONS[f"{step.title()}Function"]
    for event in function.get("Events", {}).values():
        settings = event["Properties"]
        if event["Type"] == "ScheduleV2":
            letters = settings["DeadLetterConfig"]["Arn"]
            assert letters == f"{step.title()}DeadLetters.Arn"
        else:
            kept = settings["DestinationConfig"]["OnFailure"]["Destination"]
            assert kept == "StreamDeadLetterBucket.Arn"
            assert (
                "StreamLettersPolicy"
                in FUNCTIONS[f"{step.title()}Function"]["Policies"]
            )


def test_no_stream_has_more_than_two_readers() -> None:
    """More readers of a shard are throttled.

    Source: Amazon DynamoDB Developer Guide, "Change data capture for DynamoDB
    Streams": at most two processes read from the same shard at the same time.
    """
    readers = Counter(mapping["Stream"] for mapping in MAPPINGS.values())
    assert max(readers.values()) <= 2


@pytest.mark.parametrize("step", ["diagnose", "notify", "publish"])
def test_one_bad_record_costs_one_record(step: str) -> None:
    """The mapping takes partial failures, splits batches, and ends its retries."""
    (mapping,) = (m for (f, _), m in MAPPINGS.items() if f == f"{step.title()}Function")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 0 < mapping["MaximumRetryAttempts"] <= 10_000
    # Less than the 24 hours that a stream keeps its records.
    assert 60 <= mapping["MaximumRecordAgeInSeconds"] < 86_400


@pytest.mark.parametrize("step", ["probe", "inspect", "ingest"])
def test_a_function_that_names_failed_records_has_a_mapping_that_takes_them(
    step: str,
) -> None:
    """A response that names failed records means nothing to any other mapping."""
    code = (ROOT / f"functions/{CODE[step]}/app.py").read_text()
    assert not any(word in code for word in PARTIAL)
    assert "ReportBatchItemFailures" not in json.dumps(
        FUNCTIONS[f"{step.title()}Function"]
    )


def test_what_lambda_discards_is_kept_whole_private_and_not_for_ever() -> None:
    """The bucket is closed and encrypted; letters never outlive their objects."""
    bucket = RESOURCES["StreamDeadLetterBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert mentions(bucket["BucketEncryption"], "AES256")
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    queue = of_type("SQS::Queue")["StreamDeadLetters"]
    seconds = rule["ExpirationInDays"] * 86_400
    assert rule["Status"] == "Enabled"
    assert queue["MessageRetentionPeriod"] <= seconds <= 14 * 86_400
    (notified,) = bucket["NotificationConfiguration"]["QueueConfigurations"]
    assert notified["Queue"] == "StreamDeadLetters.Arn"
    assert RESOURCES["StreamDeadLetterBucket"]["DependsOn"] == (
        "StreamDeadLettersQueuePolicy"
    )


def test_a_queue_of_dead_letters_takes_the_largest_letter() -> None:
    """1 MiB, SQS's maximum: more than `parallax.stream` ever sends."""
    queues = of_type("SQS::Queue")
    letters = {name: q for name, q in queues.items() if name.endswith("DeadLetters")}
    assert len(letters) == 6
    assert {q["MaximumMessageSize"] for q in letters.values()} == {1_048_576}
    assert {q["MessageRetentionPeriod"] for q in letters.values()} == {1_209_600}


def test_redrive_finds_every_queue_and_function_in_the_outputs() -> None:
    """The stack's outputs name what `parallax redrive` reads and invokes."""
    outputs = {name: o["Value"] for name, o in TEMPLATE["Outputs"].items()}
    queues = {name for name in RESOURCES if name.endswith("DeadLetters")}
    assert {outputs[f"{queue}Url"] for queue in queues} == queues
    functions = {f"{step.title()}Function" for step in STEPS} - {"IngestFunction"}
    assert {outputs[f"{name}Name"] for name in functions} == functions
