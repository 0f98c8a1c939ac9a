"""Rounds in the journal: what is stored is read, with and without pydantic."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import Item, to_item
from parallax.journal.rounds import read_round, remembered, round_item
from parallax.model.judgement import Judgement
from parallax.model.packed import UnreadableError
from parallax.model.probe import Certificate, Phases, Probe, ProbeRun, Role
from parallax.model.round import LastRound, Round, TargetRound, light
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target
from parallax.probe.shard_round import Shard, ShardRound
from tests.parallax import scenarios as s
from tests.parallax.requests import requests

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def round_of(number: int, of: int, *names: str, at: datetime = NOW) -> Round:
    """Return a round in which these targets are healthy."""
    return ShardRound(
        shard=Shard(number=number, of=of, minute=0),
        targets=[Target(name=name, url=f"https://{name}.example/") for name in names],
        last={},
        started_at=at,
    ).finished([healthy(name, at) for name in names], at + timedelta(seconds=5))


def healthy(name: str, at: datetime) -> ProbeRun:
    """Return a healthy run with measured values."""
    seconds = random.Random(f"{name}{at}")  # noqa: S311 - no secret
    probe = Probe(
        role=Role.FIRST,
        request_id=f"{seconds.getrandbits(128):032x}",
        url=f"https://{name}.example/health",
        started_at=at + _offset(name) + timedelta(seconds=seconds.uniform(0, 0.003)),
        healthy=True,
        duration=seconds.uniform(0.01, 0.3),
        server_address=f"{name}.example",
        peer_address="203.0.113.20",
        peer_port=443,
        status_code=200,
        reason="OK",
        phases=Phases(**{p: seconds.uniform(0.001, 0.2) for p in PHASES}),
        certificate=Certificate(
            subject=f"CN={name}.example",
            issuer="CN=R11,O=Let's Encrypt,C=US",
            not_after=NOW + timedelta(days=seconds.randrange(80)),
            names=(f"{name}.example",),
        ),
    )
    return ProbeRun(target=name, started_at=probe.started_at, probes=(probe,))


def _offset(name: str) -> timedelta:
    """Return how long after the round's start this target's probe starts."""
    return timedelta(milliseconds=3 * int(name.partition("-")[2] or 0))


PHASES = ("resolve", "connect", "tls", "processing", "transfer")


def test_a_round_is_read_with_and_without_pydantic() -> None:
    """Both find the same; without it a run stays JSON, which is stored again."""
    stored = round_of(0, 1, "front", "api")
    item = round_item(stored)
    assert read_round(item) == stored
    last = remembered(item)
    assert (last.started_at, last.ended_at) == (stored.started_at, stored.ended_at)
    again = replace(stored, targets=tuple(last.targets.values()))
    assert read_round(round_item(again)) == stored


def test_the_times_and_counts_of_a_round_are_plain_attributes() -> None:
    """Ingest and the check for silence read them without decoding a run."""
    item = round_item(round_of(3, 4, "front", "api"))
    assert (item["pk"], item["sk"]) == ({"S": "#rounds"}, {"S": "3"})
    plain = {k: v for k, v in item.items() if k not in {"pk", "sk", "payload"}}
    assert plain == {
        "kind": {"S": "round"},
        "outcome": {"S": "reported"},
        "started_at": {"S": "2026-11-20T12:00:00.000Z"},
        "ended_at": {"S": "2026-11-20T12:00:05.000Z"},
        "of": {"N": "4"},
        "targets": {"N": "2"},
        "failing": {"N": "0"},
        "expires_at": {"N": f"{(NOW + timedelta(days=2, seconds=5)).timestamp():.0f}"},
    }


@given(st.binary(max_size=60), st.booleans())
def test_a_broken_round_is_unreadable_and_nothing_else(
    content: bytes,
    whole: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    """Any payload, and any change of a good one."""
    good = round_item(round_of(0, 1, "front"))
    payload = content if whole else good["payload"]["B"][: -len(content) - 1]
    for read in (read_round, remembered):
        with pytest.raises(UnreadableError):
            read(good | {"payload": {"B": payload}})
        with pytest.raises(UnreadableError):
            read({})


def test_a_full_shard_takes_few_write_units() -> None:
    """150 targets with half an hour of past; measured, so that it does not grow."""
    names = [f"shop-{number}" for number in range(150)]
    last: dict[str, TargetRound] = {}
    item: Item = {}
    for minute in range(32):
        jitter = random.Random(minute).uniform(0, 2)  # noqa: S311 - no secret
        at = NOW + minute * MINUTE + timedelta(seconds=jitter)
        now = ShardRound(
            shard=Shard(number=0, of=1, minute=minute),
            targets=[Target(name=n, url=f"https://{n}.example/health") for n in names],
            last=last,
            started_at=at,
        )
        item = round_item(now.finished([healthy(name, at) for name in names], at))
        last = dict(remembered(item).targets)
    assert len(item["payload"]["B"]) < 16 * 1024
    assert len(last["shop-1"].past[0].times) >= 30


def test_recent_merges_failing_items_with_the_round(cloud: Any) -> None:
    """Healthy runs come from the round, failing ones are items."""
    journal = DynamoJournal(cloud.journal)
    journal.record_round(round_of(0, 1, "front", "api"))
    failed = replace(healthy("front", NOW + MINUTE).first, healthy=False)
    failing = ProbeRun(target="front", started_at=failed.started_at, probes=(failed,))
    journal.record(failing)
    found = journal.recent("front", NOW)
    assert found == (light(healthy("front", NOW)), failing)
    assert journal.recent("api", NOW) == (light(healthy("api", NOW)),)
    assert journal.recent("unknown", NOW) == ()


@pytest.mark.parametrize(
    ("after", "stays"),
    [(timedelta(seconds=8), True), (-MINUTE, False), (timedelta(hours=2), False)],
)
def test_a_round_that_began_earlier_does_not_replace_a_later_one(
    cloud: Any, after: timedelta, *, stays: bool
) -> None:
    """Probes that time out make it end last; a wrong clock does not stay."""
    journal = DynamoJournal(cloud.journal)
    journal.record_round(round_of(0, 1, "front", at=NOW + after))
    journal.record_round(round_of(0, 1, "front", at=NOW))
    (found,) = journal.recent("front", NOW - MINUTE)
    assert isinstance(found, ProbeRun)
    began = NOW + after if stays else NOW
    assert abs(found.started_at - began) < timedelta(seconds=1)


def test_recent_finds_the_target_in_the_round_of_its_shard(cloud: Any) -> None:
    """Or in any other, while the number of shards changes."""
    journal = DynamoJournal(cloud.journal)
    journal.record_round(round_of(0, 3))
    journal.record_round(round_of(1, 3, "api"))
    journal.record_round(round_of(2, 3, "front"))
    for name in ("front", "api"):
        assert [run.target for run in journal.recent(name, NOW)] == [name]


def test_the_last_healthy_run_is_found_at_any_age(cloud: Any) -> None:
    """A target with a long interval, or a probe that is silent."""
    journal = DynamoJournal(cloud.journal)
    journal.record_round(round_of(0, 1, "front"))
    found = journal.recent("front", NOW + timedelta(hours=3))
    assert found == (light(healthy("front", NOW)),)


def test_the_newest_run_of_a_healthy_target_needs_no_read_of_its_own(
    cloud: Any,
) -> None:
    """The rounds are read once for all; a failing target's run is an item."""
    journal = DynamoJournal(cloud.journal)
    journal.record_round(round_of(0, 2, "front"))
    journal.record_round(round_of(1, 2, "api"))
    run = replace(healthy("late", NOW), still=True)
    journal.record(run)
    with requests() as counts:
        for name in ("front", "api"):
            assert journal.newest_run(name) == light(healthy(name, NOW))
        assert counts == {"Query": 1}
        assert journal.newest_run("late") == run
    assert counts == {"Query": 2}


