"""A redrive: each letter is replayed once, and deleted only after that succeeded."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from parallax.redrive.letter import Form
from parallax.redrive.result import Outcome
from parallax.redrive.run import SENT, Redrive
from tests.parallax.redrive.conftest import Letters
from tests.parallax.redrive.test_letter import (
    ASYNCHRONOUS,
    BATCH,
    EVENT,
    RECORD,
    SCHEDULE,
)

ASIDE = {"reason": "odd", "record": RECORD}
REPLAY = EVENT | {"redrive": True}
KEY = "aws/lambda/u/shard/2024/06/10/2024-06-10T19.26.16-ab"


def batch(function: str) -> dict[str, Any]:
    """Return a discarded batch of a function, as Lambda writes it to S3."""
    arn = f"arn:aws:lambda:eu-central-1:000000000000:function:{function}"
    return BATCH | {
        "requestContext": {"functionArn": arn},
        "payload": json.dumps(EVENT),
    }


def test_a_letter_of_our_code_goes_to_the_function_that_it_names(
    letters: Letters,
) -> None:
    """All functions share a queue; the function gets the record, the letter is gone."""
    letters.put("letters", ASIDE | {"function": "parallax-publish"})
    letters.put("letters", ASIDE | {"function": "parallax-notify"})
    results = letters.run("publish")
    assert letters.invoked == [("parallax-publish", REPLAY)]
    assert [(r.step, r.queue) for r in results] == [("publish", "letters")]
    (left,) = letters.left("letters")
    assert json.loads(left)["function"] == "parallax-notify"


def test_a_letter_without_a_function_stays_in_the_queue_of_all(
    letters: Letters,
) -> None:
    """Nothing tells whose it is; the result states that."""
    letters.put("letters", ASIDE)
    (result,) = letters.run()
    assert (result.step, result.outcome) == (None, Outcome.STUCK)
    assert result.detail == "it does not name its function"
    assert len(letters.left("letters")) == 1


def test_letters_of_other_steps_do_not_keep_a_run_from_ending(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters that are visible again before the run ends are not read forever."""
    monkeypatch.setattr("parallax.redrive.run.HIDDEN_SECONDS", 0)
    for _ in range(9):
        letters.put("letters", ASIDE | {"function": "parallax-probe"})
    letters.put("letters", ASIDE | {"function": "parallax-notify"})
    run = letters.redrive("notify")
    (result,) = run.run()
    assert result.outcome is Outcome.REPLAYED
    assert run.cut_off
    assert len(letters.left("letters")) == 9


def test_an_earlier_stack_s_letter_goes_to_the_step_of_its_queue(
    letters: Letters,
) -> None:
    """The function gets the record again, and the letter is gone."""
    letters.put("publish", ASIDE)
    (result,) = letters.run()
    assert letters.invoked == [("parallax-publish", REPLAY)]
    assert (result.step, result.form) == ("publish", Form.SET_ASIDE)
    assert (result.outcome, result.reason) == (Outcome.REPLAYED, "odd")
    assert letters.left("publish") == []


@pytest.mark.parametrize("queue", ["letters", "stream"])
def test_a_batch_in_s3_goes_to_the_function_that_it_names(
    letters: Letters, queue: str
) -> None:
    """Letter and object are gone when it succeeded; also an earlier stack's."""
    letters.store(KEY, batch("parallax-notify"), queue)
    (result,) = letters.run()
    assert letters.invoked == [("parallax-notify", REPLAY)]
    assert (result.step, result.form) == ("notify", Form.DISCARDED)
    assert letters.left(queue) == []
    assert letters.objects() == []


def test_an_asynchronous_event_goes_to_its_function_as_it_was(letters: Letters) -> None:
    """Only events of a stream have the mark of a redrive."""
    arn = "arn:aws:lambda:eu-central-1:000000000000:function:parallax-probe"
    letters.put("probe", ASYNCHRONOUS | {"requestContext": {"functionArn": arn}})
    letters.run()
    assert letters.invoked == [("parallax-probe", {"sweep": True})]


def test_a_letter_whose_function_fails_stays_and_is_visible_at_once(
    letters: Letters,
) -> None:
    """The result states why; nothing is deleted, in the queue or in the bucket."""
    letters.failure = "the function raised"
    letters.put("notify", ASIDE)
    letters.store(KEY, batch("parallax-notify"))
    results = letters.run()
    assert {result.outcome for result in results} == {Outcome.FAILED}
    assert {result.detail for result in results} == {"the function raised"}
    assert len(letters.left("notify")) == len(letters.left("letters")) == 1
    assert letters.objects() == [KEY]


