"""Take: the groups after a new version of an incident.

In: the groups, an incident, an instant, the rules. Out: the groups as they stand now,
and what people learn. It is pure, and every version may come twice, late, or never:
it follows from the incident's state alone, and a version that is not newer than the
last one changes nothing.
It does not: find the group of a member; `parallax.groups.join` does.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from parallax.groups.due import Due, is_patient, lead_of, tell, up_to_date
from parallax.groups.join import Change, Taken, join, move
from parallax.groups.members import (
    group_of,
    is_known,
    is_remembered,
    member_of,
    remember,
    with_group,
    with_member,
    with_pending,
    without_member,
    without_pending,
)
from parallax.model.finding import Incident, NotificationReason
from parallax.model.group import Group, Groups, Member
from parallax.model.incident_state import State
from parallax.story.rules import Rules

MOST = 50
"""Alerts of one change, which are stored in one transaction."""


def take(board: Groups, incident: Incident, now: datetime, rules: Rules) -> Taken:
    """Return the groups after this version of an incident, and what is due.

    A version that changes nothing is not remembered: a failing target has one each
    minute, and the item of all groups need not be written for it.
    """
    if is_known(board, incident):
        return board, ()
    after, due = _take(remember(board, incident, now), incident, now, rules)
    same = replace(after, seen=board.seen) == board and is_remembered(board, incident)
    if same and not due:
        return board, ()
    return after, tuple(replace(one, incident=incident) for one in due)


def take_some(
    board: Groups, incidents: Sequence[Incident], now: datetime, rules: Rules
) -> tuple[Groups, tuple[Due, ...], int]:
    """Return the groups after several versions, what is due, and how many were taken.

    It stops before a second alert of one group: the table stores one at a time.
    """
    due: list[Due] = []
    number = 0
    for number, incident in enumerate(incidents):  # noqa: B007 - where it stopped
        after, more = take(board, incident, now, rules)
        groups = {one.group.id for one in due}
        if not groups.isdisjoint(one.group.id for one in more) or len(due) >= MOST:
            break
        board, due = after, [*due, *more]
    else:
        number = len(incidents)
    for place, one in enumerate(due):
        board, due[place] = up_to_date(board, one)
    return board, tuple(due), number


def _take(board: Groups, incident: Incident, now: datetime, rules: Rules) -> Taken:
    member = member_of(incident)
    if member is None:
        return leave(board, incident.subject, now)
    group = group_of(board, incident.subject)
    if incident.mailed_at is None:
        return _wait(board, group, member), ()
    board = without_pending(board, member.target)
    change = Change(incident=incident, member=member, now=now, rules=rules)
    if group is None:
        return join(board, change)
    if _stays(group, member):
        return _stay(board, group, change)
    return move(board, group, change)


def _stays(group: Group, member: Member) -> bool:
    """Say whether a member fits its group: its cause is the group's, or not a new one.

    Of a group that got a new cause, some members still have the old one.
    """
    if member.cause == group.cause:
        return group.place in (member.place, *member.places)
    before = next(m for m in group.members if m.target == member.target)
    known = before.state is not State.PENDING and before.incident == member.incident
    return known and before.cause == member.cause


def leave(board: Groups, subject: str, now: datetime) -> Taken:
    """Return the groups without an incident; its group ends with its last member."""
    board = without_pending(board, subject)
    group = group_of(board, subject)
    if group is None:
        return board, ()
    left = without_member(group, subject)
    if left.members:
        return with_group(board, left), ()
    _, due = tell(board, left, NotificationReason.RESOLVED, now, subject)
    return with_group(board, left), due


def forget(board: Groups, subject: str, now: datetime) -> Taken:
    """Return the groups without an incident whose item somebody deleted.

    Nothing shows that its target recovered, and no mail reports it: if it was the last
    of its group, the end is published as muted. A failure that continues is a new one.
    """
    board = without_pending(board, subject)
    group = group_of(board, subject)
    if group is None:
        return board, ()
    left = replace(
        group, members=tuple(m for m in group.members if m.target != subject)
    )
    if left.members:
        return with_group(board, left), ()
    _, due = tell(board, left, NotificationReason.RESOLVED, now, subject)
    return with_group(board, left), tuple(replace(one, muted=True) for one in due)


def _wait(board: Groups, group: Group | None, member: Member) -> Groups:
    """Return the groups with an incident that is not confirmed yet.

    If the end of its earlier incident was lost, it stays a member: nothing has shown
    that the target recovered.
    """
    if group is not None:
        return with_group(board, with_member(group, member))
    return with_pending(board, member)


def _stay(board: Groups, group: Group, change: Change) -> Taken:
    """Return the groups with a newer version of a member.

    A trend is learned if it is that of the member that stands for all.
    """
    group = with_member(group, change.member)
    if not _is_trend(group, change):
        return with_group(board, group), ()
    group, due = tell(board, group, NotificationReason.TREND_CHANGED, change.now)
    return with_group(board, group), due


def _is_trend(group: Group, change: Change) -> bool:
    """Say whether people learn a trend with this version of a member."""
    incident, member = change.incident, change.member
    finding = incident.finding
    return (
        finding is not None
        and finding.turn is NotificationReason.TREND_CHANGED
        and incident.found_in == incident.version
        and member.state is State.FIRING
        and lead_of(group).target == member.target
        and (len(group.members) == 1 or is_patient(group, change.now, change.rules))
    )
