"""Run: judges the draws of worlds, and counts.

In: worlds. Out: a `Tally` each. The only part of the worlds that judges.
It does not: print.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bench.accuracy.label import NONE
from bench.accuracy.score import named
from bench.worlds.world import DRAWS, World, draws
from parallax.model.judgement import NOT_ESTABLISHED


@dataclass(slots=True, kw_only=True)
class Tally:
    """The answers to one world's draws."""

    world: World
    right: int = 0
    """Draws in which an accepted cause was named."""
    silent: int = 0
    """Draws in which no cause was named."""
    wrong: Counter[str] = field(default_factory=Counter[str])
    """Causes that were named, and are not accepted."""
    wrong_draws: list[str] = field(default_factory=list[str])

    @property
    def count(self) -> int:
        """All draws."""
        return self.right + self.silent + self.wrong.total()

    def add(self, draw: str, cause: str) -> None:
        """Count one answer."""
        if cause in {NONE, NOT_ESTABLISHED}:
            self.silent += 1
        elif cause in self.world.accept:
            self.right += 1
        else:
            self.wrong[cause] += 1
            self.wrong_draws.append(draw)


def run(worlds: Iterable[World], count: int = DRAWS) -> Iterator[Tally]:
    """Judge the draws of each world."""
    for world in worlds:
        tally = Tally(world=world)
        for name, snapshot in draws(world, count):
            tally.add(name, named(snapshot)[0])
        yield tally
