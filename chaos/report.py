"""Report: the lines that a run prints.

In: outcomes. Out: lines on standard output; an exit status.
It does not: play a case itself.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from time import perf_counter

from chaos.dice import as_listed
from chaos.lanes import Given, outcomes
from chaos.observer import KINDS
from chaos.run import SINGLE, Bench, Outcome
from chaos.shrink import shrunk

WORDS = {
    "loss": "losses",
    "duplicate": "duplicates",
    "order": "reorderings",
    "late": "late alerts",
    "stuck": "stuck incidents",
    "unjudged": "pushes not judged",
    "act": "pages wrong",
    "stale": "pages not current",
}
FEW = 40
TOO_FEW = 2
"""The exit status if the time ended before there were enough faults."""


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


def run_all(given: Given, *, write: bool, seconds: float) -> int:
    """Play cases until so many faults happened; print what is wrong.

    It ends earlier after so many real seconds: that is a failure too.
    """
    began, every = perf_counter(), list[Outcome]()
    wanted = given[1]
    for found in outcomes(given, seconds):
        every.append(found)
        _lines(found)
        _say(_progress(every, wanted, perf_counter() - began))
    every.sort(key=lambda one: int(one.name.rpartition(":")[2]))
    total = summary(every, wanted)
    if write:
        from chaos.page import write_page  # noqa: PLC0415 - for this only

        write_page(every, given[0], perf_counter() - began, total)
    _say(total)
    if any(one.violations for one in every):
        return 1
    return 0 if _faults(every) >= wanted else TOO_FEW


def summary(every: Sequence[Outcome], wanted: int) -> str:
    """Return the last line: the count of everything."""
    counts = Counter(v.kind for one in every for v in one.violations)
    faults = _faults(every)
    parts = [f"{counts[kind]} {WORDS[kind]}" for kind in KINDS]
    text = f"{faults:,} faults in {len(every)} cases: {', '.join(parts)}"
    return (
        text if faults >= wanted else f"stopped after {faults:,} of {wanted:,}: {text}"
    )


def _faults(every: Sequence[Outcome]) -> int:
    return sum(len(one.faults) for one in every)


def _progress(every: Sequence[Outcome], wanted: int, seconds: float) -> str:
    violations = sum(len(one.violations) for one in every)
    return (
        f"{_faults(every):,} of {wanted:,} faults, {violations} violations, "
        f"{seconds:.0f} s; last case {every[-1].name}, {every[-1].seconds:.0f} s"
    )


def command(found: Outcome) -> str:
    """Return the command that plays a case with exactly its faults.

    The name of a case has its faults, unless earlier cases decided them too.
    """
    text = f"python -m chaos --case {found.name}"
    if len(found.faults) > FEW and not found.name.startswith(SINGLE):
        return text
    only = ",".join(f"{f.step}={f.kind}" for f in found.faults)
    return f"{text} --only {only}"


def _lines(found: Outcome) -> None:
    for one in found.violations:
        _say(f"{found.name}: {one.kind}: {one.text}")
    if found.violations:
        _say(f"  {command(found)}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
