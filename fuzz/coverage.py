"""Coverage: the guided part of a run; one process instruments, each entry is a fork.

In: entries, a count, a seed. Out: how many inputs ran, and which entries failed.
It does not: reduce an input; libFuzzer's `-minimize_crash=1` does.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fuzz.entry import ROOT, Entry
from fuzz.run import FAILURES

OPTIONS = (
    "-timeout=10",  # seconds of one input
    "-rss_limit_mb=1024",  # a function's memory
    "-verbosity=1",
    "-print_final_stats=1",
)
LONGEST = 65_536
"""Bytes of an input at least; libFuzzer would cut a longer recorded one."""
DONE = re.compile(rb"stat::number_of_executed_units:\s*(\d+)")


def guided(
    entries: Sequence[Entry],
    counts: dict[str, int],
    seed: int,
    say: Callable[[str], None],
    *,
    folder: Path = FAILURES,
) -> tuple[int, list[str]]:
    """Return how many inputs ran, and the names of the entries that failed."""
    plan = [_planned(entry, counts[entry.name], seed, folder) for entry in entries]
    result = subprocess.run(
        [sys.executable, "-m", "fuzz.guided"],
        cwd=ROOT,
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    statuses = dict(line.split() for line in result.stdout.splitlines())
    done, failed = 0, list[str]()
    for name, _, log in plan:
        text = Path(log).read_bytes() if Path(log).exists() else b"it did not start"
        found = DONE.search(text)
        done += int(found[1]) if found else 0
        if statuses.get(name) != "0":
            failed.append(name)
            say(f"guided {name} failed ({statuses.get(name)}):")
            say(text[-3000:].decode(errors="replace"))
    return done, failed


def _planned(
    entry: Entry, count: int, seed: int, folder: Path
) -> tuple[str, list[str], str]:
    """Write the recorded inputs, and return what `fuzz.guided` needs for an entry."""
    corpus = folder / "corpus" / entry.name
    corpus.mkdir(parents=True, exist_ok=True)
    for old in corpus.iterdir():  # nothing that an earlier run found
        old.unlink()
    seeds = entry.seeds()
    for number, data in enumerate(seeds):
        (corpus / f"{number}").write_bytes(data)
    log = folder / "guided" / f"{entry.name}.log"
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    prefix = f"-artifact_prefix={folder / entry.name}-"
    longest = max(LONGEST, 2 * max(map(len, seeds)))
    options = [f"-runs={count}", f"-seed={seed}", f"-max_len={longest}", *OPTIONS]
    options += [prefix, str(corpus)]
    return entry.name, options, str(log)
