"""Command line of `make fuzz`: inputs, entries, a seed; or one saved input again.

In: options. Out: progress, and one last line with the counts; exit 1 on a failure.
It does not: choose a seed by chance: the default is fixed.
"""

import argparse
import logging
import sys
from pathlib import Path

from fuzz.coverage import guided
from fuzz.entries import ENTRIES
from fuzz.run import run
from fuzz.watchdog import limited, watched

GUIDED = 0.2
"""The part of the inputs that coverage chooses."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--entry", choices=sorted(ENTRIES))
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--guided", type=float, default=GUIDED)
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Run, or replay one input; return the exit status."""
    options = _options()
    logging.disable(logging.CRITICAL)
    entries = [ENTRIES[options.entry]] if options.entry else list(ENTRIES.values())
    if options.replay:
        outcome = watched(entries[0], options.replay.read_bytes())
        _say(outcome.failure or "no failure")
        return int(outcome.failure is not None)
    by_coverage = int(options.inputs * options.guided)
    with limited():
        results = run(entries, options.inputs - by_coverage, options.seed, _say)
    results.guided, failed = (
        guided(entries, by_coverage, options.seed, _say) if by_coverage else (0, [])
    )
    results.crashes += len(failed)
    _say(f"seed {options.seed}: {results.line}")
    return int(bool(results.crashes or results.hangs))


if __name__ == "__main__":
    sys.exit(main())
