"""State: how a target is now, from the open incidents and its newest probe.

In: a target, the groups, the newest probe, an instant. Out: a state with its facts.
It does not: judge. Without a recent probe the state is `no data`, never `up`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from parallax.groups.person import mute_of
from parallax.journal.newest_probes import NewestProbe
from parallax.model.group import Group, Groups, Member, Mute
from parallax.model.incident_state import State
from parallax.model.judgement import Constancy, Difference
from parallax.model.target import Maintenance, Target
from parallax.targets.windows import windows_between
from parallax.uptime.count import longest
from parallax.uptime.objective import SHOWN_DAYS
from parallax.uptime.tally import DAY

DELAY = timedelta(minutes=2)
"""A round is stored after its last probe has ended."""


class Status(IntEnum):
    """The state of a target; the most urgent has the lowest number."""

    FAILING = 0
    INSIDE = 1
    """Only requests inside the cluster fail; users are served."""
    UNCONFIRMED = 2
    """It fails, and no alert was due yet."""
    RECOVERING = 3
    NO_DATA = 4
    """Nobody knows whether it works."""
    MAINTENANCE = 5
    UP = 6


WORDS = {
    Status.FAILING: "failing",
    Status.INSIDE: "failing inside only",
    Status.UNCONFIRMED: "failing, not confirmed",
    Status.RECOVERING: "recovering",
    Status.NO_DATA: "no data",
    Status.MAINTENANCE: "in maintenance",
    Status.UP: "up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetState:
    """A target's state now.

    `member` and `group` belong to its open incident. `window`: the maintenance that is
    open. `probed_at`: its newest probe; None: there is none, or it cannot be read.
    """

    target: Target
    status: Status
    group: Group | None = None
    member: Member | None = None
    mute: Mute | None = None
    window: Maintenance | None = None
    probed_at: datetime | None = None

    def uncounted(self, until: int | None, now: datetime) -> dict[int, int]:
        """Return its open outage that no history has yet: seconds by day since 1970.

        `until` is the Unix time up to which uptime is counted; None: nothing is. Of an
        intermittent failure only the probes show the outage, so nothing is added.
        """
        member = self.member
        if self.status is not Status.FAILING or member is None:
            return {}
        if member.constancy is Constancy.INTERMITTENT:
            return {}
        end = int(now.timestamp())
        begin = max(int(member.since.timestamp()), until or 0, end - SHOWN_DAYS * DAY)
        days = range(begin // DAY, end // DAY + 1)
        parts = {d: min(end, (d + 1) * DAY) - max(begin, d * DAY) for d in days}
        return {day: seconds for day, seconds in parts.items() if seconds > 0}


def states(
    targets: Sequence[Target],
    board: Groups,
    newest: Mapping[str, NewestProbe],
    now: datetime,
) -> list[TargetState]:
    """Return the state of each target: the most urgent first, then by name."""
    members = {m.target: (g, m) for g in board.groups for m in g.members}
    pending = {m.target: m for m in board.pending}
    muted = {m.subject: m for m in board.mutes if m.at <= now < m.until}
    group_mutes = {g.id: mute_of(board, g, now) for g in board.groups}
    found: list[TargetState] = []
    for target in targets:
        group, member = members.get(target.name, (None, None))
        member = member or pending.get(target.name)
        probe = newest.get(target.name)
        window = _window(target, now)
        mute = group_mutes[group.id] if group else None
        found.append(
            TargetState(
                target=target,
                status=_status(target, member, probe, window, now),
                group=group,
                member=member,
                mute=mute or muted.get(target.name),
                window=window,
                probed_at=probe.at if probe else None,
            )
        )
    return sorted(found, key=lambda one: (one.status, one.target.name))


def _status(
    target: Target,
    member: Member | None,
    probe: NewestProbe | None,
    window: Maintenance | None,
    now: datetime,
) -> Status:
    if member is not None and member.state is not State.RESOLVED:
        if window is not None:
            return Status.MAINTENANCE
        return _of_incident(member)
    lasts = timedelta(seconds=longest(target.interval)) + DELAY
    if window is not None:
        return Status.MAINTENANCE
    # A clock that is ahead makes no probe newer than it is.
    if probe is None or abs(now - probe.at) > lasts:
        return Status.NO_DATA
    return Status.UP if probe.healthy else Status.UNCONFIRMED


def _of_incident(member: Member) -> Status:
    if member.state is State.RECOVERING:
        return Status.RECOVERING
    if member.state is State.PENDING:
        return Status.UNCONFIRMED
    inside = member.difference is Difference.INTERNAL_ONLY
    return Status.INSIDE if inside else Status.FAILING


def _window(target: Target, now: datetime) -> Maintenance | None:
    if not target.maintenance and not target.recurring:
        return None
    found = windows_between(target, now, now + timedelta(seconds=1))
    return max(found, key=lambda window: window.ends_at, default=None)