def test_a_dry_run_changes_nothing(letters: Letters) -> None:
    """No function is invoked, and each letter is visible at once."""
    letters.put("notify", ASIDE)
    letters.put("letters", {"Event": "s3:TestEvent"})
    results = letters.run(dry_run=True)
    assert [result.outcome for result in results] == [Outcome.READY, Outcome.READY]
    assert letters.invoked == []
    assert len(letters.left("notify")) == len(letters.left("letters")) == 1


def test_the_oldest_letter_is_first(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQS returns letters in any order; a pager gets an alert before its end."""
    received = Redrive._receive

    def shuffled(run: Redrive, queue: str) -> list[dict[str, Any]]:
        """Give each letter the time that its record's id states."""
        messages = received(run, queue)
        for message in messages:
            identity = json.loads(message["Body"])["record"]["eventID"]
            message["Attributes"][SENT] = identity
        return messages

    monkeypatch.setattr(Redrive, "_receive", shuffled)
    for identity in "312":
        letters.put("notify", ASIDE | {"record": RECORD | {"eventID": identity}})
    list(letters.redrive().run())
    order = [event["Records"][0]["eventID"] for _, event in letters.invoked]
    assert order == ["1", "2", "3"]


def test_a_limit_leaves_the_others(letters: Letters) -> None:
    """It reports that more remain."""
    for identity in "abc":
        letters.put("notify", ASIDE | {"record": RECORD | {"eventID": identity}})
    run = letters.redrive(limit=2)
    assert len(list(run.run())) == 2
    assert run.more
    assert len(letters.left("notify")) == 1


def test_a_limit_that_all_letters_fit_into_leaves_none(letters: Letters) -> None:
    """It does not report that more remain."""
    letters.put("notify", ASIDE)
    run = letters.redrive(limit=1)
    assert len(list(run.run())) == 1
    assert not run.more


def test_a_record_that_is_left_out_again_does_not_go_round(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One attempt a run: the new letter stays."""

    def aside(function: str, event: Mapping[str, Any]) -> str:
        letters.put("notify", {"reason": "still odd", "record": event["Records"][0]})
        return letters.invoke(function, event)

    monkeypatch.setattr("parallax.redrive.run.invoke", aside)
    letters.put("notify", ASIDE)
    first, second = letters.run()
    assert first.outcome is Outcome.REPLAYED
    assert second.outcome is Outcome.FAILED
    assert second.detail == "the function sent it to the dead-letter queue again"
    assert len(letters.invoked) == len(letters.left("notify")) == 1


def test_equal_letters_are_replayed_once_and_all_deleted(letters: Letters) -> None:
    """A record has several letters if the record before it failed repeatedly."""
    for _ in range(3):
        letters.put("notify", ASIDE)
    letters.store(KEY, batch("parallax-notify"))
    results = letters.run()
    assert [result.outcome for result in results] == [Outcome.REPLAYED] * 4
    assert letters.invoked == [("parallax-notify", REPLAY)]
    assert letters.left("notify") == letters.left("letters") == letters.objects() == []


def test_equal_letters_leave_the_one_that_is_left_out_again(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letters sent before the replay are deleted; the new letter stays."""

    def aside(function: str, event: Mapping[str, Any]) -> str:
        letters.put("notify", {"reason": "still odd", "record": event["Records"][0]})
        return letters.invoke(function, event)

    monkeypatch.setattr("parallax.redrive.run.invoke", aside)
    for _ in range(3):
        letters.put("notify", ASIDE)
    results = letters.run()
    assert sorted(result.outcome for result in results) == [
        Outcome.FAILED,
        *[Outcome.REPLAYED] * 3,
    ]
    assert len(letters.invoked) == 1
    (left,) = letters.left("notify")
    assert json.loads(left)["reason"] == "still odd"


def test_one_run_serves_all_letters_of_a_schedule(letters: Letters) -> None:
    """They differ in id and time only; 300 minutes of letters need no 300 probes."""
    arn = "arn:aws:lambda:eu-central-1:000000000000:function:parallax-probe"
    for minute in ("1", "2", "3"):
        event = {"id": minute, "time": f"2024-06-10T19:2{minute}:00Z", "detail": "{}"}
        letters.put("probe", event, SCHEDULE | {"TARGET_ARN": arn})
    results = letters.run()
    assert [result.outcome for result in results] == [Outcome.REPLAYED] * 3
    assert len(letters.invoked) == 1
    assert letters.left("probe") == []


def test_an_interrupted_run_loses_no_letter(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C during an invocation: all letters are visible at once."""

    def interrupt(_function: str, _event: Mapping[str, Any]) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("parallax.redrive.run.invoke", interrupt)
    letters.put("notify", ASIDE)
    letters.put("notify", ASIDE)
    with pytest.raises(KeyboardInterrupt):
        letters.run()
    assert len(letters.left("notify")) == 2


def test_two_runs_at_the_same_time_replay_a_letter_once(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second does not get the letter, and reports that another run has it."""
    second = letters.redrive()

    def meanwhile(function: str, event: Mapping[str, Any]) -> str:
        assert list(second.run()) == []
        return letters.invoke(function, event)

    monkeypatch.setattr("parallax.redrive.run.invoke", meanwhile)
    letters.put("notify", ASIDE)
    assert [result.outcome for result in letters.run()] == [Outcome.REPLAYED]
    assert second.hidden == 1
    assert len(letters.invoked) == 1


def test_a_count_that_lags_behind_is_no_other_run(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQS counts a letter as hidden for a while after it is visible again."""
    monkeypatch.setattr(Redrive, "_hidden", lambda _self, _queue: 1)
    for queue in ("probe", "notify", "publish"):
        letters.put(queue, ASIDE)
    for queue in ("letters", "stream"):
        letters.put(queue, {"Event": "s3:TestEvent"})
    run = letters.redrive()
    assert len(list(run.run())) == 5
    assert run.hidden == 0
    assert not run.cut_off


def test_other_steps_letters_are_left_alone(letters: Letters) -> None:
    """In an earlier stack's queues and in the queue of all functions."""
    letters.put("publish", ASIDE)
    letters.store(KEY, batch("parallax-publish"))
    letters.store(f"{KEY}-2", batch("parallax-notify"))
    (result,) = letters.run("notify")
    assert result.step == "notify"
    assert len(letters.left("publish")) == len(letters.left("letters")) == 1


def test_the_test_message_of_s3_is_deleted(letters: Letters) -> None:
    """It has nothing to replay."""
    letters.put("letters", {"Event": "s3:TestEvent"})
    (result,) = letters.run()
    assert result.outcome is Outcome.DELETED
    assert letters.left("letters") == []


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (BATCH, "it has a position in the stream instead of the records"),
        (ASIDE | {"record": "too large to be kept"}, "can only be read"),
        ("odd", "it is not JSON"),
        (ASYNCHRONOUS, "not a function of this stack: myfunction"),
    ],
)
def test_a_letter_that_cannot_be_replayed_stays_with_a_reason(
    letters: Letters, body: object, detail: str
) -> None:
    """No function is invoked for it."""
    letters.put("notify", body)
    (result,) = letters.run()
    assert result.outcome is Outcome.STUCK
    assert detail in result.detail
    assert letters.invoked == []
    assert len(letters.left("notify")) == 1


def test_a_letter_whose_object_is_gone_stays_with_a_reason(letters: Letters) -> None:
    """The reason names the object."""
    letters.store(KEY, batch("parallax-notify"))
    letters.cloud.client("s3").delete_object(Bucket=letters.bucket, Key=KEY)
    (result,) = letters.run("notify")
    assert result.outcome is Outcome.STUCK
    assert result.detail == f"s3://{letters.bucket}/{KEY} cannot be read: NoSuchKey"
    assert len(letters.left("letters")) == 1


@pytest.mark.parametrize(
    ("bucket", "key"),
    [("../x", KEY), ("no bucket", KEY), ("", KEY), ("letters", "")],
)
def test_a_name_that_s3_does_not_allow_costs_only_its_letter(
    letters: Letters, bucket: str, key: str
) -> None:
    """The letter stays with a reason; the letters after it are replayed."""
    s3 = {"bucket": {"name": bucket}, "object": {"key": key}}
    letters.put("letters", {"Records": [{"eventSource": "aws:s3", "s3": s3}]})
    letters.store(KEY, batch("parallax-notify"))
    stuck, replayed = sorted(letters.run(), key=lambda result: result.outcome)
    assert stuck.outcome is Outcome.STUCK
    assert stuck.detail == (
        f"s3://{bucket}/{key} cannot be read: not a valid name of an S3 object"
    )
    assert replayed.outcome is Outcome.REPLAYED
    assert len(letters.left("letters")) == 1
