"""Take: the groups after a new version of an incident.

In: the groups, an incident, an instant, the rules. Out: the groups as they stand now,
and what people learn. It is pure, and every version may come twice, late, or never:
it follows from the incident's state alone, and a version that is not newer than the
last one changes nothing.
It does not: keep a member from its own alarm: one that fits no open group opens one.
"""

from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from parallax.groups.due import Due, grown, is_patient, lead_of, tell
from parallax.groups.members import (
    group_of,
    is_known,
    member_of,
    place_of,
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
from parallax.model.place import Place
from parallax.story.rules import Rules

type Taken = tuple[Groups, tuple[Due, ...]]


def take(board: Groups, incident: Incident, now: datetime, rules: Rules) -> Taken:
    """Return the groups after this version of an incident, and what is due."""
    if is_known(board, incident):
        return board, ()
    board = remember(board, incident, now)
    member = member_of(incident)
    if member is None:
        return leave(board, incident.subject, now)
    group = group_of(board, incident.subject)
    if incident.mailed_at is None:
        return _wait(board, group, member), ()
    board = without_pending(board, member.target)
    if group is None:
        return _join(board, member, place_of(incident), now, rules)
    if member.cause == group.cause:
        return _stay(board, group, incident, member, now, rules)
    return _move(board, group, incident, member, now, rules)


def leave(board: Groups, subject: str, now: datetime) -> Taken:
    """Return the groups without an incident; its group ends with its last member."""
    board = without_pending(board, subject)
    group = group_of(board, subject)
    if group is None:
        return board, ()
    left = without_member(group, subject)
    if left.members:
        return with_group(board, left), ()
    _, due = tell(board, left, NotificationReason.RESOLVED, now, lead=subject)
    return with_group(board, left), due


def _wait(board: Groups, group: Group | None, member: Member) -> Groups:
    """Return the groups with an incident that is not confirmed yet.

    If the end of its earlier incident was lost, it stays a member: nothing has shown
    that the target recovered.
    """
    if group is not None:
        return with_group(board, with_member(group, member))
    return with_pending(board, member)


def _join(
    board: Groups,
    member: Member,
    place: Place,
    now: datetime,
    rules: Rules,
    joined_from: str | None = None,
) -> Taken:
    """Return the groups with a member in the group of its cause and place.

    The first member opens the group, which people learn. A further one is learned only
    if the number of targets grows a lot.
    """
    same = (g for g in board.groups if (g.cause, g.place) == (member.cause, place))
    group = next(same, None)
    if group is None:
        board, opened = _opened(board, member, place)
        turn = NotificationReason.FIRING
        opened, due = tell(board, opened, turn, now, joined_from=joined_from)
        return with_group(board, opened), due
    joined = with_member(group, member)
    board = with_group(board, joined)
    joined, due = grown(board, joined, now, rules)
    return with_group(board, joined), due


def _opened(board: Groups, member: Member, place: Place) -> tuple[Groups, Group]:
    """Return a new group; its id follows from its first incident and a count."""
    board = replace(board, opened=board.opened + 1)
    name = f"parallax:group:{member.incident}:{board.opened}"
    group = Group(
        id=str(uuid5(NAMESPACE_URL, name)),
        cause=member.cause,
        place=place,
        since=member.since,
        members=(member,),
        severity=member.severity,
        labels=member.labels,
    )
    return board, group


def _stay(
    board: Groups,
    group: Group,
    incident: Incident,
    member: Member,
    now: datetime,
    rules: Rules,
) -> Taken:
    """Return the groups with a newer version of a member.

    A trend is learned if it is that of the member that stands for all.
    """
    group = with_member(group, member)
    finding = incident.finding
    trend = (
        finding is not None
        and finding.turn is NotificationReason.TREND_CHANGED
        and incident.found_in == incident.version
        and lead_of(group).target == member.target
        and (len(group.members) == 1 or is_patient(group, now, rules))
    )
    if not trend or member.state is not State.FIRING:
        return with_group(board, group), ()
    group, due = tell(board, group, NotificationReason.TREND_CHANGED, now)
    return with_group(board, group), due


def _move(
    board: Groups,
    group: Group,
    incident: Incident,
    member: Member,
    now: datetime,
    rules: Rules,
) -> Taken:
    """Return the groups after a member's cause became another one.

    If a group has that cause at that place, the member moves there. Otherwise the
    whole group gets the new cause, if each of its targets uses the place; or the
    member leaves it and opens a group of its own.
    """
    place = place_of(incident)
    others = tuple(m for m in group.members if m.target != member.target)
    same = any((g.cause, g.place) == (member.cause, place) for g in board.groups)
    if not same and all(place in m.places for m in others):
        renamed = replace(group, cause=member.cause, place=place)
        renamed = with_member(renamed, member)
        board = with_group(board, renamed)
        turn = NotificationReason.CAUSE_CHANGED
        renamed, due = tell(board, renamed, turn, now, lead=member.target)
        return with_group(board, renamed), due
    left = without_member(group, member.target, moved=True)
    board = with_group(board, left)
    board, due = _join(board, member, place, now, rules, joined_from=group.id)
    if left.members:
        return board, due
    into = group_of(board, member.target)
    _, ended = tell(
        board,
        left,
        NotificationReason.MERGED,
        now,
        lead=member.target,
        merged_into=into.id if into else None,
    )
    return board, (*ended, *due)
