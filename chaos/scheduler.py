"""Scheduler: the functions that run each minute or hour, and asynchronous invocations.

In: the events of the template, a function that invokes. Out: invocations, also again
after an error; letters of those that failed for good.
It does not: know cron; the daily mail has tests of its own.
Source: AWS Lambda, "Asynchronous invocation": two retries, after one and two minutes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from bench.cost.simulation import SCHEDULES
from bench.cost.timeline import Timeline
from chaos import kinds
from chaos.dice import Dice
from chaos.letters import Letters
from chaos.platform import Result

DESTINATION = "DestinationConfig"
EVERY = {**SCHEDULES, "rate(5 minutes)": 300.0}
HALF_AN_HOUR, FIRST_HOURLY = 1800.0, 300.0


@dataclass
class Scheduler:
    """The schedules of a case; `own` has the properties of each function.

    `faulty` says whether a call of the scheduler may have a fault.
    """

    timeline: Timeline
    dice: Dice
    letters: Letters
    own: Mapping[str, Mapping[str, Any]]
    invoke: Callable[[str, Any, str | None], Result]
    faulty: bool = True
    waits: dict[str, bool] = field(default_factory=dict[str, bool])
    """Whether the last minute's call of a publisher said that something waits."""

    def start(self, first: float, name: str, event: Mapping[str, Any]) -> None:
        """Start an event of the template, if it is a schedule that is on."""
        if event["Type"] != "ScheduleV2":
            return
        given = event["Properties"]
        every = EVERY.get(given["ScheduleExpression"])
        if given.get("State") == "DISABLED" or every is None:
            return
        if every > HALF_AN_HOUR:  # it would run before and after all faults only
            first += FIRST_HOURLY
        payload = yaml.safe_load(given.get("Input", "{}"))
        self._repeat(first, every, name, payload)

    def _repeat(self, at: float, every: float, name: str, payload: Any) -> None:
        def call() -> None:
            self._repeat(at + every, every, name, payload)
            possible = kinds.SCHEDULE if self.faulty else ()
            kind = self.dice.roll("schedule", name, possible)
            if kind == "missed":
                return
            if kind == "delayed":
                self.timeline.later(40.0, lambda: self.call(name, payload))
                return
            self.call(name, payload, kind)
            if kind == "twice":
                self.call(name, payload)

        self.timeline.at(at, call)

    def call(
        self, name: str, payload: Any, kind: str | None = None, failures: int = 0
    ) -> None:
        """Invoke a function asynchronously, again as its configuration says."""
        result = self.invoke(name, payload, kind)
        if payload == {"deliver": "waiting"}:
            self.waits[name] = bool(result.error)
        given = self.own[name].get("EventInvokeConfig", {})
        if not result.error or not given:
            return
        if failures < int(given.get("MaximumRetryAttempts", 2)):
            again = lambda: self.call(name, payload, None, failures + 1)  # noqa: E731 - short
            self.timeline.later(60.0 * (failures + 1), again)
        elif DESTINATION in given:
            self.letters.asynchronous(name, payload, result.error)
