"""Specification of the stored past: `parallax.uptime.chapter` and `.chapters`."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from parallax import aws
from parallax.model.packed import UnreadableError
from parallax.model.round import LastRound, Round, Streak, TargetRound
from parallax.uptime.chapter import chapter_item, read_chapter
from parallax.uptime.chapters import Chapters, due
from tests.conftest import Cloud
from tests.parallax.journal.units import write_units
from tests.parallax.uptime.world import BEGIN, HOUR, START, World, target

MINUTE = timedelta(minutes=1)


def streak(minutes: int, *later: int, healthy: bool = True) -> Streak:
    """Return probes that began so many minutes before the start."""
    return Streak(started_at=START - minutes * MINUTE, healthy=healthy, later=later)


def round_with(*past: Streak, minute: int = 0, shard: int = 0) -> Round:
    """Return a round of one target."""
    at = START + minute * MINUTE
    return Round(
        shard=shard,
        of=1,
        started_at=at,
        ended_at=at + timedelta(seconds=4),
        targets=(TargetRound(target="front", past=past),),
    )


def test_a_chapter_has_each_probe_with_its_time() -> None:
    """Healthy and failing ones, in seconds of Unix time."""
    past = streak(30, 60, 121), streak(5, healthy=False)
    found = read_chapter(chapter_item(round_with(*past)))
    first = BEGIN - 1800
    assert found.at == BEGIN
    assert found.targets == {
        "front": {
            first: True,
            first + 60: True,
            first + 121: True,
            BEGIN - 300: False,
        }
    }


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"payload": {"B": b"no gzip"}},
        chapter_item(round_with()) | {"payload": {"S": "text"}},
    ],
)
def test_a_broken_chapter_is_unreadable_and_nothing_else(item: Any) -> None:
    """The roll-up skips it."""
    with pytest.raises(UnreadableError):
        read_chapter(item)


def test_a_full_shard_takes_few_write_units() -> None:
    """150 healthy targets: half an hour of 4,500 probes."""
    world = World(targets=[target(f"service-{number}") for number in range(150)])
    world.live(BEGIN, BEGIN + HOUR)
    (*_, item) = world.chapters.items.values()
    assert write_units(item) <= 3


def test_each_quarter_of_an_hour_has_one_chapter_of_each_shard() -> None:
    """Each shard has its own minute, so that they do not write together."""
    for shard in (0, 1, 40):
        stored = [
            minute
            for minute in range(60)
            if [*due(round_with(minute=minute, shard=shard), None)]
        ]
        assert stored == [shard % 15 + quarter for quarter in (0, 15, 30, 45)]


def test_the_last_round_before_a_pause_is_stored_after_it() -> None:
    """Its probes would be in no chapter: a round has half an hour only."""
    now = round_with(streak(1), minute=44 * 60 + 1)
    before = TargetRound(target="front", past=(streak(3),))
    last = LastRound(targets={"front": before}, started_at=START - MINUTE)
    (stored,) = due(now, last)
    assert read_chapter(chapter_item(stored)).at == BEGIN - 60
    assert stored.targets == (before,)
    # It expires by the present, not by its own time.
    assert stored.ended_at == now.ended_at
    near = replace(last, started_at=now.started_at - MINUTE)
    assert not [*due(now, near)]


def test_chapters_are_found_by_time(cloud: Cloud, caplog: Any) -> None:
    """The oldest first; an unreadable one is logged and skipped."""
    chapters = Chapters(cloud.journal)
    assert (chapters.last(), chapters.first(0)) == (None, None)
    for minute in range(61):
        chapters.keep(round_with(streak(1), minute=minute), None)
    broken = chapter_item(round_with(minute=90)) | {"payload": {"B": b"x"}}
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=broken)
    found = chapters.between(BEGIN + 60, BEGIN + 2 * HOUR)
    assert [one.at - BEGIN for one in found] == [900, 1800, 2700, 3600]
    first, last = chapters.first(BEGIN + 901), chapters.last()
    assert first is not None
    assert last is not None
    assert (first.at, last.at) == (BEGIN + 1800, BEGIN + 3600)
    assert "past was skipped" in caplog.text


def test_a_refused_write_fails_no_round(cloud: Cloud, caplog: Any) -> None:
    """The next chapter has the same half hour, but for a quarter."""
    with Stubber(aws.client("dynamodb")) as stub:
        stub.add_client_error("put_item", "ThrottlingException")
        Chapters(cloud.journal).keep(round_with(), None)
    assert "past was not stored" in caplog.text
    Chapters(None).keep(round_with(), None)
