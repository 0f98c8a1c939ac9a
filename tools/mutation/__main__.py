"""Test the tests: `python -m tools.mutation PART [--sample N] [--seed N]`.

In: a part (`story`, `group`, `ingest`, `causes`). Out: the mutants that survive, with
their differences, in `.lab/mutation/PART.txt`; the last line counts all. With `--again`
only those of that file run again, with the tests as they are now; with `--continue`
what an interrupted run has left, in its copy.
It does not: judge whether a survivor is equivalent; docs/reliability.md does.
"""

import argparse
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tools.mutation import tree
from tools.mutation.emulator import emulator
from tools.mutation.mutants import (
    KILLED,
    TIMEOUT,
    UNTESTED,
    difference,
    is_wording,
    names,
    reported,
    results,
    sample,
)
from tools.mutation.parts import PARTS


def main() -> None:
    """Run the mutants of a part; exit status 2 if mutmut itself failed."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation")
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--sample", type=int, default=0, help="mutants; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--again", action="store_true", help="only the survivors")
    parser.add_argument("--continue", action="store_true", dest="kept")
    asked = parser.parse_args()
    part, path = PARTS[asked.part], tree.WORK / f"{asked.part}.txt"
    folder = tree.WORK / asked.part
    if not asked.kept:
        folder = tree.make(asked.part, part)
    every = names(folder, part.modules)
    chosen = sample(every, asked.sample, asked.seed)
    if asked.again:
        chosen = reported(path.read_text())
    print(f"{len(chosen)} of {len(every)} mutants of {asked.part}", flush=True)
    left = [n for n, found in results(folder, chosen).items() if found == UNTESTED]
    with emulator(folder / "emulator") as endpoint:
        done = run(folder, left, endpoint) if left else 0
    if done:
        sys.exit(f"{folder}: mutmut ended with status {done}; see run.log")
    print(report(folder, chosen, path))


def run(folder: Path, chosen: list[str], endpoint: str) -> int:
    """Let mutmut run mutants one after the other; return its exit status."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *chosen]
    with (folder / "run.log").open("w") as log:
        return subprocess.run(  # noqa: S603 - our own tool
            command,
            cwd=folder,
            env=dict(os.environ) | {"PARALLAX_EMULATOR": endpoint},
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


def report(folder: Path, chosen: list[str], path: Path) -> str:
    """Write the mutants that were not killed to a file; return a line of counts."""
    found = results(folder, chosen)
    lines: list[str] = []
    for name, result in found.items():
        changed = difference(folder, name)
        if is_wording(changed):
            found[name] = "of wording"
        elif result not in {KILLED, TIMEOUT}:
            lines += [
                f"{result.replace(' ', '-')}: {name}",
                *difference(folder, name),
                "",
            ]
    path.write_text("\n".join(lines))
    counts = Counter(found.values())
    each = ", ".join(f"{count} {result}" for result, count in counts.most_common())
    return f"{len(found)} mutants: {each}; not killed: {path}"


if __name__ == "__main__":
    main()
