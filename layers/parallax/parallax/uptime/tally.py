"""Tally: what was observed of a target on one day.

In and out: values. It does not: count; `parallax.uptime.count` does.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

DAY = 86_400
"""Seconds of a UTC day."""


class Tally(NamedTuple):
    """Seconds of a day, without those in maintenance, which are apart.

    `known` seconds were observed, `outage` of them without service. `failed` probes
    failed of `probes`; a past day without a failure does not keep its `probes`, so
    that equal days take no space. A page reads 45,000 of them, so they are tuples.
    """

    known: int = 0
    outage: int = 0
    failed: int = 0
    probes: int = 0
    known_in_maintenance: int = 0
    outage_in_maintenance: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Return the sum of two tallies."""
        return total((self, other))

    @property
    def observed(self) -> int:
        """Return the seconds with data, in maintenance or not."""
        return self.known + self.known_in_maintenance


NOTHING = Tally()


type Runs = tuple[tuple[Tally, int], ...]
"""Tallies of days in a row: each with the number of days that are equal to it."""


def runs(tallies: Iterable[Tally]) -> Runs:
    """Return equal tallies in a row once, with their number: 90 days have few."""
    return tuple([(one, len([*run])) for one, run in groupby(tallies)])


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of some tallies."""
    return total_of(runs(tallies))


def total_of(found: Runs) -> Tally:
    """Return the sum of the tallies in some runs."""
    sums = [0] * len(NOTHING)
    for one, count in found:
        sums = [summed + count * value for summed, value in zip(sums, one, strict=True)]
    return Tally(*sums)
