"""Run: many inputs through the entries, the same for the same seed.

In: entries, a count, a seed. Out: progress lines, saved failures, and `Results`.
It does not: stop at the first failure.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from fuzz.entry import ROOT, Entry
from fuzz.minimize import minimized
from fuzz.mutate import mutated
from fuzz.results import Results
from fuzz.watchdog import SECONDS, watched

FAILURES = ROOT / ".lab/fuzz"
MEASURED = 100
"""One of so many inputs is measured for its memory, which makes it slower."""
PROGRESS = 50_000

type Say = Callable[[str], None]


def parts(entries: Sequence[Entry], inputs: int) -> dict[str, int]:
    """Return how many inputs each entry gets, by its share; at least one."""
    whole = sum(entry.share for entry in entries)
    return {entry.name: max(1, inputs * entry.share // whole) for entry in entries}


def run(  # noqa: PLR0913 - what a run is made of
    entries: Sequence[Entry],
    inputs: int,
    seed: int,
    say: Say,
    *,
    folder: Path = FAILURES,
    seconds: float = SECONDS,
    share: tuple[int, int] = (0, 1),
) -> Results:
    """Call each entry with its part of the inputs.

    `share` is the number of this process, and how many share the inputs.
    """
    results = Results()
    for entry in entries:
        count = parts(entries, inputs)[entry.name]
        numbers = range(share[0], count, share[1])
        _entry(entry, numbers, seed, results, say=say, folder=folder, seconds=seconds)
    return results


def _entry(  # noqa: PLR0913 - as above
    entry: Entry,
    numbers: range,
    seed: int,
    results: Results,
    *,
    say: Say,
    folder: Path,
    seconds: float,
) -> None:
    seeds = list(entry.seeds())
    for data in seeds:  # what is recorded must be accepted, or refused in words
        watched(entry, data, seconds)
    for number in numbers:
        chance = Random(f"{seed}:{entry.name}:{number}")  # noqa: S311 - repeatable
        data = mutated(chance, seeds, entry.kind)
        outcome = watched(entry, data, seconds, measure=number % MEASURED == 0)
        if results.add(entry.name, outcome):
            failure = outcome.failure or ""
            path = save(
                folder, entry, minimized(entry, data, failure, seconds), failure
            )
            say(f"{outcome.kind} in {entry.name}: {failure.partition('\n')[0]}")
            say(f"  replay: make fuzz ENTRY={entry.name} REPLAY={path}")
        if results.inputs % PROGRESS == 0:
            say(f"{results.inputs} inputs, now {entry.name}: {results.line}")


def save(folder: Path, entry: Entry, data: bytes, failure: str) -> Path:
    """Save a failing input and its traceback; return the input's path."""
    name = hashlib.sha256(data).hexdigest()[:12]
    place = folder / entry.name
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.txt").write_text(failure, errors="replace")
    (place / f"{name}.bin").write_bytes(data)
    return place / f"{name}.bin"
