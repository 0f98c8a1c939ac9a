"""Shrink: the shortest list of faults with which a case is still wrong.

In: an outcome with violations. Out: the outcome of the same case with few faults.
It does not: find the fewest of all; it leaves out halves, then smaller parts.
Source: Zeller, "Simplifying and Isolating Failure-Inducing Input" (ddmin).
"""

from chaos.dice import Fault, as_listed
from chaos.run import Bench, Outcome

MOST = 120
"""Cases that one search plays."""


def shrunk(bench: Bench, found: Outcome) -> Outcome:
    """Return the case with fewer faults and a violation of the same kinds."""
    kinds = {one.kind for one in found.violations}
    best, parts, played = found, 2, 0
    while len(best.faults) > 1 and parts <= len(best.faults) and played < MOST:
        for rest in _without(best.faults, parts):
            played += 1
            listed = as_listed({f.step: f.kind for f in rest})
            tried = bench.outcome(found.name, listed)
            if kinds & {one.kind for one in tried.violations}:
                best, parts = tried, max(2, parts - 1)
                break
        else:
            if parts == len(best.faults):
                break
            parts = min(len(best.faults), parts * 2)
    return best


def _without(faults: tuple[Fault, ...], parts: int) -> list[list[Fault]]:
    """Return the list without each of its parts."""
    size = -(-len(faults) // parts)
    starts = range(0, len(faults), size)
    return [[*faults[:at], *faults[at + size :]] for at in starts]
