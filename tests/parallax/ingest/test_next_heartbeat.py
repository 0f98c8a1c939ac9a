"""Next heartbeat: an agent learns of a failure in time, with few heartbeats."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.ingest.next_heartbeat import (
    LEARNED,
    SPREAD,
    UNKNOWN,
    next_seconds,
)
from parallax.ingest.pace import Pace
from parallax.journal.round_times import RoundTimes
from parallax.probe.fan_out import longest_pause

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
JUDGED = 2.0
"""Seconds from the end of a failing run until its incident is open."""
CACHED = 1.0
"""Seconds that what a container read may be old."""
LATENCY = 1.2
"""Seconds that a request or the agent's timer may take."""


@dataclass
class Round:
    """One shard's round in a simulation, in seconds."""

    shard: int
    start: float
    end: float


@dataclass(frozen=True)
class Probes:
    """How many shards there are, and how many seconds the slowest round takes.

    The schedule is early or late by up to `jitter` seconds.
    """

    shards: int
    slowest: float
    jitter: float = 2.0


def at(seconds: float) -> datetime:
    """Return an instant of a simulation."""
    return NOW + timedelta(seconds=seconds)


def schedule(
    chance: Random,
    minutes: int,
    probes: Probes,
    missing: frozenset[int] = frozenset(),
) -> list[Round]:
    """Draw rounds of this many minutes, without the missing ones.

    The invocation by the schedule invokes the other shards first, with pauses between.
    """
    rounds: list[Round] = []
    for minute in range(minutes):
        start = minute * 60 + chance.uniform(-probes.jitter, probes.jitter)
        for shard in reversed(range(probes.shards)):
            pause = longest_pause(probes.shards)
            start += chance.uniform(0, pause) if shard else 0
            took = chance.uniform(0.3, probes.slowest)
            if minute not in missing:
                rounds.append(Round(shard, start, start + took))
    return rounds


def heartbeats(
    chance: Random,
    rounds: Sequence[Round],
    minutes: int,
    *,
    node: str = "n",
    remembers: bool = True,
) -> tuple[list[float], list[float]]:
    """Return when an agent sent heartbeats, and the state that each answer showed."""
    of = 1 + max(one.shard for one in rounds)
    known: list[RoundTimes] = []
    pace = Pace(lambda: known)
    time = 40.0 + chance.uniform(0, 20)
    sent: list[float] = []
    states: list[float] = []
    while time < minutes * 60 + 30:
        state = max([time - chance.uniform(0, CACHED), *states[-1:]])
        sent.append(time)
        states.append(state)
        recent = (one for one in rounds if state - 200 < one.end <= state)
        last = {one.shard: one for one in recent}
        known[:] = [
            RoundTimes(
                shard=one.shard, of=of, started_at=at(one.start), ended_at=at(one.end)
            )
            for one in last.values()
        ]
        if not remembers:
            pace = Pace(lambda: known)
        time += pace.next_seconds(node, at(time)) + chance.uniform(0, LATENCY)
    return sent, states


@settings(deadline=None, max_examples=100)
@given(
    seed=st.integers(0, 2**32),
    shards=st.integers(1, 4),
    slowest=st.sampled_from([0.3, 2.0, 10.0, 30.0]),
    missing=st.frozensets(st.integers(3, 58), max_size=1),
    remembers=st.booleans(),
)
def test_an_agent_learns_of_a_failing_run_within_ten_seconds(
    seed: int,
    shards: int,
    slowest: float,
    missing: frozenset[int],
    *,
    remembers: bool,
) -> None:
    """A run may end at any time in its round, and a round may be missing."""
    chance = Random(seed)  # noqa: S311 - a simulation
    rounds = schedule(chance, 60, Probes(shards, slowest), missing)
    sent, states = heartbeats(chance, rounds, 60, node=f"{seed}", remembers=remembers)
    for one in rounds[2 * shards :]:
        for ended in (one.start, chance.uniform(one.start, one.end), one.end):
            # The first heartbeat whose answer shows the incident.
            number = bisect_left(states, ended + JUDGED)
            assert sent[number] - ended <= LEARNED.total_seconds()


def per_minute(probes: Probes) -> float:
    """Return the average number of heartbeats a minute of ten nodes in three hours."""
    count = 0
    for seed in range(10):
        chance = Random(seed)  # noqa: S311 - a simulation
        rounds = schedule(chance, 180, probes)
        sent, _ = heartbeats(chance, rounds, 180, node=f"worker-{seed}")
        count += len(sent)
    return count / 1800


@pytest.mark.parametrize(
    "probes",
    [
        Probes(1, 0.5),
        Probes(1, 3),
        Probes(4, 1),
        Probes(4, 2, jitter=0.5),
    ],
)
def test_a_healthy_agent_sends_little_more_than_one_heartbeat_a_minute(
    probes: Probes,
) -> None:
    """Although no round begins exactly a minute after the last one."""
    assert per_minute(probes) <= 1.2


def times(
    shard: int = 0, of: int = 1, started: float = 0.0, took: float = 1.0
) -> RoundTimes:
    """Make one shard's last round."""
    ended = at(started + took)
    return RoundTimes(shard=shard, of=of, started_at=at(started), ended_at=ended)


def test_without_rounds_an_agent_asks_every_ten_seconds() -> None:
    """There is none, or the probes have been silent for minutes."""
    assert next_seconds(NOW, [], [], "n") == UNKNOWN
    assert next_seconds(at(300), [times()], [], "n") == UNKNOWN


def test_a_shard_without_rounds_delays_no_other() -> None:
    """A dead shard, and one that no longer exists, do not count."""
    alone = next_seconds(at(300), [times(started=290)], [], "n")
    dead = [times(of=2, started=290), times(shard=1, of=2)]
    assert next_seconds(at(300), dead, [], "n") == alone
    fewer = [times(started=290), times(shard=1, of=2, started=231)]
    assert next_seconds(at(300), fewer, [], "n") == alone


def test_a_shard_that_still_probes_is_waited_for() -> None:
    """The others have ended their round of this minute."""
    rounds = [times(of=2, started=60), times(shard=1, of=2, started=1)]
    assert next_seconds(at(70), rounds, [], "n") < 7


def test_a_start_of_another_schedule_does_not_count() -> None:
    """After a change of the schedule the newest start decides."""
    last = [times(started=600)]
    starts = [at(20), at(560), at(600)]
    alone = next_seconds(at(610), last, [], "n")
    assert next_seconds(at(610), last, starts, "n") == alone
    assert next_seconds(at(610), last, [at(2)], "n") == alone + 2


def test_the_nodes_of_a_cluster_do_not_ask_at_one_moment() -> None:
    """Each has its own part of a second, always the same."""
    seconds = [next_seconds(at(9), [times()], [], f"worker-{n}") for n in range(200)]
    assert 0.9 * SPREAD < max(seconds) - min(seconds) <= SPREAD
    assert len(set(seconds)) > 150
    assert next_seconds(at(9), [times()], [], "worker-7") == seconds[7]
