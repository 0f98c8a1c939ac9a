"""Specification of a round: `parallax.model.round`."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from parallax.model.probe import Certificate, Phases, Probe, ProbeRun, Role
from parallax.model.round import (
    PAST,
    Failure,
    Round,
    Streak,
    TargetRound,
    light,
    with_probe,
)
from parallax.model.wire import decode_json, encode

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def probe(at: datetime, status: int = 200) -> Probe:
    """Return a probe with everything that a round leaves out."""
    return Probe(
        role=Role.FIRST,
        request_id="r1",
        url="https://a.example/",
        started_at=at,
        healthy=status == 200,
        duration=0.12345678,
        status_code=status,
        headers=(("Server", "nginx"),),
        body="fine",
        body_bytes=4,
        peer_address="203.0.113.20",
        phases=Phases(connect=0.0012345678),
        certificate=Certificate(subject="a", issuer="b", not_after=NOW),
    )


def past_of(*statuses: int, step: timedelta = MINUTE) -> tuple[Streak, ...]:
    """Return the past after probes with these statuses, one a step."""
    past: tuple[Streak, ...] = ()
    for number, status in enumerate(statuses):
        past = with_probe(past, probe(NOW + number * step, status))
    return past


def test_probes_with_one_result_are_one_streak() -> None:
    """A change of the result, also from one failure to another, begins a new one."""
    past = past_of(200, 200, 503, 504, 504)
    found = [(streak.status_code, len(streak.times)) for streak in past]
    assert found == [(200, 2), (503, 1), (504, 2)]
    assert past[1].started_at == NOW + 2 * MINUTE


def test_what_is_older_than_half_an_hour_is_forgotten() -> None:
    """The rest of a streak keeps its times."""
    past = past_of(503, *[200] * 40)
    (streak,) = past
    times = streak.times
    assert times[-1] == NOW + 40 * MINUTE
    assert times[0] == times[-1] - PAST
    assert {b - a for a, b in pairwise(times)} == {MINUTE}


@given(st.lists(st.floats(30, 90), min_size=1, max_size=80))
def test_no_time_is_more_than_half_a_second_off(seconds: list[float]) -> None:
    """However many of the first ones were forgotten."""
    at, past, exact = NOW, with_probe((), probe(NOW)), [NOW]
    for step in seconds:
        at += timedelta(seconds=step)
        exact.append(at)
        past = with_probe(past, probe(at))
    times = past[0].times
    pairs = zip(times, exact[-len(times) :], strict=True)
    assert all(abs(a - b) <= timedelta(seconds=0.5) for a, b in pairs)


def test_a_round_keeps_of_a_run_what_a_judgement_reads() -> None:
    """Phases to the microsecond, certificate and address; no headers, no body."""
    run = ProbeRun(target="a", started_at=NOW, probes=(probe(NOW),))
    kept = light(run).first
    assert (kept.headers, kept.body, kept.body_bytes) == ((), "", 4)
    assert kept.body_truncated
    assert kept.phases == Phases(connect=0.001235)
    assert (kept.certificate, kept.peer_address) == (
        run.first.certificate,
        "203.0.113.20",
    )
    assert (kept.request_id, kept.status_code) == ("", 200)


def test_the_runs_of_a_round_are_the_healthy_ones() -> None:
    """The last one in full; a failing run has an item of its own."""
    last = ProbeRun(target="a", started_at=NOW + 3 * MINUTE, probes=(probe(NOW),))
    found = TargetRound(target="a", run=last, past=past_of(200, 200, 503, 200))
    assert [run.started_at for run in found.runs] == [
        NOW,
        NOW + MINUTE,
        NOW + 3 * MINUTE,
    ]
    assert found.runs[-1] == last
    assert {run.first.status_code for run in found.runs} == {200}
    assert TargetRound(target="a", past=past_of(503)).runs == ()


def test_a_last_run_from_before_the_past_is_still_a_run() -> None:
    """A target with an interval of an hour has no past of half an hour."""
    run = ProbeRun(target="a", started_at=NOW, probes=(probe(NOW),))
    assert TargetRound(target="a", run=run).runs == (run,)
    assert TargetRound(target="a", run=run, past=past_of(503)).runs == (run,)


def test_a_round_survives_the_wire() -> None:
    """What is encoded is decoded to the same value."""
    run = ProbeRun(target="a", started_at=NOW, probes=(probe(NOW),))
    failure = Failure(since=NOW, investigated_at=NOW, status_code=503)
    found = TargetRound(target="a", run=light(run), past=past_of(200, 503))
    stored = Round(
        shard=1,
        of=2,
        started_at=NOW,
        ended_at=NOW + MINUTE,
        targets=(replace(found, failure=failure),),
        failing=("a",),
    )
    assert decode_json(Round, json.dumps(encode(stored))) == stored


def test_a_streak_keeps_the_addresses_of_its_probes() -> None:
    """Each once, the newest four; an earlier run has one if all have the same."""
    past = past_of()
    for number, last in enumerate((20, 20, 21, 22, 23, 24)):
        sent = replace(probe(NOW + number * MINUTE), peer_address=f"203.0.113.{last}")
        past = with_probe(past, sent)
    assert past[0].addresses == tuple(f"203.0.113.{n}" for n in (21, 22, 23, 24))
    run = ProbeRun(target="a", started_at=NOW, probes=(probe(NOW),))
    for streaks, expected in ((past_of(200, 200), "203.0.113.20"), (past, None)):
        first = TargetRound(target="a", run=run, past=streaks).runs[0].first
        assert first.peer_address == expected


def test_a_streak_of_an_earlier_version_has_no_address() -> None:
    """It says nothing about where the name led."""
    old = Streak(started_at=NOW, healthy=True, status_code=200, later=(60,))
    run = ProbeRun(target="a", started_at=NOW, probes=(probe(NOW),))
    first = TargetRound(target="a", run=run, past=(old,)).runs[0].first
    assert first.peer_address is None
