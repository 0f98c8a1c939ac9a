"""Stories: faults of the monitored platform while Parallax's own machinery fails.

In: a stage, blows that come meanwhile. Out: what its alerts did wrong.
It does not: require the right cause: what nobody could see is not established. It
counts how often the named cause was the injected one.
"""

import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from lab.demo.story import Story
from lab.fault import load_fault
from lab.stage.deployment import Stage

FAULTS = (
    "pod-answers-error",
    "lb-no-target",
    "service-without-endpoints",
    "ingress-does-not-know-host",
    "pods-not-ready",
    "ingress-without-endpoints",
)
LONGEST = 300.0
EVERY = 8.0
MOST = 2
"""A mail comes twice if the function ended between sending and its mark."""


@dataclass
class Stories:
    """The stories of one run."""

    stage: Stage
    wrong: list[str] = field(default_factory=list[str])
    played: int = 0
    named: Counter[str] = field(default_factory=Counter[str])

    def play(self, name: str) -> None:
        """Break the platform until its mail, repair it until its end."""
        fault, story = load_fault(name, self.stage.case), Story(self.stage)
        hit = set(fault.expected)
        self.stage.lab.inject(name)
        fired = self._until(story, lambda: hit <= set(story.first_findings("firing")))
        mailed = self._until(story, lambda: hit <= story.mailed())
        self.stage.lab.clear()
        over = self._until(story, lambda: _is_over(story, hit))
        for done, what in (
            (fired, "no finding"),
            (mailed, "no mail"),
            (over, "no end"),
        ):
            if not done:
                self.wrong.append(f"{name}: {what} within {LONGEST:.0f} s")
        self.wrong += _disorder(name, story, hit)
        first = story.first_findings("firing")
        for target in hit & set(first):
            right = first[target]["data"]["cause"] == fault.expected[target]
            self.named["right" if right else str(first[target]["data"]["cause"])] += 1
        self.played += 1

    def _until(self, story: Story, is_done: object) -> bool:
        until, called = time.monotonic() + LONGEST, 0.0
        while time.monotonic() < until:
            with suppress(Exception):  # the emulator hangs or restarts
                if time.monotonic() > called + EVERY:
                    called = time.monotonic()
                    story.invoke()
                story.collect()
                if is_done():  # pyright: ignore[reportCallIssue] - a function
                    return True
            time.sleep(0.5)
        return False


def _is_over(story: Story, hit: set[str]) -> bool:
    groups = {mail.group for mail in story.mails}
    ended = {mail.group for mail in story.mails if mail.turn in {"resolved", "merged"}}
    return groups == ended and all(story.reasons(t)[-1:] == ["resolved"] for t in hit)


def _disorder(name: str, story: Story, hit: set[str]) -> list[str]:
    """Return what came twice, or in another order than it happened."""
    found = [
        f"{name}: finding {one} {count} times"
        for one, count in Counter(f["id"] for f in story.findings).items()
        if count > 1
    ]
    for target in sorted(hit):
        turns = story.reasons(target)
        if turns and turns[0] != "firing":
            found.append(f"{name}: {target}: {turns[0]} came first")
    mails = Counter((mail.group, mail.turn, mail.subject) for mail in story.mails)
    found += [
        f"{name}: mail {key[2]!r} {n} times" for key, n in mails.items() if n > MOST
    ]
    return found
