"""A fan-out: one invocation for each other shard, whatever happens to one of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from urllib3.response import HTTPResponse

from parallax.aws import client
from parallax.probe.fan_out import PAUSE, SPREAD, FanOut, longest_pause
from parallax.probe.shard_round import Shard
from parallax.settings import Settings

OWN = Shard(number=0, of=5, minute=77)


@contextmanager
def lambda_answers(status: int) -> Iterator[list[dict[str, Any]]]:
    """Answer `Invoke` with this status; yield the events that were sent."""
    events: list[dict[str, Any]] = []

    def answer(request: Any, **_: object) -> AWSResponse:
        assert request.headers["X-Amz-Invocation-Type"] == b"Event"
        events.append(json.loads(request.body))
        raw = HTTPResponse(BytesIO(b"{}"), preload_content=False)
        return AWSResponse(request.url, status, {}, raw)

    hooks = client("lambda").meta.events
    hooks.register("before-send.lambda.Invoke", answer)
    try:
        yield events
    finally:
        hooks.unregister("before-send.lambda.Invoke", answer)


def fan_out(cloud: Any, counts: list[int], pauses: list[float]) -> FanOut:
    """Return a fan-out of a function that the emulator does not have."""
    settings = Settings(function_name="probe", dead_letters_url=cloud.dead_letters)
    return FanOut(settings, counts.append, pauses.append)


def test_each_other_shard_is_invoked_once_and_spaced(cloud: Any) -> None:
    """With the minute of the round, so that all agree on what is due."""
    counts: list[int] = []
    pauses: list[float] = []
    with lambda_answers(202) as events:
        assert fan_out(cloud, counts, pauses).invoke_others(OWN) == 0
    expected = [{"shard": k, "of": 5, "minute": 77} for k in range(1, 5)]
    assert events == expected
    assert (counts, len(pauses)) == ([], 4)
    assert sum(pauses) <= 4 * 2 * PAUSE


def test_many_shards_are_spread_over_a_limited_time() -> None:
    """Few of them begin soon after each other, and 67 in the same time as 16."""
    assert longest_pause(4) == 2 * PAUSE
    assert 67 * longest_pause(67) == pytest.approx(2 * SPREAD)


def test_one_shard_alone_invokes_nothing(cloud: Any) -> None:
    """Few targets need no further invocation, and no client of Lambda."""
    assert fan_out(cloud, [], []).invoke_others(Shard(number=0, of=1, minute=0)) == 0


def test_a_shard_that_cannot_be_invoked_is_reported_and_costs_no_other(
    cloud: Any, caplog: Any
) -> None:
    """The emulator has no such function: each invocation fails."""
    counts: list[int] = []
    assert fan_out(cloud, counts, []).invoke_others(OWN) == 4
    assert counts == [4]
    letters = [json.loads(text) for text in cloud.messages(cloud.dead_letters)]
    assert sorted(letter["record"]["shard"] for letter in letters) == [1, 2, 3, 4]
    assert all("ResourceNotFound" in letter["reason"] for letter in letters)
    assert caplog.text.count("shard was not invoked") == 4


def test_without_a_queue_for_letters_the_others_go_on(
    cloud: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be reported is in the log."""
    counts: list[int] = []
    monkeypatch.setattr(cloud, "dead_letters", f"{cloud.dead_letters}-gone")
    assert fan_out(cloud, counts, []).invoke_others(OWN) == 4
    assert caplog.text.count("dead letter was not sent") == 4


def test_the_second_half_of_a_minute_is_a_delayed_message(cloud: Any) -> None:
    """With the shard that sent it."""
    settings = Settings(half_minute_queue_url=cloud.inbox)
    later = FanOut(settings, lambda _: None)
    assert later.has_delay
    later.later(OWN, 0)
    (body,) = cloud.messages(cloud.inbox)
    assert json.loads(body) == {"shard": 0, "of": 5, "minute": 77, "half": True}
    assert not FanOut(Settings(), lambda _: None).has_delay
