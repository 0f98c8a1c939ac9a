"""Public: what the public sees of a target.

In: the states and days of all targets. Out: those with `public:`, in the order of the
targets file, in public words.
It does not: contain a target's name, cause, label or place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parallax.model.judgement import Difference
from parallax.model.plain import plain_line
from parallax.model.target import Target
from parallax.overview.state import Status, TargetState
from parallax.uptime.history import Days
from parallax.uptime.objective import SHOWN_DAYS, window, with_outage
from parallax.uptime.tally import DAY, Tally


class Service(StrEnum):
    """The state of a service in public words."""

    OPERATIONAL = "operational"
    NOT_AVAILABLE = "not available"
    RECOVERING = "recovering"
    CHECKING = "being checked"
    """A request failed, and it is not confirmed that the service fails."""
    MAINTENANCE = "maintenance"
    NO_DATA = "unknown"
    """No recent probe."""


SERVICES = {
    Status.UP: Service.OPERATIONAL,
    Status.INSIDE: Service.OPERATIONAL,
    Status.FAILING: Service.NOT_AVAILABLE,
    Status.RECOVERING: Service.RECOVERING,
    Status.UNCONFIRMED: Service.CHECKING,
    Status.MAINTENANCE: Service.MAINTENANCE,
    Status.NO_DATA: Service.NO_DATA,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTarget:
    """One service of the page; `tallies` are its last 90 days, as they were counted.

    `shown` are these with an outage that is open, as the page shows them.
    """

    title: str
    group: str | None
    url: str | None
    service: Service
    tallies: tuple[Tally, ...]
    shown: tuple[Tally, ...]
    state: TargetState

    @property
    def key(self) -> str:
        """What identifies the service from run to run, in public words."""
        return f"{self.group} / {self.title}" if self.group else self.title


def _service(state: TargetState) -> Service:
    """Return the public state; who is outside does not see a failure inside."""
    inside = state.member and state.member.difference is Difference.INTERNAL_ONLY
    if inside and state.status is Status.RECOVERING:
        return Service.OPERATIONAL
    return SERVICES[state.status]


def _with_open(
    state: TargetState, days: Mapping[str, Days], now: datetime, until: int | None
) -> Days:
    counted = days.get(state.target.name, {})
    return with_outage(counted, state.uncounted(until, now))


def public_targets(
    targets: Sequence[Target],
    states: Sequence[TargetState],
    days: Mapping[str, Days],
    now: datetime,
    until: int | None = None,
) -> list[PublicTarget]:
    """Return the targets that the page shows, in their order.

    `until` is the Unix time up to which the days are counted; an open outage is added.
    """
    today = int(now.timestamp()) // DAY
    known = {one.target.name: one for one in states}
    return [
        PublicTarget(
            title=plain_line(target.public.title.strip()),
            group=plain_line(target.public.group.strip())
            if target.public.group
            else None,
            url=target.url if target.public.url else None,
            service=_service(known[target.name]),
            tallies=window(days.get(target.name, {}), today, SHOWN_DAYS),
            shown=window(
                _with_open(known[target.name], days, now, until), today, SHOWN_DAYS
            ),
            state=known[target.name],
        )
        for target in targets
        if target.public is not None
    ]
