"""Command line of `make fuzz`: inputs, entries, a seed; or one saved input again.

In: options. Out: progress, and one last line with the counts; exit 1 on a failure.
It does not: choose a seed by chance: the default is fixed.
"""

import argparse
import logging
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from fuzz.entries import ENTRIES
from fuzz.results import Results
from fuzz.share import Share, say, work
from fuzz.watchdog import watched

GUIDED = 0.2
"""The part of the inputs that coverage chooses."""
JOBS = 2
"""Processes: a runner of CI has two cores."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--entry", choices=sorted(ENTRIES))
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--guided", type=float, default=GUIDED)
    parser.add_argument("--jobs", type=int, default=JOBS)
    return parser.parse_args()


def main() -> int:
    """Run, or replay one input; return the exit status."""
    options = _options()
    logging.disable(logging.CRITICAL)
    if options.replay:
        outcome = watched(ENTRIES[options.entry], options.replay.read_bytes())
        say(outcome.failure or "no failure")
        return int(outcome.failure is not None)
    began = time.monotonic()
    results = _run(options)
    seconds = time.monotonic() - began
    say(f"seed {options.seed}, {seconds:.0f} s: {results.line}")
    return int(bool(results.crashes or results.hangs))


def _run(options: argparse.Namespace) -> Results:
    """Run all shares, each in a process of its own."""
    jobs = max(1, options.jobs)
    shares = [
        Share(
            names=(options.entry,) if options.entry else tuple(ENTRIES),
            inputs=options.inputs,
            by_coverage=int(options.inputs * options.guided),
            seed=options.seed,
            number=number,
            of=jobs,
        )
        for number in range(jobs)
    ]
    results = Results()
    # A forked process would share the limits and signals of this one.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        for one in pool.map(work, shares):
            results.merge(one)
    return results


if __name__ == "__main__":
    sys.exit(main())
