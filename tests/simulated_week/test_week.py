"""A simulated day of each story: no cause is named, and only silences alert."""

import pytest

from bench.week.__main__ import run
from bench.week.observers import Platform
from bench.week.play import Player
from bench.week.stories import DAY, STORIES, WELL, Minute, Story


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_day_has_no_blame_and_publishes_silences_only(story: Story) -> None:
    """No wrong cause, no alert for the target; each silence fires once in a window."""
    result, wrong = run(story, 1)
    assert not wrong
    assert result.minutes == DAY


def test_what_does_not_change_is_judged_once() -> None:
    """A day without changes needs a few dozen judgements, not 1,440."""
    result = Player(STORIES[0], Platform("steady")).play(1)
    assert result.judged < 60


def test_a_minute_after_a_steady_day_is_judged_with_its_past() -> None:
    """Two minutes without a probe are not a silence: the run before is fresh."""
    missing = range(200, 202)

    def at(minute: int) -> Minute:
        return Minute(probed=False) if minute in missing else WELL

    result = Player(Story(name="two gaps", at=at), Platform("gaps")).play(0.2)
    assert not result.mails
    assert not result.blamed
