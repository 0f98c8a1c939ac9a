"""A simulated day of each story: no cause is named, and only silences alert."""

import pytest

from bench.week.__main__ import run
from bench.week.observers import Platform
from bench.week.play import Player
from bench.week.stories import DAY, STORIES, WELL, Minute, Story


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_day_has_no_blame_and_publishes_silences_only(story: Story) -> None:
    """No false blame, no alarm for the target; each silence fires once a window."""
    told, wrong = run(story, 1)
    assert not wrong
    assert told.minutes == DAY


def test_what_does_not_change_is_judged_once() -> None:
    """A day without changes needs a few dozen judgements, not 1,440."""
    told = Player(STORIES[0], Platform("steady")).play(1)
    assert told.judged < 60


def test_a_minute_after_a_steady_day_is_judged_with_its_past() -> None:
    """Two minutes without a probe are no silence: the previous run is still fresh."""
    missing = range(200, 202)

    def at(minute: int) -> Minute:
        return Minute(probed=False) if minute in missing else WELL

    told = Player(Story(name="two gaps", at=at), Platform("gaps")).play(0.2)
    assert not told.mails
    assert not told.blamed
