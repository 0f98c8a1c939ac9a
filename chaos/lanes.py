"""Lanes: a run in two processes, each with every second case.

In: a seed, a number of faults, a limit of seconds. Out: outcomes, as they come.
It does not: depend on how fast a process is. Each plays its own cases in their order
until it has its share of the faults, so a seed means the same on every machine.
"""

from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaos.run import Outcome

LANES = 2
type Given = tuple[int, int, bool]
"""The seed, the faults of all lanes, and whether only small cases are played."""


def outcomes(given: Given, seconds: float) -> "Iterator[Outcome]":
    """Yield the outcomes of all lanes; fewer if `seconds` have passed.

    Raises `EOFError` if a process ended before it had its faults.
    """
    until = perf_counter() + seconds
    started = [_start(given, lane) for lane in range(LANES)]
    open_ends = [end for _, end in started]
    try:
        while open_ends and (left := until - perf_counter()) > 0:
            for end in wait(open_ends, timeout=left):
                assert isinstance(end, Connection)  # noqa: S101 - as it was given
                found = end.recv()
                if found is None:
                    open_ends.remove(end)
                else:
                    yield found
    finally:
        for process, end in started:
            process.terminate()
            process.join()
            end.close()


def _start(given: Given, lane: int):  # noqa: ANN202 - a process of this context
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=play, args=(given, lane, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def play(given: Given, lane: int, end: Connection) -> None:
    """Send the outcomes of one lane, then None; it runs in a process of its own."""
    from chaos.clock import ChaosClock  # noqa: PLC0415 - it moves the time

    clock = ChaosClock()
    # After the clock: modules of the functions keep `monotonic` and `sleep`.
    from chaos.run import Bench, outcomes  # noqa: PLC0415

    seed, faults, short = given
    share = -(-faults // LANES)
    with TemporaryDirectory() as folder, closing(Bench(Path(folder), clock)) as bench:
        for found in outcomes(bench, seed, share, short=short, lane=(lane, LANES)):
            end.send(found)
    end.send(None)
