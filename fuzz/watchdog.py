"""Watchdog: one call of an entry within its time and memory.

In: an entry, an input. Out: how long it took and what went wrong, if anything.
It does not: end a loop in C that never returns to Python; none is known, and the whole
run has a timeout then.
"""

import resource
import signal
import time
import traceback
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fuzz.entry import Entry

SECONDS = 10.0
"""Wall-clock seconds after which an input counts as a hang."""
CPU_SECONDS = 2.0
"""Seconds of the processor for one input: a shard has 60 s for all its targets."""
MEMORY = 256 * 1024**2
"""Bytes that Python may allocate for one input: a quarter of a function's memory."""
HEADROOM = 1024**3
"""Bytes of address space beyond those at the start: more is a MemoryError."""


class HangError(BaseException):
    """An input took too long; no `except Exception` may catch it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one input did: `failure` is None, or a text with a stable first line."""

    seconds: float
    kind: str = ""
    failure: str | None = None
    memory: int = 0


@contextmanager
def limited(headroom: int = HEADROOM) -> Iterator[None]:
    """Limit the address space of this process, and give it back afterwards."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - of the kernel
        pages = int(file.read().split()[0])
    most = pages * resource.getpagesize() + headroom
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def watched(
    entry: Entry, data: bytes, seconds: float = SECONDS, *, measure: bool = False
) -> Outcome:
    """Call an entry with one input; with `measure` Python's allocations are counted."""
    if measure:
        tracemalloc.start()
    before = signal.signal(signal.SIGALRM, _ring)
    began = time.process_time()
    kind, failure = "", None
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            entry.call(data)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except entry.allowed:
        pass
    except HangError as error:
        kind, failure = "hang", _told(error)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        kind, failure = "crash", _told(error)
    finally:
        signal.signal(signal.SIGALRM, before)
    return _judged(time.process_time() - began, kind, failure, measure=measure)


def _judged(spent: float, kind: str, failure: str | None, *, measure: bool) -> Outcome:
    peak = 0
    if measure:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    if failure is None and spent > CPU_SECONDS and not measure:
        kind, failure = "hang", f"slow: more than {CPU_SECONDS:g} s of the processor"
    if failure is None and peak > MEMORY:
        kind, failure = "crash", f"memory: more than {MEMORY} bytes"
    return Outcome(spent, kind, failure, peak)


def _ring(*_: Any) -> None:
    raise HangError("too slow")


def _told(error: BaseException) -> str:
    """Return the error's type and place on the first line, then the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    place = frames[-1]
    for frame in frames:
        if "/parallax" in frame.filename or "/fuzz/" in frame.filename:
            place = frame
    first = (
        f"{type(error).__name__} at {place.filename.rsplit('/', 2)[-1]}:{place.lineno}"
    )
    return first + "\n" + "".join(traceback.format_exception(error))
