"""Story: one fault from injection to alarm, as queue and topic tell it.

In: a stage and a fault. Out: the findings and mails that came, in order, and how long
each step took. It does not: wait for the schedules; it wakes probe and inspect as they
would, so that many faults can be told in the time of one.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from lab.demo.current import current_judgements
from lab.demo.explain import explain
from lab.fault import Fault
from lab.stage.deployment import Stage
from lab.stage.inbox import Mail

PATIENCE_SECONDS = 180.0
WAKE_SECONDS = 8.0
"""As often as that probe and inspect are woken while something is awaited."""


class Story:
    """What came out of queue and topic since the story began."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.findings: list[dict[str, Any]] = []
        self.mails: list[Mail] = []
        self.took: dict[str, float] = {}
        """What was done or came -> the seconds it took, in order."""
        self._last = time.monotonic()
        self._woken = 0.0

    def mark(self, what: str) -> None:
        """Note how long it took since the last mark."""
        now = time.monotonic()
        self.took[what] = now - self._last
        self._last = now

    def until(self, told: Callable[[], bool], what: str) -> None:
        """Collect until something is told; TimeoutError with the story if it is not."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not told():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not come; so far: {self.told()}")
            if time.monotonic() > self._woken + WAKE_SECONDS:
                self.wake()
            time.sleep(0.25)
            self.collect()
        self.mark(what)

    def wake(self) -> None:
        """Wake inspect and probe, as their schedules would; the probe investigates."""
        self._woken = time.monotonic()
        self.stage.wake("Inspect")
        self.stage.wake("Probe")

    def collect(self) -> None:
        """Take what is waiting in queue and topic."""
        self.findings += self.stage.inbox.findings()
        self.mails += self.stage.inbox.mails()

    def until_turned(self, turn: str, targets: set[str]) -> None:
        """Collect until each of these targets has had this turn."""
        self.until(lambda: targets <= set(self.turned(turn)), turn)

    def until_over(self, targets: set[str]) -> None:
        """Collect until the last turn of each target is its incident's end."""
        self.until(
            lambda: all(self.turns(t)[-1:] == ["resolved"] for t in targets), "resolved"
        )

    def turns(self, target: str) -> list[str]:
        """Return the turns of a target's incidents, in order."""
        told = [f["data"] for f in self.findings]
        return [d["turn"] for d in told if d["turn"] and d["target"] == target]

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

    def told(self) -> str:
        """Return the findings, and how every target is judged now."""
        judged = current_judgements(self.stage).items()
        now = (explain(name, judgement) for name, judgement in judged)
        return "\n".join([*self.lines(), *now])


@contextmanager
def alarm(stage: Stage, fault: Fault) -> Iterator[Story]:
    """Inject a fault, yield its story once every target hit is alarmed, and mend it."""
    story = Story(stage)
    hit = set(fault.expected)
    stage.lab.inject(fault.id)
    story.mark("inject")
    try:
        story.wake()
        story.mark("probe")
        story.until_turned("firing", hit)
        story.until(lambda: len(story.mails) >= len(hit), "mail")
        yield story
    finally:
        story.mark("read")
        stage.lab.clear()
        story.mark("clear")
        # What is still open would be told in the next story.
        with suppress(TimeoutError):
            story.until(lambda: not stage.incidents.unresolved(), "over")
