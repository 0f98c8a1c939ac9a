"""Command line of the simulated week: `python -m bench.week [--days N]`.

In: how many days. Out: one line a story; exit code 1 after a false alert.
It does not: break the platform.
"""

import argparse
import sys
from collections.abc import Sequence

from bench.week.observers import Platform
from bench.week.play import Player, Told, subject
from bench.week.stories import STORIES, Story

SEED = "week"


def run(story: Story, days: float) -> tuple[Told, list[str]]:
    """Play a story; return its result, and what is wrong with it."""
    platform = Platform(f"{SEED}:{story.name}")
    told = Player(story, platform).play(days)
    wrong = [f"minute {minute} blames {cause}" for minute, cause in told.blamed]
    whose = subject(story.tells, platform) if story.tells else None
    wrong += [
        f"minute {m.minute} {m.turn} {m.subject}: {m.cause}"
        for m in told.mails
        if m.subject != whose
    ]
    wanted = int(days) * story.windows
    if whose and told.fired(whose) != wanted:
        wrong.append(f"{told.fired(whose)} alarms of {whose}, wanted {wanted}")
    return told, wrong


def main(arguments: Sequence[str]) -> int:
    """Play every story."""
    parser = argparse.ArgumentParser(prog="python -m bench.week")
    parser.add_argument("--days", type=int, default=7)
    days = parser.parse_args(arguments).days
    bad = 0
    for story in STORIES:
        told, wrong = run(story, days)
        bad += len(wrong)
        said = "; ".join(wrong[:5]) or "nobody was blamed or woken wrongly"
        count = f"{told.minutes} minutes, {len(told.mails)} mails"
        sys.stdout.write(f"{story.name}: {count}; {said}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
