"""Run: many cases, one after the other, until enough faults happened.

In: a seed, a number of faults. Out: the outcome of each case.
It does not: print or write.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import process_time

from bench.cost.reports import Reports
from chaos import fatal, outside, stack
from chaos.case import Case
from chaos.clock import ChaosClock
from chaos.cloud import Gate
from chaos.dice import Choose, Fault, as_listed, at_random, one_by_one
from chaos.observer import (
    Seen,
    Violation,
    allowed_repeats,
    late,
    late_elsewhere,
    violations,
)
from chaos.trouble import concerned
from chaos.world import CLUSTER, NAMES, NODES, write_targets

RATES: Mapping[str, float] = {
    "request": 0.05,
    "delivery": 0.08,
    "message": 0.06,
    "schedule": 0.05,
    "push": 0.15,
    "person": 0.20,
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
DENSE, SMALL, CHANNEL = "dense", "small", "one-channel"
OTHERS = (SINGLE, TARGET, CHANNEL, RANDOM)
ORDER = (*(k for one in OTHERS for k in (DENSE, one, DENSE)), DENSE)
"""The kinds of cases, in turn; an odd number, so that each lane has all."""
MORE = 5.5
"""How much more often everything fails in a dense case, and in a small one."""

type Lane = tuple[int, int]
"""The number of a lane, and how many there are."""
ONE: Lane = (0, 1)


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
    small: bool = False
    """Whether all cases are small ones, whatever their names."""
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
        if kind == CHANNEL:
            return at_random(name, {"minute": ALONE["minute"]})
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
            small=self.small or name.startswith(SMALL),
            channel=_channel_of(name),
        )
        outside.enter(case.world)
        fatal.enter(case.fatal)
        case.run()
        return case

    def outcome(self, name: str, choose: Choose | None = None) -> Outcome:
        """Play a case, with its own faults or those that `choose` has; observe it."""
        began = process_time()
        choose = choose or self.choose(name)
        case = self.play(name, choose)
        found = violations(
            Seen(
                case.ledger,
                case.world.failures,
                tuple(case.letters.results),
                case.calm,
                wrong=tuple(case.people.wrong),
                stale=tuple(case.stale),
                muted=case.people.mutes,
                blind=any(f.kind == "delivery:delayed" for f in case.dice.happened),
            )
        )
        if only := _target_of(name):
            quiet = self.play(name, as_listed({}))
            found += late(case.ledger, quiet.ledger, only)
        if (channel := _channel_of(name)) is not None:
            quiet = self.play(name, as_listed({}))
            found += late_elsewhere(case.ledger, quiet.ledger, concerned(channel))
        return Outcome(
            name=name,
            faults=tuple(case.dice.happened),
            violations=tuple(found),
            repeats=allowed_repeats(case.ledger),
            decided=len(case.ledger.decided),
            deliveries=len(case.ledger.deliveries),
            replayed=case.letters.replayed,
            refused=case.cloud.refused,
            seconds=process_time() - began,
        )

    def close(self) -> None:
        """Give the process back."""
        self.gate.close()
        outside.remove()
        fatal.remove()
        self.clock.close()


def _target_of(name: str) -> str | None:
    """Return the target that all faults of a case are about."""
    kind, _, rest = name.partition(":")
    return NAMES[int(rest.rpartition(":")[2]) % len(NAMES)] if kind == TARGET else None


def _channel_of(name: str) -> int | None:
    """Return the channel that all faults of a case are about."""
    kind, _, rest = name.partition(":")
    return int(rest.rpartition(":")[2]) if kind == CHANNEL else None


def names(seed: int, *, short: bool = False, lane: Lane = ONE) -> Iterator[str]:
    """Yield the names of a lane's cases, the kinds in turn."""
    kinds = (SMALL,) if short else ORDER
    first, lanes = lane
    for number in count(first, lanes):
        yield f"{kinds[number % len(kinds)]}:{seed}:{number}"


def outcomes(
    bench: Bench, seed: int, faults: int, *, short: bool = False, lane: Lane = ONE
) -> Iterator[Outcome]:
    """Yield the outcome of each case of a lane until so many faults happened."""
    done = 0
    for name in names(seed, short=short, lane=lane):
        if done >= faults:
            return
        found = bench.outcome(name)
        done += len(found.faults)
        yield found
