"""Coverage: the guided part of a run, one process for each door.

In: doors, a count, a seed. Out: how many inputs ran, and which doors failed.
It does not: reduce an input; libFuzzer's `-minimize_crash=1` does.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fuzz.door import ROOT, Door
from fuzz.run import FAILURES, parts

OPTIONS = (
    "-timeout=10",  # seconds of one input
    "-rss_limit_mb=1024",  # a function's memory
    "-max_len=65536",
    "-verbosity=1",
    "-print_final_stats=1",
)
DONE = re.compile(rb"stat::number_of_executed_units:\s*(\d+)")


def guided(
    doors: Sequence[Door], inputs: int, seed: int, say: Callable[[str], None]
) -> tuple[int, list[str]]:
    """Return how many inputs ran, and the names of the doors that failed."""
    done, failed = 0, list[str]()
    for door in doors:
        count = parts(doors, inputs)[door.name]
        corpus = FAILURES / "corpus" / door.name
        _seeded(door, corpus)
        result = subprocess.run(  # noqa: S603 - our own module
            [
                *(sys.executable, "-m", "fuzz.guided", door.name),
                *(f"-runs={count}", f"-seed={seed}", *OPTIONS),
                f"-artifact_prefix={FAILURES / door.name}-",
                str(corpus),
            ],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        found = DONE.search(result.stderr)
        done += int(found[1]) if found else 0
        if result.returncode:
            failed.append(door.name)
            say(f"guided {door.name} failed ({result.returncode}):")
            say(result.stderr[-3000:].decode(errors="replace"))
    return done, failed


def _seeded(door: Door, corpus: Path) -> None:
    """Write the recorded inputs, and nothing that an earlier run found."""
    corpus.mkdir(parents=True, exist_ok=True)
    for old in corpus.iterdir():
        old.unlink()
    for number, data in enumerate(door.seeds()):
        (corpus / f"{number}").write_bytes(data)
