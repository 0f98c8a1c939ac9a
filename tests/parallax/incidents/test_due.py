"""Due: a healthy probe of a target without an incident starts no judgement."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from parallax.incidents.due import due, in_round, listeners
from parallax.model.round import Round, TargetRound
from parallax.model.target import Reached, Target
from parallax.targets.shard import is_hour_of, shard_of, shards

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
NAMES = tuple(f"target-{number}" for number in range(200))
ROUND = Round(
    shard=0,
    of=1,
    started_at=NOW,
    ended_at=NOW,
    targets=tuple(TargetRound(target=name) for name in NAMES),
)


def quiet_minute(name: str) -> datetime:
    """Return a minute that is not the target's own."""
    minutes = (NOW + timedelta(minutes=n) for n in range(2))
    return next(at for at in minutes if not is_hour_of(name, at))


def test_an_open_incident_is_judged_at_each_round() -> None:
    """So that it can recover and end, although its probes are healthy again."""
    at = quiet_minute("target-7")
    assert "target-7" in due(ROUND, {"target-7"}, at)
    assert "target-7" not in due(ROUND, set(), at)


def test_each_target_is_judged_once_an_hour() -> None:
    """Its minute follows from its name, so that the work is spread over the hour."""
    minutes = [due(ROUND, (), NOW + timedelta(minutes=n)) for n in range(60)]
    judged = [name for names in minutes for name in names]
    assert sorted(judged) == sorted(NAMES)
    assert max(map(len, minutes)) < len(NAMES) / 10


def test_a_failing_target_waits_for_its_own_run() -> None:
    """The run is an observation of its own, and starts the judgement."""
    failing = replace(ROUND, failing=NAMES)
    assert due(failing, set(NAMES), NOW) == []


def test_one_target_of_each_cluster_shows_silence() -> None:
    """All targets of a cluster have the same agents; the most probed one is taken."""
    clusters = ("a", "a", "b", None, None)
    targets = [
        Target(name=f"t{n}", url="https://x.example/", reached=Reached(cluster=cluster))
        for n, cluster in enumerate(clusters)
    ]
    targets[0] = replace(targets[0], interval=3600.0)
    assert {one.name for one in listeners(targets)} == {"t1", "t2", "t3"}
    assert listeners(targets[::-1]) == listeners(targets)
    assert in_round(ROUND, targets) == []


def test_one_target_of_each_shard_shows_silence() -> None:
    """A shard that dies would otherwise not be noticed among the others."""
    targets = [Target(name=name, url="https://x.example/") for name in NAMES * 2]
    of = shards(len(targets))
    assert of > 1
    found = {shard_of(one.name, of) for one in listeners(targets)}
    assert found == set(range(of))
