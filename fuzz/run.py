"""Run: many inputs through the doors, the same for the same seed.

In: doors, a count, a seed. Out: progress lines, saved failures, and `Results`.
It does not: stop at the first failure.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from fuzz.door import ROOT, Door
from fuzz.minimize import minimized
from fuzz.mutate import mutated
from fuzz.results import Results
from fuzz.watchdog import SECONDS, watched

FAILURES = ROOT / ".lab/fuzz"
MEASURED = 100
"""One of so many inputs is measured for its memory, which makes it slower."""
PROGRESS = 50_000

type Say = Callable[[str], None]


def parts(doors: Sequence[Door], inputs: int) -> dict[str, int]:
    """Return how many inputs each door gets, by its share; at least one."""
    whole = sum(door.share for door in doors)
    return {door.name: max(1, inputs * door.share // whole) for door in doors}


def run(  # noqa: PLR0913 - what a run is made of
    doors: Sequence[Door],
    inputs: int,
    seed: int,
    say: Say,
    *,
    folder: Path = FAILURES,
    seconds: float = SECONDS,
) -> Results:
    """Call each door with its part of the inputs."""
    results = Results()
    for door in doors:
        count = parts(doors, inputs)[door.name]
        _door(door, count, seed, results, say=say, folder=folder, seconds=seconds)
    return results


def _door(  # noqa: PLR0913 - as above
    door: Door,
    count: int,
    seed: int,
    results: Results,
    *,
    say: Say,
    folder: Path,
    seconds: float,
) -> None:
    seeds = list(door.seeds())
    for data in seeds:  # what is recorded must be accepted, or refused in words
        watched(door, data, seconds)
    for number in range(count):
        chance = Random(f"{seed}:{door.name}:{number}")  # noqa: S311 - repeatable
        data = mutated(chance, seeds, door.kind)
        outcome = watched(door, data, seconds, measure=number % MEASURED == 0)
        if results.add(door.name, outcome):
            failure = outcome.failure or ""
            path = save(folder, door, minimized(door, data, failure, seconds), failure)
            say(f"{outcome.kind} in {door.name}: {failure.partition('\n')[0]}")
            say(f"  replay: make fuzz DOOR={door.name} REPLAY={path}")
        if results.inputs % PROGRESS == 0:
            say(f"{results.inputs} inputs, now {door.name}: {results.line}")


def save(folder: Path, door: Door, data: bytes, failure: str) -> Path:
    """Save a failing input and its traceback; return the input's path."""
    name = hashlib.sha256(data).hexdigest()[:12]
    place = folder / door.name
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.txt").write_text(failure, errors="replace")
    (place / f"{name}.bin").write_bytes(data)
    return place / f"{name}.bin"
