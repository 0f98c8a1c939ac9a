"""Command line: `python -m chaos [--seed N] [--faults N] [--write]`.

In: a seed; or `--case NAME [--only STEP:KIND,…]`, which plays one case. Out: a line for
each case, one for each violation, the count of everything as the last line. Exit status
1 on a violation, 2 if the time ended before there were enough faults. With `--write`
also docs/reliability.md.
It does not: reach the network.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory


def main(arguments: Sequence[str]) -> int:
    """Run; the order of sets must be that of every other run."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "chaos", *arguments])  # noqa: S606 - itself
    given = _parser().parse_args(arguments)
    if given.case:
        return _one(given)
    from chaos.report import run_all  # noqa: PLC0415 - the clock comes first in `_one`

    return run_all(
        (given.seed, given.faults, given.short),
        write=given.write,
        seconds=given.seconds,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chaos")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=10_000)
    parser.add_argument("--case")
    parser.add_argument("--only", default="")
    parser.add_argument("--short", action="store_true", help="small cases only")
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--shrink", action="store_true")
    return parser


def _one(given: argparse.Namespace) -> int:
    from chaos.clock import ChaosClock  # noqa: PLC0415 - it moves the time

    clock = ChaosClock()
    # After the clock: modules of the functions keep `monotonic` and `sleep`.
    from chaos.report import play_one  # noqa: PLC0415
    from chaos.run import Bench  # noqa: PLC0415

    with TemporaryDirectory() as folder, closing(Bench(Path(folder), clock)) as bench:
        return play_one(bench, given.case, given.only, shrink=given.shrink)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
