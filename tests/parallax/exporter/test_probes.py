"""Probes: the newest one of each target, as the journal stores it, and none twice."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.exporter.probes import GRACE, newest_probes
from parallax.journal.rounds import remembered, round_item
from parallax.model.probe import ErrorType, Phases, ProbeRun
from parallax.model.round import LastRound
from parallax.model.target import Target
from parallax.probe.shard_round import Shard, ShardRound
from tests.parallax.journal.test_rounds import NOW, healthy

TARGET = Target(name="front", url="https://front.example/")
MINUTE = timedelta(minutes=1)


def failing(at: datetime) -> ProbeRun:
    """Return a run that got a certificate, and then no response."""
    run = healthy("front", at)
    first = replace(
        run.first,
        healthy=False,
        status_code=None,
        error_type=ErrorType.TIMEOUT,
        error_phase="processing",
        duration=10.00004,
        phases=Phases(resolve=0.123456, tls=0.25),
    )
    return replace(run, probes=(first,))


def after(*runs: ProbeRun, interval: float = 60.0) -> LastRound:
    """Return the stored round after these runs, each a minute after the one before."""
    last, target = LastRound(targets={}), replace(TARGET, interval=interval)
    for run in runs:
        now = ShardRound(
            shard=Shard(number=0, of=1, minute=0),
            targets=[target],
            last=last.targets,
            started_at=run.started_at,
        )
        last = remembered(round_item(now.finished([run], run.started_at + MINUTE / 6)))
    return last


def test_a_healthy_probe_has_all_that_was_measured() -> None:
    """From the run that the round keeps."""
    run = healthy("front", NOW)
    (found,) = newest_probes([TARGET], [after(run)], NOW + MINUTE).values()
    certificate = run.first.certificate
    assert certificate is not None
    assert (found.success, found.status_code, found.error_type) == (True, 200, None)
    assert (found.at, found.address) == (run.started_at, "203.0.113.20")
    assert found.certificate_ends == certificate.not_after
    assert found.duration == pytest.approx(run.first.duration, abs=1e-6)
    assert found.phases["tls"] == pytest.approx(run.first.phases.tls, abs=1e-6)


def test_a_failing_probe_is_not_the_last_healthy_one() -> None:
    """Its seconds and its certificate are its own."""
    last = after(healthy("front", NOW), failing(NOW + MINUTE))
    (found,) = newest_probes([TARGET], [last], NOW + 2 * MINUTE).values()
    assert (found.success, found.status_code) == (False, None)
    assert found.error_type == "timeout"
    assert (found.duration, found.phases) == (10.0, {"resolve": 0.1235, "tls": 0.25})
    assert found.certificate_ends is not None
    assert abs(found.at - (NOW + MINUTE)) < timedelta(seconds=1)


def test_a_target_that_was_not_probed_in_a_round_keeps_its_failure() -> None:
    """A round repeats what it does not change, without decoding it."""
    last = after(failing(NOW))
    again = ShardRound(
        shard=Shard(number=0, of=1, minute=1),
        targets=[TARGET],
        last=last.targets,
        started_at=NOW + MINUTE,
    ).finished([], NOW + MINUTE)
    (found,) = newest_probes([TARGET], [remembered(round_item(again))], NOW).values()
    assert (found.success, found.duration) == (False, 10.0)


def test_a_failing_target_keeps_the_method_of_its_requests() -> None:
    """It identifies the target's points, and the series must not change with it."""
    run = healthy("front", NOW)
    posted = replace(run, probes=(replace(run.first, method="POST"),))
    last = after(posted, failing(NOW + MINUTE))
    (found,) = newest_probes([TARGET], [last], NOW + 2 * MINUTE).values()
    assert (found.success, found.method) == (False, "POST")


def test_a_target_that_recovered_has_no_failure() -> None:
    """The stored failure ends with the next healthy probe."""
    last = after(failing(NOW), healthy("front", NOW + MINUTE))
    assert last.targets["front"].failed is None
    (found,) = newest_probes([TARGET], [last], NOW + 2 * MINUTE).values()
    assert found.success


