"""Plan: the simulated month as `month.yaml` has it.

In: the file. Out: what fails when, what people and the stream do, the expected mails.
It does not: play it.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from parallax.model.target import Maintenance

START = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 4, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
_RANGE = re.compile(r"(\w+-)(\d\d)(?:\.\.(\d\d))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One target that fails, from a minute up to another one."""

    target: str
    start: datetime
    end: datetime
    cause: str
    known: datetime
    """Since when the evidence for the cause is complete."""
    settles: datetime
    """Until when the cluster changes."""
    failed: int = 11
    total: int = 11
    of_five: int = 5

    def fails(self, minute: datetime) -> bool:
        """Say whether the probe of this minute fails."""
        if not self.start <= minute < self.end:
            return False
        return (minute - self.start) // MINUTE % 5 < self.of_five


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What the stream does to the records of one target."""

    target: str
    start: datetime
    end: datetime
    lose: bool = False
    late_by: float = 0
    again_after: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person does."""

    at: datetime
    what: str
    whom: str
    minutes: int = 0


@dataclass(slots=True)
class Plan:
    """The month."""

    failures: list[Failure] = field(default_factory=list[Failure])
    troubles: list[Trouble] = field(default_factory=list[Trouble])
    wishes: list[Wish] = field(default_factory=list[Wish])
    silent: list[tuple[str, datetime, datetime]] = field(
        default_factory=list[tuple[str, datetime, datetime]]
    )
    down: list[tuple[datetime, datetime]] = field(
        default_factory=list[tuple[datetime, datetime]]
    )
    windows: dict[str, tuple[Maintenance, ...]] = field(
        default_factory=dict[str, tuple[Maintenance, ...]]
    )
    mails: list[str] = field(default_factory=list[str])

    def is_down(self, now: datetime) -> bool:
        """Say whether the function that sends mails is down."""
        return any(start <= now < end for start, end in self.down)


def read_plan() -> Plan:
    """Return the month of the file."""
    text = (Path(__file__).parent / "month.yaml").read_text()
    month: dict[str, Any] = yaml.safe_load(text)
    plan = Plan(windows=_windows(month["windows"]))
    for day in month["days"]:
        for one in day.get("fails", ()):
            plan.failures += _failures(one)
        for one in day.get("stream", ()):
            plan.troubles += _troubles(one)
        plan.wishes += [_wish(text) for text in day.get("people", ())]
        if silent := day.get("silent"):
            plan.silent.append((silent["cluster"], *_span(silent)))
        plan.down += [_span(one) for one in day.get("down", ())]
        plan.mails += day.get("mails", "").splitlines()
    return plan


def instant(text: str) -> datetime:
    """Return the instant that e.g. `02 04:17` or `02 04:17:30` means."""
    day, _, time = text.partition(" ")
    hour, minute, *second = map(int, time.split(":"))
    return datetime(2026, 3, int(day), hour, minute, *second, tzinfo=UTC)


def names(text: str) -> list[str]:
    """Return the names that e.g. `shop-01..03 pay-01` means."""
    found: list[str] = []
    for prefix, first, last in _RANGE.findall(text):
        numbers = range(int(first), int(last or first) + 1)
        found += [f"{prefix}{number:02}" for number in numbers]
    return found


def _span(one: dict[str, Any]) -> tuple[datetime, datetime]:
    return instant(one["from"]), instant(one["to"])


def _failures(one: dict[str, Any]) -> list[Failure]:
    start, end = _span(one)
    known = one.get("known", one["from"])
    failed, total = (1, 13) if one.get("once") else (4 if one.get("some") else 11, 11)
    return [
        Failure(
            target=name,
            start=start,
            end=end,
            cause=one["cause"],
            known=END if known == "never" else instant(known),
            settles=instant(one["settles"]) if "settles" in one else START,
            failed=failed,
            total=total,
            of_five=one.get("of_five", 5),
        )
        for name in names(one["targets"])
    ]


def _troubles(one: dict[str, Any]) -> list[Trouble]:
    start, end = _span(one)
    how = {k: v for k, v in one.items() if k not in {"targets", "from", "to"}}
    return [
        Trouble(target=name, start=start, end=end, **how)
        for name in names(one["targets"])
    ]


def _wish(text: str) -> Wish:
    day, time, what, whom, *minutes = text.split()
    length = int(minutes[0]) if minutes else 0
    return Wish(at=instant(f"{day} {time}"), what=what, whom=whom, minutes=length)


def _windows(entries: list[dict[str, Any]]) -> dict[str, tuple[Maintenance, ...]]:
    found: defaultdict[str, tuple[Maintenance, ...]] = defaultdict(tuple)
    for one in entries:
        start, end = _span(one)
        window = Maintenance(starts_at=start, ends_at=end, reason="planned")
        for name in names(one["targets"]):
            found[name] += (window,)
    return found
