"""Count: the probes of one target in a part of a day, as seconds.

In: probes, how long a probe counts, a time range, the windows of maintenance and those
in which the probe itself could reach nothing. Out: a tally.
It does not: read the clock, or anything else. It is pure.

A probe counts until the next one, but no longer than its target's interval and a half.
After that there is no data, which is neither up nor down.
"""

from bisect import bisect_left
from collections.abc import Sequence

from parallax.uptime.chapter import Probes
from parallax.uptime.tally import Tally

SHORTEST = 90
"""Seconds that a probe counts at least: rounds do not start to the second."""

type Range = tuple[int, int]
"""A begin and an end in seconds of Unix time; the end is not part of it."""


def longest(interval: float) -> int:
    """Return how many seconds a probe counts without a next one."""
    return max(SHORTEST, int(interval * 1.5))


def count(
    probes: Probes,
    interval: float,
    within: Range,
    maintenance: Sequence[Range] = (),
    blind: Sequence[Range] = (),
) -> Tally:
    """Return what the probes show of a time range.

    A failing probe in a blind range shows nothing of the target.
    """
    since, until = within
    limit = longest(interval)
    times = sorted(probes)
    # The last probe before the range may count for its beginning.
    start = max(0, bisect_left(times, since) - 1)
    times = times[start : bisect_left(times, until)]
    known = outage = failed = sent = known_apart = outage_apart = 0
    for time, following in zip(times, [*times[1:], until], strict=False):
        healthy = probes[time]
        if not healthy and _covers(blind, time):
            continue
        begin, end = max(time, since), min(following, time + limit, until)
        seconds = max(0, end - begin)
        apart = sum(_overlap(begin, end, window) for window in maintenance)
        apart = min(apart, seconds)
        known += seconds - apart
        known_apart += apart
        if not healthy:
            outage += seconds - apart
            outage_apart += apart
        if since <= time and not _covers(maintenance, time):
            sent += 1
            failed += not healthy
    return Tally(known, outage, failed, sent, known_apart, outage_apart)


def joined(ranges: Sequence[Range]) -> list[Range]:
    """Return ranges that do not overlap, in order, and cover the same time."""
    found: list[Range] = []
    for begin, end in sorted(ranges):
        if begin >= end:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found


def _covers(ranges: Sequence[Range], time: int) -> bool:
    return any(begin <= time < end for begin, end in ranges)


def _overlap(begin: int, end: int, other: Range) -> int:
    return max(0, min(end, other[1]) - max(begin, other[0]))
