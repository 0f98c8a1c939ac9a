"""Alert: which targets need full reports, and how often.

In: the open incidents by subject, and the time. Out: names, and seconds between two
reports of each of them.
It does not: know which targets an agent observes; an agent ignores other names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

YOUNG = timedelta(minutes=15)
"""While an incident is younger than this, its evidence has to be fresh."""
YOUNG_SECONDS = 10.0
"""Between two reports of a target with a young incident."""
OLD_SECONDS = 60.0
"""The same later: a long outage must not cost as much as its first minutes."""
LONG = timedelta(hours=2)
"""After that, the target is investigated every twenty minutes."""
LONG_SECONDS = 600.0
"""Between two reports of it then."""
NAMES = 200
"""Most targets in one response, the youngest incidents first."""


class OpenIncident(Protocol):
    """An incident that has not ended."""

    @property
    def since(self) -> datetime:
        """When it began."""
        ...


@dataclass(frozen=True, slots=True)
class Alert:
    """Targets that need full reports, and the seconds between two of them.

    `intervals` has those targets that differ from `interval`, the shortest one.
    """

    targets: tuple[str, ...] = ()
    interval: float | None = None
    intervals: Mapping[str, float] = field(default_factory=dict[str, float])


def alert(incidents: Mapping[str, OpenIncident], now: datetime) -> Alert:
    """Return the reports that are needed while these incidents are open."""
    if not incidents:
        return Alert()
    names = sorted(incidents, key=lambda name: (-_since(incidents, name), name))
    seconds = {name: _seconds(incidents[name], now) for name in names[:NAMES]}
    shortest = min(seconds.values())
    others = {name: each for name, each in seconds.items() if each != shortest}
    return Alert(tuple(seconds), shortest, others)


def push_interval(
    incidents: Mapping[str, OpenIncident], targets: Iterable[str], now: datetime
) -> float | None:
    """Return the seconds until an agent of schema v1 pushes again; None: its setting.

    Such an agent pushes all of its targets at once.
    """
    failing = (incidents[name] for name in targets if name in incidents)
    return YOUNG_SECONDS if any(_is_young(one, now) for one in failing) else None


def _since(incidents: Mapping[str, OpenIncident], name: str) -> float:
    return incidents[name].since.timestamp()


def _seconds(incident: OpenIncident, now: datetime) -> float:
    """Return the seconds between two reports of a target with this incident."""
    if _is_young(incident, now):
        return YOUNG_SECONDS
    return OLD_SECONDS if now - incident.since < LONG else LONG_SECONDS


def _is_young(incident: OpenIncident, now: datetime) -> bool:
    return now - incident.since < YOUNG
