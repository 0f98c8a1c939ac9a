"""Dice: which fault happens at which step.

In: a seed, or the faults of an earlier run. Out: a kind for a step, or none; the list
of what happened.
It does not: cause a fault.

A step is a request, a delivery, a call of the scheduler, a push, a request to a
receiver, or a minute. Its number counts all steps of a case. What happens at a step
depends only on seed and number, so that a list without some of its faults still means
the same.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

RARE: Mapping[str, float] = {"delayed": 0.04, "fatal": 0.5, "fatal-hang": 0.5}
"""Kinds that are chosen less often: a case with a delay of hours takes minutes."""


class Fault(NamedTuple):
    """A fault that happened: the number of the step, its kind, and where."""

    step: int
    kind: str
    site: str


type Choose = Callable[[int, str, str, Sequence[str]], str | None]
"""Chooses among the kinds of a step: its number, its name, its site."""


@dataclass
class Dice:
    """The faults of one case; `on` says whether any may happen now."""

    choose: Choose
    step: int = 0
    on: bool = False
    happened: list[Fault] = field(default_factory=list[Fault])
    now: Callable[[], float] = lambda: 0.0
    last: float = 0.0
    """When the last fault happened, in seconds of the case."""

    def roll(self, step: str, site: str, kinds: Sequence[str]) -> str | None:
        """Return the fault of the next step, None: there is none."""
        self.step += 1
        if not self.on or not kinds:
            return None
        kind = self.choose(self.step, step, site, kinds)
        if kind is not None:
            self.happened.append(Fault(self.step, f"{step}:{kind}", site))
            self.last = self.now()
        return kind


def at_random(seed: str, rates: Mapping[str, float]) -> Choose:
    """Return a choice with a probability for each name of a step."""

    def choose(number: int, step: str, _site: str, kinds: Sequence[str]) -> str | None:
        rng = Random(f"{seed}:{number}")
        if rng.random() >= rates.get(step, 0.0):
            return None
        kind = rng.choice(kinds)
        return kind if kind not in RARE or rng.random() < RARE[kind] else None

    return choose


def one_by_one(done: Counter[str], now: Callable[[], float], apart: float) -> Choose:
    """Return a choice of what never happened at a site, with `apart` seconds between.

    `done` counts what happened in earlier cases too.
    """
    last = float("-inf")

    def choose(_number: int, step: str, site: str, kinds: Sequence[str]) -> str | None:
        nonlocal last
        if now() - last < apart:
            return None
        kind = min(kinds, key=lambda one: done[f"{step}:{one}@{site}"])
        if done[f"{step}:{kind}@{site}"]:
            return None
        done[f"{step}:{kind}@{site}"] += 1
        last = now()
        return kind

    return choose


def as_listed(faults: Mapping[int, str]) -> Choose:
    """Return a choice that repeats the faults of an earlier run, by step."""

    def choose(number: int, step: str, _site: str, kinds: Sequence[str]) -> str | None:
        name, _, kind = faults.get(number, "").partition(":")
        return kind if name == step and kind in kinds else None

    return choose