@pytest.mark.parametrize(
    ("interval", "age", "exported"),
    [
        (60.0, 2 * MINUTE, True),
        (60.0, 5 * MINUTE, False),
        (600.0, 5 * MINUTE, True),
        (600.0, 14 * MINUTE, False),
    ],
)
def test_a_stale_probe_is_not_exported(
    interval: float, age: timedelta, *, exported: bool
) -> None:
    """Three minutes after its interval, although the rounds go on."""
    last = replace(after(healthy("front", NOW)), ended_at=NOW + age)
    target = replace(TARGET, interval=interval)
    found = newest_probes([target], [last], NOW + age)
    assert (found != {}) is exported


def test_nothing_of_a_shard_that_is_silent_is_exported() -> None:
    """A target with a long interval would look healthy for an hour."""
    last, target = after(healthy("front", NOW)), replace(TARGET, interval=3600.0)
    assert newest_probes([target], [last], NOW + MINUTE)
    assert last.ended_at is not None
    late = last.ended_at + GRACE + timedelta(seconds=1)
    assert newest_probes([target], [last], late) == {}


def test_of_two_rounds_with_a_target_the_newer_one_counts() -> None:
    """Both exist while the number of shards changes, in any order."""
    old, new = after(healthy("front", NOW)), after(failing(NOW + MINUTE))
    for rounds in ([old, new], [new, old]):
        (found,) = newest_probes([TARGET], rounds, NOW + MINUTE).values()
        assert not found.success


def test_a_target_that_left_the_file_is_not_exported() -> None:
    """The round may still have it for a minute."""
    assert newest_probes([], [after(healthy("front", NOW))], NOW + MINUTE) == {}


@pytest.mark.parametrize("damage", [{"probes": []}, {}, {"probes": [{}]}, "x"])
def test_a_damaged_run_costs_one_target(
    damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged; the others are exported."""
    last = after(healthy("front", NOW))
    broken = replace(last.targets["front"], target="api", run=damage)  # type: ignore[arg-type]
    rounds = replace(last, targets={**last.targets, "api": broken})
    targets = [TARGET, replace(TARGET, name="api")]
    assert list(newest_probes(targets, [rounds], NOW + MINUTE)) == ["front"]
    assert "probe of a round skipped" in caplog.text


def test_a_failure_of_an_earlier_version_has_no_seconds() -> None:
    """Its round has no such field; status and error are known."""
    last = after(failing(NOW))
    old = replace(last.targets["front"], failed=None)
    rounds = replace(last, targets={"front": old})
    (found,) = newest_probes([TARGET], [rounds], NOW + MINUTE).values()
    assert (found.duration, found.phases, found.error_type) == (None, {}, "timeout")


@given(st.lists(st.sampled_from(["healthy", "failing", "not probed"]), max_size=12))
def test_after_any_minutes_the_newest_probe_is_exported(minutes: list[str]) -> None:
    """Its own result, instant and seconds, whatever came before it."""
    last, newest = LastRound(targets={}), None
    for number, minute in enumerate(minutes):
        at = NOW + number * MINUTE
        run = {"healthy": healthy("front", at), "failing": failing(at)}.get(minute)
        now = ShardRound(
            shard=Shard(number=0, of=1, minute=number),
            targets=[TARGET],
            last=last.targets,
            started_at=at,
        )
        finished = now.finished([run] if run else [], at + MINUTE / 6)
        last, newest = remembered(round_item(finished)), run or newest
    patient = replace(TARGET, interval=3600.0)
    found = newest_probes([patient], [last], NOW + len(minutes) * MINUTE).get("front")
    if newest is None:
        assert found is None
        return
    assert found is not None
    assert found.success == newest.first.healthy
    assert found.status_code == newest.first.status_code
    assert abs(found.at - newest.started_at) < timedelta(seconds=1)
    assert found.duration == pytest.approx(newest.first.duration, abs=1e-4)
