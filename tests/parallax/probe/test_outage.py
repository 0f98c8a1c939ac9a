"""Which failures are investigated again, and which targets are due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from parallax.model.probe import ErrorType, Probe, ProbeRun, Role
from parallax.model.round import Failure, TargetRound, with_probe
from parallax.model.target import Target
from parallax.probe.outage import is_next, next_failure, patience

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FRONT = Target(name="front", url="https://front.example/")


def probe(at: datetime = NOW, status: int | None = 503, **more: object) -> Probe:
    """Return a first probe."""
    return Probe(
        role=Role.FIRST,
        request_id="r",
        url="https://front.example/",
        started_at=at,
        healthy=status == 200,
        duration=0.2,
        status_code=status,
        **more,  # type: ignore[arg-type]
    )


def investigated(minutes: int, status: int = 503) -> list[int]:
    """Return the minutes in which an outage of so many minutes is investigated."""
    known: Failure | None = None
    found: list[int] = []
    for minute in range(minutes):
        at = NOW + minute * MINUTE
        known = next_failure(known, probe(at, status))
        found += [minute] if known and known.investigated_at == at else []
    return found


def test_a_healthy_probe_ends_a_failure() -> None:
    """The next one is investigated again from its first minute."""
    known = next_failure(None, probe())
    assert known == Failure(since=NOW, investigated_at=NOW, status_code=503)
    assert next_failure(known, probe(status=200)) is None


def test_a_long_outage_is_investigated_less_and_less_often() -> None:
    """Each minute, after 15 minutes each fifth one, after two hours each twentieth."""
    found = investigated(200)
    assert found[:17] == [*range(16), 20]
    assert found[17:20] == [25, 30, 35]
    assert [b - a for a, b in zip(found[-4:], found[-3:], strict=False)] == [20] * 3


@pytest.mark.parametrize(
    "change",
    [
        {"status_code": 502},
        {"status_code": None, "error_type": ErrorType.TIMEOUT},
        {"error_phase": "transfer"},
    ],
)
def test_a_failure_that_changes_is_investigated_at_once(
    change: dict[str, object],
) -> None:
    """A different status, error, or phase of the error."""
    long_ago = NOW - 60 * MINUTE
    known = Failure(since=long_ago, investigated_at=NOW - MINUTE, status_code=503)
    assert next_failure(known, probe()) is known
    changed = next_failure(known, replace(probe(), **change))  # type: ignore[arg-type]
    assert changed is not None
    assert (changed.since, changed.investigated_at) == (long_ago, NOW)


def test_a_failing_target_is_due_each_minute_and_some_minutes_after() -> None:
    """Whatever its interval: a recovery must be seen, and seen to last."""
    hourly = replace(FRONT, interval=3600.0)
    well = TargetRound(target="front", past=with_probe((), probe(status=200)))
    fails = replace(well, failure=next_failure(None, probe()))
    minute = int(NOW.timestamp() // 60)
    hour = range(minute, minute + 60)
    assert sum(is_next(hourly, well, m) for m in hour) == 1
    assert all(is_next(hourly, fails, m) for m in hour)
    failed = TargetRound(target="front", past=with_probe((), probe()))
    assert sum(is_next(hourly, failed, m) for m in range(minute, minute + 10)) == 10
    assert sum(is_next(hourly, failed, m) for m in hour) <= 11
    assert is_next(hourly, None, minute)


def test_a_target_that_hangs_for_long_waits_less_between_investigations() -> None:
    """Three times as long as its last healthy run; other failures end by themselves."""
    failure = Failure(
        since=NOW - 60 * MINUTE,
        investigated_at=NOW - MINUTE,
        error_type=ErrorType.TIMEOUT,
    )
    run = cast("ProbeRun", {"probes": [{"duration": 0.5}]})
    hangs = TargetRound(target="front", run=run, failure=failure)
    assert patience(FRONT, hangs, NOW) == 1.5
    assert patience(FRONT, replace(hangs, run=None), NOW) == 3.0
    slow = cast("ProbeRun", {"probes": [{"duration": 9}]})
    new = replace(failure, since=NOW - 5 * MINUTE)
    refused = replace(failure, error_type=ErrorType.CONNECTION_REFUSED)
    for known in (
        None,
        replace(hangs, run=slow),
        replace(hangs, failure=new),
        replace(hangs, failure=refused),
    ):
        assert patience(FRONT, known, NOW) == FRONT.timeout_seconds
    assert patience(FRONT, hangs, NOW + 4 * MINUTE) == FRONT.timeout_seconds
