"""Command line of the simulated week: `python -m bench.week [--days N]`.

In: how many days. Out: one line a story; exit code 1 after a false alert.
It does not: break the platform.
"""

import argparse
import sys
from collections.abc import Sequence

from bench.week.observers import Platform
from bench.week.play import Player, StoryResult, subject
from bench.week.stories import STORIES, Story

SEED = "week"


def run(story: Story, days: float) -> tuple[StoryResult, list[str]]:
    """Play a story; return its result, and what is wrong with it."""
    platform = Platform(f"{SEED}:{story.name}")
    result = Player(story, platform).play(days)
    wrong = [f"minute {minute} names {cause}" for minute, cause in result.blamed]
    whose = subject(story.tells, platform) if story.tells else None
    wrong += [
        f"minute {m.minute} {m.turn} {m.subject}: {m.cause}"
        for m in result.mails
        if m.subject != whose
    ]
    wanted = int(days) * story.windows
    if whose and result.fired(whose) != wanted:
        wrong.append(f"{result.fired(whose)} alerts of {whose}, expected {wanted}")
    return result, wrong


def main(arguments: Sequence[str]) -> int:
    """Play every story."""
    parser = argparse.ArgumentParser(prog="python -m bench.week")
    parser.add_argument("--days", type=int, default=7)
    days = parser.parse_args(arguments).days
    bad = 0
    for story in STORIES:
        result, wrong = run(story, days)
        bad += len(wrong)
        reported = "; ".join(wrong[:5]) or "no false alert"
        count = f"{result.minutes} minutes, {len(result.mails)} mails"
        sys.stdout.write(f"{story.name}: {count}; {reported}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
