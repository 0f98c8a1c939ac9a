"""Play: a minute of health, the fault, the evidence, the finding, the mail.

In: a stage, a fault (or none), a screen. Out: an Outcome.
It does not: hurry Parallax: probes and readings run on the template's own
schedule (an intermittent fault is probed more often, and the screen says so), and
what counts is what came out of the queue and the topic.
"""

import re
import time
from dataclasses import dataclass, field
from typing import Any

from lab.demo.current import current_judgements
from lab.demo.screen import Screen
from lab.fault import Fault
from lab.stage.deployment import Stage
from lab.stage.inbox import Mail
from parallax.model.finding import View

HEALTH_SECONDS = 100.0
"""The longest wait for one scheduled probe of each target and every agent's word."""
FAULT_SECONDS = 130.0
"""The longest wait from fault to mail; a schedule's minute and the investigation."""
HURRIED_SECONDS = 10.0
"""How often an intermittent fault is probed: once a minute it may show late."""
QUIET_SECONDS = 65.0
"""How long health is watched without a fault: one more turn of the schedule."""
COUNTS = re.compile(r"\(\d+ of \d+\)")
"""How often, which the story leaves to the table: it tells what changed."""


@dataclass(slots=True)
class Outcome:
    """What was expected, and what came out of the queue and the topic."""

    expected: dict[str, str]
    findings: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    mails: list[Mail] = field(default_factory=list[Mail])

    @property
    def named(self) -> dict[str, str]:
        """The cause that the first alarm of each target, or of the stack, named."""
        named: dict[str, str] = {}
        for finding in self.findings:
            told = finding["data"]
            if told["turn"] == "firing":
                named.setdefault(told["target"], told["cause"])
        return named

    @property
    def complete(self) -> bool:
        """Every expected target has been alarmed, and the mails are here."""
        return set(self.expected) <= set(self.named) and len(self.mails) >= len(
            self.expected
        )

    @property
    def right(self) -> bool:
        """Every expected target, and no other, was blamed on what was injected."""
        return self.named == self.expected and len(self.mails) == len(self.expected)


def play(stage: Stage, fault: Fault | None, screen: Screen) -> Outcome:
    """Play the demo and return what came of it."""
    outcome = Outcome(dict(fault.expected) if fault else {})
    _await_health(stage, screen, outcome)
    if fault is None:
        screen.tell("no fault: watching one more minute of health")
        _watch(stage, screen, outcome, QUIET_SECONDS)
        return outcome
    screen.tell(f"FAULT {fault.id}: {fault.description}", "bold yellow")
    stage.lab.inject(fault.id)
    if fault.intermittent:
        screen.tell("some requests succeed: probed more often than once a minute")
    _watch(stage, screen, outcome, FAULT_SECONDS, hurried=fault.intermittent)
    return outcome


def _await_health(stage: Stage, screen: Screen, outcome: Outcome) -> None:
    screen.tell("waiting for the schedule's first probes and every agent's first word")
    deadline = time.monotonic() + HEALTH_SECONDS
    while time.monotonic() < deadline:
        judged = current_judgements(stage)
        screen.show(judged)
        _collect(stage, screen, outcome)
        views = [(j.symptom.external, j.symptom.internal) for j in judged.values()]
        if all(pair == (View.HEALTHY, View.HEALTHY) for pair in views):
            screen.tell("healthy from the internet and inside, all targets", "green")
            return
        time.sleep(0.5)
    raise TimeoutError(
        f"not healthy within {HEALTH_SECONDS:.0f} s: see the logs in {stage.folder}"
    )


def _watch(
    stage: Stage,
    screen: Screen,
    outcome: Outcome,
    seconds: float,
    *,
    hurried: bool = False,
) -> None:
    deadline = time.monotonic() + seconds
    woken = 0.0
    before: dict[str, str] = {}
    while time.monotonic() < deadline and not (outcome.expected and outcome.complete):
        if hurried and time.monotonic() - woken > HURRIED_SECONDS:
            woken = time.monotonic()
            stage.wake("Probe")
        judged = current_judgements(stage)
        screen.show(judged)
        for name, judgement in judged.items():
            line = judgement.symptom.summary
            gist = COUNTS.sub("", line)
            if before.get(name) != gist:
                before[name] = gist
                red = judgement.symptom.external is View.FAILING
                screen.tell(f"{name}: {line}", "red" if red else "green")
        _collect(stage, screen, outcome)
        time.sleep(0.5)


def _collect(stage: Stage, screen: Screen, outcome: Outcome) -> None:
    for finding in stage.inbox.findings():
        outcome.findings.append(finding)
        told = finding["data"]
        waits = " (settling)" if told["settling"] else ""
        screen.tell(
            f"queue: {told['target']} {told['state']}{waits}: {told['cause']}", "cyan"
        )
    for mail in stage.inbox.mails():
        outcome.mails.append(mail)
        screen.tell(f"mail: {mail.subject}", "bold cyan")
