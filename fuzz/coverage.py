"""Coverage: the guided part of a run, one process for each entry.

In: entries, a count, a seed. Out: how many inputs ran, and which entries failed.
It does not: reduce an input; libFuzzer's `-minimize_crash=1` does.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fuzz.entry import ROOT, Entry
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
    entries: Sequence[Entry], inputs: int, seed: int, say: Callable[[str], None]
) -> tuple[int, list[str]]:
    """Return how many inputs ran, and the names of the entries that failed."""
    done, failed = 0, list[str]()
    for entry in entries:
        count = parts(entries, inputs)[entry.name]
        corpus = FAILURES / "corpus" / entry.name
        _seeded(entry, corpus)
        result = subprocess.run(  # noqa: S603 - our own module
            [
                *(sys.executable, "-m", "fuzz.guided", entry.name),
                *(f"-runs={count}", f"-seed={seed}", *OPTIONS),
                f"-artifact_prefix={FAILURES / entry.name}-",
                str(corpus),
            ],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        found = DONE.search(result.stderr)
        done += int(found[1]) if found else 0
        if result.returncode:
            failed.append(entry.name)
            say(f"guided {entry.name} failed ({result.returncode}):")
            say(result.stderr[-3000:].decode(errors="replace"))
    return done, failed


def _seeded(entry: Entry, corpus: Path) -> None:
    """Write the recorded inputs, and nothing that an earlier run found."""
    corpus.mkdir(parents=True, exist_ok=True)
    for old in corpus.iterdir():
        old.unlink()
    for number, data in enumerate(entry.seeds()):
        (corpus / f"{number}").write_bytes(data)
