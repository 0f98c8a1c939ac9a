"""Take: the groups after a new version of an incident.

In: the groups, an incident, an instant, the rules. Out: the groups as they stand now,
and what people learn. It is pure, and every version may come twice, late, or never:
it follows from the incident's state alone, and a version that is not newer than the
last one changes nothing.
It does not: keep a member from its own alarm: one that fits no open group opens one.
"""

from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A new version of an incident, as a member, and when it is taken."""

    incident: Incident
    member: Member
    now: datetime
    rules: Rules


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
    change = _Change(incident=incident, member=member, now=now, rules=rules)
    if group is None:
        return _join(board, change)
    if member.cause == group.cause:
        return _stay(board, group, change)
    return _move(board, group, change)


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


def _wait(board: Groups, group: Group | None, member: Member) -> Groups:
    """Return the groups with an incident that is not confirmed yet.

    If the end of its earlier incident was lost, it stays a member: nothing has shown
    that the target recovered.
    """
    if group is not None:
        return with_group(board, with_member(group, member))
    return with_pending(board, member)


def _join(board: Groups, change: _Change, joined_from: str | None = None) -> Taken:
    """Return the groups with a member in the group of its cause and place.

    The first member opens the group, which people learn. A further one is learned only
    if the number of targets grows a lot.
    """
    member, place = change.member, place_of(change.incident)
    group = _group_at(board, member.cause, place)
    if group is None:
        board, opened = _opened(board, member, place)
        opened, due = tell(board, opened, NotificationReason.FIRING, change.now)
        due = tuple(replace(one, joined_from=joined_from) for one in due)
        return with_group(board, opened), due
    joined = with_member(group, member)
    board = with_group(board, joined)
    if joined.number:
        joined, due = grown(board, joined, change.now, change.rules)
    else:  # it was muted until this member joined
        joined, due = tell(board, joined, NotificationReason.FIRING, change.now)
    return with_group(board, joined), due


def _group_at(board: Groups, cause: str, place: Place) -> Group | None:
    """Return the open group of a cause at a place."""
    same = (g for g in board.groups if (g.cause, g.place) == (cause, place))
    return next(same, None)


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


def _stay(board: Groups, group: Group, change: _Change) -> Taken:
    """Return the groups with a newer version of a member.

    A trend is learned if it is that of the member that stands for all.
    """
    group = with_member(group, change.member)
    if not _is_trend(group, change):
        return with_group(board, group), ()
    group, due = tell(board, group, NotificationReason.TREND_CHANGED, change.now)
    return with_group(board, group), due


def _is_trend(group: Group, change: _Change) -> bool:
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


def _move(board: Groups, group: Group, change: _Change) -> Taken:
    """Return the groups after a member's cause became another one.

    If a group has that cause at that place, the member moves there. Otherwise the
    whole group gets the new cause, if each of its targets uses the place; or the
    member leaves it and opens a group of its own.
    """
    member, place = change.member, place_of(change.incident)
    others = tuple(m for m in group.members if m.target != member.target)
    same = _group_at(board, member.cause, place)
    if same is None and all(place in m.places for m in others):
        renamed = replace(group, cause=member.cause, place=place)
        renamed = with_member(renamed, member)
        board = with_group(board, renamed)
        turn = NotificationReason.CAUSE_CHANGED
        renamed, due = tell(board, renamed, turn, change.now, member.target)
        return with_group(board, renamed), due
    left = without_member(group, member.target, moved=True)
    board, due = _join(with_group(board, left), change, group.id)
    if left.members:
        return board, due
    into = group_of(board, member.target)
    turn = NotificationReason.MERGED
    _, ended = tell(board, left, turn, change.now, member.target)
    merged = into.id if into else None
    return board, (*(replace(one, merged_into=merged) for one in ended), *due)
