"""Share: one process's part of a run.

In: names of entries, counts, a seed, the number of this part and of all parts. Out: its
`Results`. It does not: know the other parts. Each takes every n-th input of each entry,
so an input has the same number, and the same bytes, however many parts there are.
"""

import logging
from dataclasses import dataclass

from fuzz.coverage import guided
from fuzz.entries import ENTRIES
from fuzz.results import Results
from fuzz.run import parts, run
from fuzz.watchdog import limited


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a run; `by_coverage` of the inputs are chosen by coverage."""

    names: tuple[str, ...]
    inputs: int
    by_coverage: int
    seed: int
    number: int = 0
    of: int = 1


def work(share: Share) -> Results:
    """Run a share in this process."""
    logging.disable(logging.CRITICAL)
    entries = [ENTRIES[name] for name in share.names]
    with limited():
        results = run(
            entries,
            share.inputs - share.by_coverage,
            share.seed,
            say,
            share=(share.number, share.of),
        )
    if share.by_coverage:
        counts = parts(entries, share.by_coverage)
        own = entries[share.number :: share.of]
        results.guided, failed = guided(own, counts, share.seed, say)
        results.crashes += len(failed)
    return results


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)
