"""Notify behind Lambda's stream mapping: no alert waits because another one fails.

The mapping is the model of `tests.parallax.stream_mapping`, with the settings of the
template. AWS's own pauses between attempts are not known and not modeled.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from parallax.model.finding import NotificationReason
from parallax.notify import batch, marks
from tests.functions.template import RESOURCES
from tests.parallax.notify.published import (
    alert_record,
    dead_letters_of,
    mailed,
    queued,
    record,
)
from tests.parallax.stream_mapping import Mapping
from tests.parallax.throttle import denied, throttled


@pytest.fixture
def mapped(load: Any, cloud: Any) -> Callable[[str], Mapping]:
    """Return a maker of mappings: of the mails, or of the queue."""

    def make(function: str) -> Mapping:
        places = {"INCIDENTS_TABLE": cloud.incidents}
        places["DEAD_LETTERS_URL"] = cloud.dead_letters
        mails = function == "NotifyFunction"
        places["ALERTS_TOPIC_ARN"] = cloud.topic if mails else ""
        places["FINDINGS_TOPIC_ARN"] = "" if mails else cloud.findings
        events = RESOURCES[function]["Properties"]["Events"].values()
        (settings,) = [e["Properties"] for e in events if e["Type"] == "DynamoDB"]
        return Mapping(
            load("notify", **places).handler,
            batch_size=settings["BatchSize"],
            attempts=settings["MaximumRetryAttempts"],
            age=settings["MaximumRecordAgeInSeconds"],
            bisects=settings["BisectBatchOnFunctionError"],
            partial="ReportBatchItemFailures" in settings["FunctionResponseTypes"],
        )

    return make


def story(made: Callable[..., Any], *subjects: str) -> list[dict[str, Any]]:
    """Make each subject's alarm and its end, one after the other."""
    turns = (NotificationReason.FIRING, NotificationReason.RESOLVED)
    return [made(s, n, t) for n, t in enumerate(turns, 1) for s in subjects]


def minute(mapping: Mapping) -> None:
    """Let the minute's call send what waits; it raises while something does."""
    marks._sent.clear()
    try:
        mapping.handler({"deliver": "waiting"}, None)
    except ExceptionGroup:
        return


def test_a_queue_that_refuses_for_an_hour_delays_no_mail(
    mapped: Callable[[str], Mapping], cloud: Any
) -> None:
    """Every mail goes out at once; the events follow later, in order."""
    records = story(record, "front", "api")
    alerts = story(alert_record, "front", "api")
    mails, events = mapped("NotifyFunction"), mapped("PublishFunction")
    with denied("sns", "Publish", of=cloud.findings):
        for one, alert in zip(records, alerts, strict=True):
            events.run([one])
            mails.run([alert])
        assert len(mailed(cloud)) == 4
        for _ in range(60):
            minute(events)
    assert [len(batch) for batch in events.invocations] == [1, 1, 1, 1]
    minute(events)
    ids = queued(cloud)
    for subject in ("front", "api"):
        assert [i for i in ids if i.startswith(subject)] == [
            f"{subject}-1",
            f"{subject}-2",
        ]
    assert dead_letters_of(cloud) == []


def test_a_target_that_is_refused_blocks_no_shard(
    mapped: Callable[[str], Mapping], cloud: Any
) -> None:
    """The other target's alarm and end are mailed in the same invocation."""
    mails = mapped("NotifyFunction")
    with denied("sns", "Publish", of="front-1"):
        mails.run(story(alert_record, "front", "api"))
    assert len(mails.invocations) == 1
    assert mailed(cloud) == ["api-1", "api-2"]
    minute(mails)
    assert mailed(cloud) == ["front-1", "front-2"]


def test_a_table_that_fails_for_a_while_loses_and_repeats_nothing(
    mapped: Callable[[str], Mapping], cloud: Any
) -> None:
    """Lambda repeats all from the first failed record; marks stop the repetitions."""
    mails, left = mapped("NotifyFunction"), [3]
    faults = ExitStack()
    faults.enter_context(denied("sns", "Publish", of="front"))
    faults.enter_context(throttled("PutItem"))

    def end() -> None:
        marks._sent.clear()
        left[0] -= 1
        if not left[0]:
            faults.close()

    mails.between = end
    mails.run(story(alert_record, "front", "api", "web"))
    minute(mails)
    sent = mailed(cloud)
    assert sorted(sent) == sorted(set(sent))
    for subject in ("front", "api", "web"):
        assert [i for i in sent if i.startswith(subject)] == [
            f"{subject}-1",
            f"{subject}-2",
        ]
    assert mails.discarded == []
    assert dead_letters_of(cloud) == []


def ending(
    mapping: Mapping, monkeypatch: pytest.MonkeyPatch, subject: str
) -> list[str]:
    """End the process at each record of a subject; the list names those deliveries."""
    ends, handler, real = list[str](), mapping.handler, batch.from_image

    def decoded(image: Any) -> Any:
        if image["pk"]["S"] == subject:
            ends.append(subject)
            raise KeyboardInterrupt
        return real(image)

    def invoked(event: Any, context: Any) -> Any:
        try:
            return handler(event, context)
        except KeyboardInterrupt:
            raise RuntimeError("Runtime.ExitError") from None

    monkeypatch.setattr(batch, "from_image", decoded)
    mapping.handler = invoked
    return ends


def aged(records: list[dict[str, Any]], seconds: float) -> list[dict[str, Any]]:
    """Return records that were written so many seconds ago."""
    created = time.time() - seconds
    for one in records:
        one["dynamodb"]["ApproximateCreationDateTime"] = created
    return records


@pytest.mark.parametrize("function", ["NotifyFunction", "PublishFunction"])
def test_a_record_at_which_the_function_ends_is_a_dead_letter(
    mapped: Callable[[str], Mapping],
    cloud: Any,
    monkeypatch: pytest.MonkeyPatch,
    function: str,
) -> None:
    """At its second later attempt; Lambda discards none, and delivers all others."""
    mapping = mapped(function)
    ends = ending(mapping, monkeypatch, "group/api")
    mapping.run(aged(story(alert_record, "front", "api", "web"), 60))
    assert len(ends) == 2  # its alarm and its end, each once
    letters = dead_letters_of(cloud)
    assert [one["record"]["dynamodb"]["NewImage"]["pk"]["S"] for one in letters] == [
        "group/api",
        "group/api",
    ]
    assert all("the function ended at this record" in one["reason"] for one in letters)
    assert mapping.discarded == []
    if function == "NotifyFunction":
        assert sorted(mailed(cloud)) == ["front-1", "front-2", "web-1", "web-2"]


def test_a_record_that_ended_the_function_can_be_replayed(
    mapped: Callable[[str], Mapping], cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the cause is mended: the note of the end does not stop an operator."""
    mails = mapped("NotifyFunction")
    records = aged([alert_record("api", 1)], 60)
    with monkeypatch.context() as patch:
        ending(mails, patch, "group/api")
        mails.run(records)
    (letter,) = dead_letters_of(cloud)
    mails.handler({"Records": [letter["record"]], "redrive": True}, None)
    assert mailed(cloud) == ["api-1"]


def test_a_new_record_costs_no_note(
    mapped: Callable[[str], Mapping], cloud: Any
) -> None:
    """Nearly all records are new: nothing more is written for them."""
    mails = mapped("NotifyFunction")
    with throttled("DeleteItem") as refused:
        mails.run(aged([alert_record("api", 1)], 1))
    assert refused.refused == 0
    assert mailed(cloud) == ["api-1"]
