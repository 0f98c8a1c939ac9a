"""Specification of public reports as worlds: `bench.worlds`."""

import re

import pytest

from bench.worlds import gates
from bench.worlds.reports import WORLDS
from bench.worlds.run import run
from bench.worlds.world import World, draws
from parallax.model.probe import Role

SOURCE = re.compile(r"[\w.-]+/[\w.-]+#\d+( \(its [\w ]+\))?")


def ids(world: World) -> str:
    """Return a world's id, for the names of tests."""
    return world.id


def test_each_report_is_one_world_with_its_source() -> None:
    """No id and no source occurs twice; a source is a public issue."""
    assert len({w.id for w in WORLDS}) == len(WORLDS)
    assert len({w.source for w in WORLDS}) == len(WORLDS)
    assert not [w.source for w in WORLDS if not SOURCE.fullmatch(w.source)]


def test_there_are_enough_reports_and_a_third_was_stated_first() -> None:
    """60 reports at least, and 20 of them with answers from before the first run."""
    assert len(WORLDS) >= 60
    assert sum(w.stated for w in WORLDS) >= max(20, len(WORLDS) // 3)


def test_a_world_says_what_is_right() -> None:
    """Where the evidence suffices some cause is accepted; none is both."""
    for world in WORLDS:
        assert world.accept or not world.named, world.id
        assert not world.accept & world.never, world.id


@pytest.mark.parametrize("world", WORLDS, ids=ids)
def test_no_wrong_cause_is_named(world: World) -> None:
    """The judgement of a report's incident blames nothing that works."""
    tally = next(run([world], gates.SLICE))
    assert not tally.wrong, tally.wrong_draws


def test_a_draw_is_the_same_each_time() -> None:
    """It follows from its id alone."""
    world = WORLDS[0]
    assert list(draws(world, 2)) == list(draws(world, 2))


def test_draws_of_a_world_differ() -> None:
    """Names and counts are others in each draw."""
    snapshots = [snapshot for _, snapshot in draws(WORLDS[0], 4)]
    assert len({x.target.url for x in snapshots}) > 1


def test_users_fail_in_each_world() -> None:
    """The first probe of each draw failed; else there is nothing to judge."""
    for world in WORLDS:
        for name, snapshot in draws(world, 1):
            run_ = snapshot.outside
            assert run_, name
            first = next(p for p in run_.probes if p.role is Role.FIRST)
            assert not first.healthy, name
