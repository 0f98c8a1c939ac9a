"""Run: many cases, one after the other, until enough faults happened.

In: a seed, a number of faults. Out: the outcome of each case.
It does not: print or write.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from bench.cost.reports import Reports
from chaos import outside, stack
from chaos.case import Case
from chaos.clock import ChaosClock
from chaos.cloud import Gate
from chaos.dice import Choose, Fault, as_listed, at_random, one_by_one
from chaos.observer import Seen, Violation, allowed_repeats, late, violations
from chaos.world import CLUSTER, NAMES, NODES, write_targets

RATES: Mapping[str, float] = {
    "request": 0.05,
    "delivery": 0.08,
    "message": 0.06,
    "schedule": 0.05,
    "push": 0.15,
    "receiver": 0.10,
    "minute": 0.20,
}
"""How likely a fault is at each step of a random case."""
ALONE: Mapping[str, float] = {
    "request": 0.5,
    "delivery": 0.5,
    "message": 0.3,
    "receiver": 0.6,
    "push": 0.3,
    "minute": 0.5,
}
"""The same, if all faults are about one target."""
APART = 90.0
"""Seconds between two faults that come one by one."""
SINGLE, RANDOM, TARGET = "one-by-one", "random", "one-target"
DENSE, SMALL = "dense", "small"
MORE = 2.5
"""How much more often everything fails in a dense case, and in a small one."""


@dataclass(frozen=True)
class Outcome:
    """What a case came to."""

    name: str
    faults: tuple[Fault, ...]
    violations: tuple[Violation, ...]
    repeats: Counter[str]
    decided: int
    deliveries: int
    replayed: int
    refused: int
    seconds: float


@dataclass
class Bench:
    """What all cases of a process share."""

    folder: Path
    clock: ChaosClock
    done: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        """Prepare the process; the clock was there before any module of the stack."""
        stack.prepare()
        outside.install()
        self.gate = Gate()
        self.file = self.folder / "targets.yaml"
        write_targets(self.file)
        self.reports = Reports(CLUSTER, NODES, NAMES)

    def choose(self, name: str) -> Choose:
        """Return what chooses the faults of a case with this name."""
        kind = name.partition(":")[0]
        if kind == SINGLE:
            return one_by_one(self.done, lambda: self.clock.seconds, APART)
        if kind in {DENSE, SMALL}:
            return at_random(name, {step: MORE * rate for step, rate in RATES.items()})
        return at_random(name, ALONE if kind == TARGET else RATES)

    def play(self, name: str, choose: Choose) -> Case:
        """Play one case."""
        only = _target_of(name)
        case = Case(
            name=name,
            choose=choose,
            clock=self.clock,
            gate=self.gate,
            targets=str(self.file),
            reports=self.reports,
            only=only,
            small=name.startswith(SMALL),
        )
        outside.enter(case.world)
        case.run()
        return case

    def outcome(self, name: str, choose: Choose | None = None) -> Outcome:
        """Play a case, with its own faults or those that `choose` has; observe it."""
        began = perf_counter()
        choose = choose or self.choose(name)
        case = self.play(name, choose)
        found = violations(
            Seen(
                case.ledger,
                case.world.failures,
                tuple(case.letters.results),
                case.until,
                blind=any(f.kind == "delivery:delayed" for f in case.dice.happened),
            )
        )
        if only := _target_of(name):
            quiet = self.play(name, as_listed({}))
            found += late(case.ledger, quiet.ledger, only)
        return Outcome(
            name=name,
            faults=tuple(case.dice.happened),
            violations=tuple(found),
            repeats=allowed_repeats(case.ledger),
            decided=len(case.ledger.decided),
            deliveries=len(case.ledger.deliveries),
            replayed=case.letters.replayed,
            refused=case.cloud.refused,
            seconds=perf_counter() - began,
        )

    def close(self) -> None:
        """Give the process back."""
        self.gate.close()
        outside.remove()
        self.clock.close()


def _target_of(name: str) -> str | None:
    """Return the target that all faults of a case are about."""
    kind, _, rest = name.partition(":")
    return NAMES[int(rest.rpartition(":")[2]) % len(NAMES)] if kind == TARGET else None


def names(seed: int, *, short: bool = False) -> Iterator[str]:
    """Yield the names of cases, the kinds in turn."""
    number = 0
    kinds = (SMALL,) if short else (DENSE, SINGLE, DENSE, TARGET, DENSE, RANDOM, DENSE)
    while True:
        for kind in kinds:
            yield f"{kind}:{seed}:{number}"
            number += 1


def outcomes(
    bench: Bench, seed: int, faults: int, *, short: bool = False
) -> Iterator[Outcome]:
    """Yield the outcome of each case until so many faults happened."""
    count = 0
    for name in names(seed, short=short):
        if count >= faults:
            return
        found = bench.outcome(name)
        count += len(found.faults)
        yield found
