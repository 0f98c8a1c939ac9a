"""Tally: what was observed of a target on one day.

In and out: values. It does not: count; `parallax.uptime.count` does.
"""

from dataclasses import astuple, dataclass

DAY = 86_400
"""Seconds of a UTC day."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Seconds of a day, without those in maintenance, which are apart.

    `known` seconds were observed, `outage` of them without service. `failed` probes
    failed of `probes`; a past day without a failure does not keep its `probes`, so
    that equal days take no space.
    """

    known: int = 0
    outage: int = 0
    failed: int = 0
    probes: int = 0
    known_in_maintenance: int = 0
    outage_in_maintenance: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Return the sum of two tallies."""
        both = zip(astuple(self), astuple(other), strict=True)
        return Tally(*(one + two for one, two in both))

    @property
    def observed(self) -> int:
        """Return the seconds with data, in maintenance or not."""
        return self.known + self.known_in_maintenance


NOTHING = Tally()


def total(tallies: "list[Tally]") -> Tally:
    """Return the sum of some tallies."""
    rows = [astuple(one) for one in tallies]
    return Tally(*map(sum, zip(*rows, strict=True))) if rows else NOTHING
