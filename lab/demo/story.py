"""Story: one fault from injection to alarm, as queue and topic tell it.

In: a stage and a fault. Out: the findings and mails that came, in order.
It does not: wait for the schedule; it wakes the probe as the schedule would, so
that many faults can be told in the time of one.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lab.demo.inbox import Mail
from lab.demo.stage import Stage
from lab.fault import Fault

PATIENCE_SECONDS = 90.0


class Story:
    """What came out of queue and topic since the story began."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.findings: list[dict[str, Any]] = []
        self.mails: list[Mail] = []

    def until(self, told: Callable[[], bool], what: str) -> None:
        """Collect until something is told; TimeoutError with the story if it is not."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not told():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not come; so far: {self.lines()}")
            time.sleep(0.25)
            self.findings += self.stage.inbox.findings()
            self.mails += self.stage.inbox.mails()

    def until_turned(self, turn: str, targets: set[str]) -> None:
        """Collect until each of these targets has had this turn."""
        self.until(lambda: targets <= set(self.turned(turn)), turn)

    def turned(self, turn: str) -> dict[str, dict[str, Any]]:
        """Return the first finding of each target that bears this turn."""
        told: dict[str, dict[str, Any]] = {}
        for finding in self.findings:
            if finding["data"]["turn"] == turn:
                told.setdefault(finding["data"]["target"], finding)
        return told

    def lines(self) -> list[str]:
        """Return one line a finding."""
        return [
            f"{d['target']} {d['state']} {d['turn']} {d['cause']}"
            for d in (f["data"] for f in self.findings)
        ]


@contextmanager
def alarm(stage: Stage, fault: Fault) -> Iterator[Story]:
    """Inject a fault, yield its story once every target hit is alarmed, and mend it."""
    story = Story(stage)
    hit = set(fault.expected)
    stage.lab.inject(fault.id)
    try:
        stage.wake("Probe")
        story.until_turned("firing", hit)
        story.until(lambda: len(story.mails) >= len(hit), "the mail")
        yield story
    finally:
        stage.lab.clear()
