"""Play: a healthy minute, the fault, the evidence, the finding, the mail.

In: a stage, a fault (or none), a screen. Out: an Outcome, taken from queue and topic.
It does not: run Parallax faster. Probes and readings run on the template's schedule;
only an intermittent fault is probed more often, and the screen shows that.
"""

import re
import time
from dataclasses import dataclass, field
from typing import Any

from lab.demo.current import all_healthy, current_judgements
from lab.demo.screen import Screen
from lab.fault import Fault
from lab.stage.deployment import Stage
from lab.stage.inbox import Mail
from parallax.model.judgement import View

HEALTH_SECONDS = 100.0
"""The longest wait for a scheduled probe of each target and a heartbeat of each
agent."""
FAULT_SECONDS = 130.0
"""The longest wait from fault to mail: a minute of schedule, an investigation."""
INTERMITTENT_SECONDS = 10.0
"""The interval of probes in an intermittent fault; one a minute may miss it."""
QUIET_SECONDS = 65.0
"""How long a run without a fault lasts: one more cycle of the schedule."""
COUNTS = re.compile(r"\(\d+ of \d+\)")
"""The counts, which are not compared: a progress line shows what changed."""


@dataclass(slots=True)
class Outcome:
    """The expected causes, and the findings and mails that were received."""

    expected: dict[str, str]
    findings: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    mails: list[Mail] = field(default_factory=list[Mail])

    @property
    def named(self) -> dict[str, str]:
        """Subject (a target, or the stack) -> cause of its first alarm."""
        named: dict[str, str] = {}
        for finding in self.findings:
            data = finding["data"]
            if data["turn"] == "firing":
                named.setdefault(data["target"], data["cause"])
        return named

    @property
    def complete(self) -> bool:
        """Whether every expected subject has its alarm, and a mail lists it."""
        return set(self.expected) <= self.named.keys() & set(self.mailed)

    @property
    def mailed(self) -> list[str]:
        """The subjects that mails list; more than once if a mail repeats them."""
        return [target for mail in self.mails for target in mail.targets]

    @property
    def right(self) -> bool:
        """Whether exactly the expected subjects have alarms, each with its cause.

        One fault is one alert: no group has a second mail.
        """
        groups = [mail.group for mail in self.mails]
        once = len(groups) == len(set(groups))
        return self.named == self.expected and once and self._all_mailed

    @property
    def _all_mailed(self) -> bool:
        return set(self.mailed) == set(self.expected)


def play(stage: Stage, fault: Fault | None, screen: Screen) -> Outcome:
    """Play the demo and return its outcome."""
    outcome = Outcome(dict(fault.expected) if fault else {})
    _await_health(stage, screen, outcome)
    if fault is None:
        screen.log("no fault: watching the healthy platform for one more minute")
        _watch(stage, screen, outcome, QUIET_SECONDS)
        return outcome
    screen.log(f"injecting {fault.id}: {fault.description}", "bold yellow")
    stage.lab.inject(fault.id)
    if fault.intermittent:
        screen.log("intermittent fault: probing every 10 s instead of once a minute")
    _watch(stage, screen, outcome, FAULT_SECONDS, often=fault.intermittent)
    return outcome


def _await_health(stage: Stage, screen: Screen, outcome: Outcome) -> None:
    screen.log("waiting for scheduled probes and heartbeats of all agents")
    deadline = time.monotonic() + HEALTH_SECONDS
    while time.monotonic() < deadline:
        screen.show(current_judgements(stage))
        _collect(stage, screen, outcome)
        if all_healthy(stage):
            screen.log("all targets are healthy, and all agents report", "green")
            return
        time.sleep(0.5)
    raise TimeoutError(f"the targets were not healthy within {HEALTH_SECONDS:.0f} s")


def _watch(
    stage: Stage,
    screen: Screen,
    outcome: Outcome,
    seconds: float,
    *,
    often: bool = False,
) -> None:
    deadline = time.monotonic() + seconds
    probed_at = 0.0
    before: dict[str, str] = {}
    while time.monotonic() < deadline and not (outcome.expected and outcome.complete):
        if often and time.monotonic() - probed_at > INTERMITTENT_SECONDS:
            probed_at = time.monotonic()
            stage.invoke("Probe")
        judged = current_judgements(stage)
        screen.show(judged)
        for name, judgement in judged.items():
            line = judgement.symptom.summary
            without_counts = COUNTS.sub("", line)
            if before.get(name) != without_counts:
                before[name] = without_counts
                red = judgement.symptom.external is View.FAILING
                screen.log(f"{name}: {line}", "red" if red else "green")
        _collect(stage, screen, outcome)
        time.sleep(0.5)


def _collect(stage: Stage, screen: Screen, outcome: Outcome) -> None:
    for finding in stage.inbox.findings():
        outcome.findings.append(finding)
        data = finding["data"]
        settling = " (settling)" if data["settling"] else ""
        screen.log(
            f"finding: {data['target']} {data['state']}{settling}: {data['cause']}",
            "cyan",
        )
    for mail in stage.inbox.mails():
        outcome.mails.append(mail)
        screen.log(f"mail: {mail.subject}", "bold cyan")
