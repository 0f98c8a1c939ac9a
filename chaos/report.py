"""Report: the lines that a run prints.

In: outcomes. Out: lines on standard output; an exit status.
It does not: play a case itself.
"""

import sys
from collections import Counter
from time import perf_counter

from chaos.dice import as_listed
from chaos.run import Bench, Outcome, outcomes
from chaos.shrink import shrunk

KINDS = ("loss", "duplicate", "order", "late", "stuck", "unjudged")
WORDS = {
    "loss": "losses",
    "duplicate": "duplicates",
    "order": "reorderings",
    "late": "late alerts",
    "stuck": "stuck incidents",
    "unjudged": "pushes not judged",
}


def play_one(bench: Bench, name: str, only: str, *, shrink: bool) -> int:
    """Play one case, with its own faults or a list of them."""
    listed = [one.partition("=") for one in only.split(",") if one]
    faults = {int(step): kind for step, _, kind in listed} if listed else None
    found = bench.outcome(name, None if faults is None else as_listed(faults))
    if shrink and found.violations:
        found = shrunk(bench, found)
    for fault in found.faults:
        _say(f"  {fault.step} {fault.kind} at {fault.site}")
    _lines(found)
    return int(bool(found.violations))


def run_all(
    bench: Bench, seed: int, faults: int, *, short: bool, write: bool, seconds: float
) -> int:
    """Play cases until so many faults happened; print what is wrong.

    It ends earlier after so many real seconds.
    """
    began, every = perf_counter(), list[Outcome]()
    for found in outcomes(bench, seed, faults, short=short):
        every.append(found)
        _lines(found)
        if perf_counter() - began > seconds:
            break
    total = summary(every)
    if write:
        from chaos.page import write_page  # noqa: PLC0415 - for this only

        write_page(every, seed, perf_counter() - began, total)
    _say(total)
    return int(any(one.violations for one in every))


def summary(every: list[Outcome]) -> str:
    """Return the last line: the count of everything."""
    counts = Counter(v.kind for one in every for v in one.violations)
    faults = sum(len(one.faults) for one in every)
    parts = [f"{counts[kind]} {WORDS[kind]}" for kind in KINDS]
    return f"{faults:,} faults in {len(every)} cases: {', '.join(parts)}"


def command(found: Outcome) -> str:
    """Return the command that plays a case with exactly its faults."""
    only = ",".join(f"{f.step}={f.kind}" for f in found.faults)
    return f"python -m chaos --case {found.name} --only {only}"


def _lines(found: Outcome) -> None:
    for one in found.violations:
        _say(f"{found.name}: {one.kind}: {one.text}")
    if found.violations:
        _say(f"  {command(found)}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
