"""Pairs: two faults at once, and whether the set of true causes is exact.

In: pairs of faults at different positions. Out: for each what was injected and found.
It judges. It does not: print.

Found is the named cause with the supported ones, without those that the judgement
calls a consequence of another; a consequence may be an injected cause.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count as counting
from random import Random

from bench.accuracy.platform.shapes import SHAPES
from bench.dimensions.drawn import Drawn, drawn
from faults import INJECTIONS, Injection
from parallax.diagnose.judge import judge
from parallax.model.judgement import NONE, NOT_ESTABLISHED, Answer, Judgement

PAIRS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One case with two faults."""

    id: str
    injected: tuple[str, str]
    named: str
    found: frozenset[str]
    """The named cause and those that are also true."""
    consequences: frozenset[str]
    accepted: tuple[frozenset[str], ...]
    """For each fault the causes that mean it."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Injected causes that were not found."""
        every = self.found | self.consequences
        pairs = zip(self.injected, self.accepted, strict=True)
        return tuple(cause for cause, means in pairs if not means & every)

    @property
    def extra(self) -> frozenset[str]:
        """Found causes that were not injected."""
        return self.found - frozenset[str]().union(*self.accepted)

    @property
    def exact(self) -> bool:
        """Whether the set found is the set injected."""
        return not self.missing and not self.extra


def pairs(wanted: int = PAIRS) -> Iterator[Pair]:
    """Yield that many pairs."""
    candidates = [f for f in INJECTIONS.values() if f.position]
    made = 0
    for number in counting():
        if made == wanted:
            return
        name = f"pair/{number}"
        faults = _two(Random(name), candidates)
        case = drawn(name, SHAPES[0], faults)
        if case is not None:
            made += 1
            yield _pair(case, faults)


def pair_of(name: str) -> Drawn | None:
    """Return one pair's case by its id."""
    candidates = [f for f in INJECTIONS.values() if f.position]
    return drawn(name, SHAPES[0], _two(Random(name), candidates))


def _two(rng: Random, candidates: list[Injection]) -> tuple[Injection, Injection]:
    innermost = max(f.position for f in candidates)
    outer = rng.choice([f for f in candidates if f.position < innermost])
    inner = rng.choice([f for f in candidates if f.position > outer.position])
    return outer, inner


def _pair(case: Drawn, faults: tuple[Injection, Injection]) -> Pair:
    judgement = judge(case.snapshot)
    found, consequences = _sets(judgement)
    accepted = tuple(
        frozenset({fault.cause, *truth.also})
        for fault, truth in zip(faults, case.truths, strict=True)
    )
    return Pair(
        id=case.id,
        injected=(faults[0].cause, faults[1].cause),
        named=judgement.cause,
        found=found,
        consequences=consequences,
        accepted=accepted,
    )


def _sets(judgement: Judgement) -> tuple[frozenset[str], frozenset[str]]:
    true = [a for a in judgement.assessments if a.answer is Answer.SUPPORTED]
    found = {a.cause for a in true if not a.explained_by}
    if judgement.cause not in {NONE, NOT_ESTABLISHED}:
        found.add(judgement.cause)
    return frozenset(found), frozenset(a.cause for a in true if a.explained_by)
