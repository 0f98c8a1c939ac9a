"""Minimize: a shorter input that fails in the same way.

In: an entry, a failing input, its failure. Out: a shorter one, or the same.
It does not: try more often than `TRIES`.
"""

from fuzz.entry import Entry
from fuzz.watchdog import watched

TRIES = 400


def minimized(entry: Entry, data: bytes, failure: str, seconds: float) -> bytes:
    """Cut pieces out as long as the first line of the failure stays the same."""
    wanted = failure.partition("\n")[0]
    tries, size = 0, max(1, len(data) // 2)
    while tries < TRIES and size:
        at, shorter = 0, False
        while at < len(data) and tries < TRIES:
            candidate = data[:at] + data[at + size :]
            tries += 1
            found = watched(entry, candidate, seconds).failure
            if found and found.partition("\n")[0] == wanted:
                data, shorter = candidate, True
            else:
                at += size
        if not shorter:
            size //= 2
    return data
