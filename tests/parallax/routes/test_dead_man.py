"""The heartbeat: sent while the stack works, never at the cost of a delivery."""

import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from parallax.journal.round_times import RoundTimes
from parallax.routes import dead_man, sending
from parallax.routes.dead_man import FRESH, beat, is_probing
from parallax.settings import Settings
from tests.parallax.routes.standin import standing

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
SET = Settings(journal_table="journal", heartbeat_secret_arn="arn:secret")
PATH = "/ping/very-secret"


def context(milliseconds: int = 30_000) -> Any:
    """Return Lambda's context with the time that is left."""
    return SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds)


def ended(shard: int, of: int, at: datetime) -> RoundTimes:
    """Return a shard's round that ended at a time."""
    return RoundTimes(shard=shard, of=of, started_at=at, ended_at=at)


@pytest.fixture(autouse=True)
def probing(monkeypatch: pytest.MonkeyPatch) -> list[RoundTimes]:
    """Give the journal one shard with a round of now; return its rounds."""
    rounds = [ended(0, 1, datetime.now(UTC))]
    monkeypatch.setattr(dead_man, "read_round_times", lambda _table: rounds)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    return rounds


def switch_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a URL into the secret."""
    monkeypatch.setattr(dead_man, "secret", lambda _arn, _field: url)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]


def allow_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sending code reach the test's own server."""
    real = sending.send
    monkeypatch.setattr(sending, "send", lambda one: real(one, allow_private=True))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]


def test_a_heartbeat_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a real server, as one request."""
    allow_loopback(monkeypatch)
    with standing() as receiver:
        switch_at(f"{receiver.url}{PATH}", monkeypatch)
        assert beat(SET, context())
        assert (receiver.requests, receiver.accepted) == (1, [None])


@pytest.mark.parametrize(
    "url",
    [
        "http://switch.example",
        "https://127.0.0.1",
        "https://169.254.169.254",
        "https://[::ffff:10.0.0.1]",
        "https://localhost",
        "no url",
    ],
)
def test_a_url_that_is_not_public_https_gets_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The run continues, and the log has no part of the URL."""
    switch_at(url + PATH, monkeypatch)
    with caplog.at_level(logging.WARNING):
        assert not beat(SET, context())
    assert [vars(one)["reason"] for one in caplog.records] == ["RejectedError"]
    assert "very-secret" not in repr([vars(one) for one in caplog.records])


def test_a_switch_that_is_down_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its port is closed."""
    allow_loopback(monkeypatch)
    with standing() as receiver:
        url = receiver.url
    switch_at(f"{url}{PATH}", monkeypatch)
    assert not beat(SET, context())


def test_without_a_secret_nothing_is_read_or_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The heartbeat is off by default, and says nothing."""
    assert not beat(Settings(), context())
    assert not caplog.records


def test_no_request_is_begun_shortly_before_the_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A slow switch cannot time the function out."""
    monkeypatch.delattr(dead_man, "_send")
    assert not beat(SET, context(14_000))


def test_no_heartbeat_while_a_shard_is_silent(
    probing: list[RoundTimes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the switch reports."""
    monkeypatch.delattr(dead_man, "_send")
    probing[:] = [ended(0, 1, NOON)]
    assert not beat(SET, context())


@pytest.mark.parametrize(
    ("rounds", "expected"),
    [
        ([], False),
        ([ended(0, 1, NOON)], True),
        ([ended(0, 1, NOON - FRESH)], True),
        ([ended(0, 1, NOON - FRESH - timedelta(seconds=1))], False),
        ([ended(0, 1, NOON + timedelta(hours=1))], False),
        ([ended(0, 2, NOON)], False),
        ([ended(0, 2, NOON), ended(1, 2, NOON - timedelta(hours=1))], False),
        ([ended(0, 1, NOON), ended(1, 2, NOON - timedelta(hours=1))], True),
    ],
)
def test_each_current_shard_needs_a_new_round(
    rounds: list[RoundTimes],
    expected: bool,  # noqa: FBT001 - a table
) -> None:
    """A shard that no longer exists does not count."""
    assert is_probing(rounds, NOON) is expected
