"""Story: one fault from injection to alarm, as seen in queue and topic.

In: a stage and a fault. Out: the findings and mails that were received, in order, and
the duration of each step. It does not: wait for the schedules; it invokes probe and
inspect itself, so that many faults take less time.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from lab.demo.current import current_judgements, current_snapshots
from lab.demo.explain import explain
from lab.fault import Fault
from lab.stage.deployment import Stage
from lab.stage.inbox import Mail

LONGEST_SECONDS = 180.0
INVOKE_SECONDS = 8.0
"""The interval at which probe and inspect are invoked during a wait."""
SCHEDULE_SECONDS = 60.0
"""The template's interval of both."""

ENDS = ("resolved", "merged")
"""Why a group's last mail is sent."""


class Story:
    """The findings and mails since the story began."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.findings: list[dict[str, Any]] = []
        self.mails: list[Mail] = []
        self.seconds: dict[str, float] = {}
        """Step -> its duration, in order."""
        self._last = time.monotonic()
        self._invoked_at = 0.0

    def mark(self, step: str) -> None:
        """Record the time since the last mark as the duration of a step."""
        now = time.monotonic()
        self.seconds[step] = now - self._last
        self._last = now

    def until(
        self, is_done: Callable[[], bool], step: str, every: float = INVOKE_SECONDS
    ) -> None:
        """Collect until a condition holds. Raises TimeoutError with a summary."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while not is_done():
            if time.monotonic() > deadline:
                late = f"{step}: not reached within {LONGEST_SECONDS:.0f} s"
                raise TimeoutError(f"{late}; findings so far:\n{self.summary()}")
            due = time.monotonic() > self._invoked_at + every
            if due and not (step == "firing" and self._investigating()):
                self.invoke()
            time.sleep(0.25)
            self.collect()
        self.mark(step)

    def _investigating(self) -> bool:
        """Say whether a scheduled probe failed, and its investigation continues.

        In production the next probe is a minute away. A good one in between would end
        an intermittent failure before its evidence is there.
        """
        found = current_snapshots(self.stage).values()
        return any(s.failing_since and s.run and len(s.run.probes) == 1 for s in found)

    def invoke(self) -> None:
        """Invoke inspect and probe as their schedules would; probe investigates."""
        self._invoked_at = time.monotonic()
        self.stage.invoke("Inspect")
        self.stage.invoke("Probe")

    def collect(self) -> None:
        """Receive what is in queue and topic."""
        self.findings += self.stage.inbox.findings()
        self.mails += self.stage.inbox.mails()

    def until_reported(
        self, reason: str, targets: set[str], every: float = INVOKE_SECONDS
    ) -> None:
        """Collect until each of these targets has a finding with this reason."""
        self.until(lambda: targets <= set(self.first_findings(reason)), reason, every)

    def until_over(self, targets: set[str]) -> None:
        """Collect until the incident of each target is resolved, and each group."""

        def is_over() -> bool:
            ended = {mail.group for mail in self.mails if mail.turn in ENDS}
            groups = {mail.group for mail in self.mails}
            resolved = all(self.reasons(t)[-1:] == ["resolved"] for t in targets)
            return resolved and groups == ended

        self.until(is_over, "resolved")

    def reasons(self, target: str) -> list[str]:
        """Return the notification reasons of a target's findings, in order."""
        findings = [f["data"] for f in self.findings]
        return [d["turn"] for d in findings if d["turn"] and d["target"] == target]

    def mailed(self) -> set[str]:
        """Return the targets that a mail listed."""
        return {target for mail in self.mails for target in mail.targets}

    def first_findings(self, reason: str) -> dict[str, dict[str, Any]]:
        """Return target -> its first finding with this notification reason."""
        first: dict[str, dict[str, Any]] = {}
        for finding in self.findings:
            if finding["data"]["turn"] == reason:
                first.setdefault(finding["data"]["target"], finding)
        return first

    def lines(self) -> list[str]:
        """Return one line for each finding."""
        return [
            f"{d['target']} {d['state']} {d['turn']} {d['cause']}"
            for d in (f["data"] for f in self.findings)
        ]

    def summary(self) -> str:
        """Return the findings, and the current judgement of every target."""
        judged = current_judgements(self.stage).items()
        now = (explain(name, judgement) for name, judgement in judged)
        return "\n".join([*self.lines(), *now])


@contextmanager
def alarm(
    stage: Stage, fault: Fault, story: Story | None = None, *, scheduled: bool = False
) -> Iterator[Story]:
    """Inject a fault, yield its story when every alarm has come, then clear it.

    `scheduled`: wait for the alarms as long as in production. Only an intermittent
    fault is probed more often than the schedule does.
    """
    story = story or Story(stage)
    hit = set(fault.expected)
    slow = scheduled and not fault.intermittent
    every = SCHEDULE_SECONDS if slow else INVOKE_SECONDS
    stage.lab.inject(fault.id)
    story.mark("inject")
    try:
        story.invoke()
        story.mark("probe")
        story.until_reported("firing", hit, every)
        story.until(lambda: hit <= story.mailed(), "mail", every)
        yield story
    finally:
        story.mark("read")
        stage.lab.clear()
        story.mark("clear")
        # An incident that is still open would appear in the next story.
        with suppress(TimeoutError):
            story.until(lambda: not stage.incidents.unresolved(), "over")