def test_a_healthy_run_of_an_earlier_version_is_still_read(cloud: Any) -> None:
    """It is an item of its own."""
    journal = DynamoJournal(cloud.journal)
    run = healthy("front", NOW)
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=to_item(run))
    assert journal.recent("front", NOW) == (run,)


def test_a_broken_round_hides_no_failing_run(cloud: Any, caplog: Any) -> None:
    """It is logged, and for the probe nothing is known."""
    journal = DynamoJournal(cloud.journal)
    item = round_item(round_of(0, 1, "front")) | {"payload": {"B": b"no gzip"}}
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=item)
    run = healthy("front", NOW)
    journal.record(run)
    assert journal.recent("front", NOW) == (run,)
    assert journal.last_round(0, 1) == LastRound(targets={})
    assert "round skipped" in caplog.text


def test_a_new_number_of_shards_takes_over_what_is_known(cloud: Any) -> None:
    """The targets of all rounds, wherever they were."""
    journal = DynamoJournal(cloud.journal)
    assert journal.last_round(0, 1) == LastRound(targets={})
    journal.record_round(round_of(0, 1, "front", "api"))
    assert set(journal.last_round(0, 1).targets) == {"front", "api"}
    assert set(journal.last_round(1, 2).targets) == {"front", "api"}


PAGES = [*[s.OK] * 3, *[s.LB_503] * 4, *[s.OK] * 2, s.POD_503, s.OK, *[s.HANGS] * 2]


def test_rounds_lead_to_the_same_snapshots_as_a_run_for_each_minute(
    cloud: Any,
) -> None:
    """Since when it fails or is healthy, the past, the run, and the verdict."""
    journal, old = DynamoJournal(cloud.journal), list[ProbeRun]()
    for minute, page in enumerate(PAGES):
        at = s.SINCE + minute * MINUTE
        run = s.run(page, at=at, investigated=page != s.OK)
        old.append(run)
        if page != s.OK:
            journal.record(run)
        shard = ShardRound(
            shard=Shard(number=0, of=1, minute=minute),
            targets=[s.TARGET],
            last=journal.last_round(0, 1).targets,
            started_at=at,
        )
        journal.record_round(shard.finished([run], at))
        now = at + timedelta(seconds=30)
        extra = (s.balancer(at=at), *s.reports(at=at))
        found = journal.recent(s.TARGET.name, now - 30 * MINUTE)
        new = join(s.TARGET, (*found, *extra), taken_at=now)
        before = join(s.TARGET, (*old, *extra), taken_at=now)
        assert comparable(new) == comparable(before)
        assert verdict(new) == verdict(before)


def verdict(snapshot: Snapshot) -> Judgement:
    """Return a judgement with the answers of all causes, without their evidence.

    A healthy run without its body does not show who wrote it.
    """
    judged = judge(snapshot)
    answers = tuple(replace(one, evidence=()) for one in judged.assessments)
    return replace(judged, assessments=answers)


def comparable(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with its healthy run as a round keeps it."""
    run = snapshot.run
    kept = light(run) if run and run.first.healthy else run
    return replace(snapshot, run=kept, last_good=_lightened(snapshot.last_good))


def _lightened(good: Probe | None) -> Probe | None:
    if good is None:
        return None
    run = ProbeRun(target=s.TARGET.name, started_at=good.started_at, probes=(good,))
    return light(run).first
