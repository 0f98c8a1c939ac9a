"""Join: the groups after a failure found its group, or another one.

In: the groups, a new version of an incident. Out: the groups as they stand now, and
what people learn.
It does not: keep a member from its own alarm: one that fits no open group opens one.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from parallax.groups.due import Due, grown, is_muted_itself, is_patient, tell
from parallax.groups.match import proven_fault, same_fault, unproven_fault
from parallax.groups.members import group_of, with_group, with_member, without_member
from parallax.model.finding import Incident, NotificationReason
from parallax.model.group import Group, Groups, Member
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.place import Place, PlaceKind
from parallax.story.rules import Rules

type Taken = tuple[Groups, tuple[Due, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A new version of an incident, as a member, and when it is taken."""

    incident: Incident
    member: Member
    now: datetime
    rules: Rules


def join(board: Groups, change: Change, joined_from: str | None = None) -> Taken:
    """Return the groups with a member in the group of its fault.

    The first member opens the group, which people learn. A further one is learned only
    if it brings the group's cause, or if the number of targets grows a lot.
    """
    member = change.member
    group = same_fault(board, member) or proven_fault(board, member)
    if group is None and (unproven := unproven_fault(board, member)):
        return _rename(board, unproven, change)
    if group is None:
        board, opened = _opened(board, change)
        opened, due = tell(board, opened, NotificationReason.FIRING, change.now)
        due = tuple(replace(one, joined_from=joined_from) for one in due)
        return with_group(board, opened), due
    joined = with_member(group, member)
    board = with_group(board, joined)
    joined, due = _learned(board, group, joined, change)
    return with_group(board, joined), due


def _learned(
    board: Groups, before: Group, joined: Group, change: Change
) -> tuple[Group, tuple[Due, ...]]:
    """Return the group after a member joined, and what people learn of that.

    A subscription that filters on severity or labels may not have got the last mail.
    """
    if not joined.number:  # it was muted until this member joined
        return tell(board, joined, NotificationReason.FIRING, change.now)
    if joined.severity is not before.severity:
        return tell(board, joined, NotificationReason.GROWN, change.now)
    joined, due = grown(board, joined, change.now, change.rules)
    if not due and joined.labels != before.labels:
        joined = replace(joined, held_back=True)
    return joined, due


def _opened(board: Groups, change: Change) -> tuple[Groups, Group]:
    """Return a new group.

    Its id follows from its first incident, a count and the time: after a loss of all
    groups the count begins again, and an id that was mailed must not be used twice.
    """
    member = change.member
    board = replace(board, opened=board.opened + 1)
    name = f"{member.incident}:{board.opened}:{change.now.isoformat()}"
    group = Group(
        id=str(uuid5(NAMESPACE_URL, f"parallax:group:{name}")),
        cause=member.cause,
        place=_place(member),
        since=member.since,
        members=(member,),
        severity=member.severity,
        labels=member.labels,
    )
    return board, group


def _place(member: Member) -> Place:
    return member.place or Place(kind=PlaceKind.TARGET, name=member.target)


def move(board: Groups, group: Group, change: Change) -> Taken:
    """Return the groups after a member's cause became another one.

    If a group has that cause at that place, the member moves there. Otherwise the
    whole group gets the new cause, if each of its targets uses the place; or the
    member leaves it and opens a group of its own. It does so too if somebody muted
    the group, which had another cause then.
    """
    member = change.member
    others = tuple(m for m in group.members if m.target != member.target)
    shared = all(_place(member) in m.places for m in others)
    known = group.cause != NOT_ESTABLISHED and is_muted_itself(
        group, board.mutes, change.now
    )
    if shared and not known and same_fault(board, member) is None:
        return _rename(board, group, change)
    left = without_member(group, member.target, moved=True)
    board, due = join(with_group(board, left), change, group.id)
    if left.members:
        return board, due
    into = group_of(board, member.target)
    turn = NotificationReason.MERGED
    _, ended = tell(board, left, turn, change.now, member.target)
    merged = into.id if into else None
    return board, (*(replace(one, merged_into=merged) for one in ended), *due)


def _rename(board: Groups, group: Group, change: Change) -> Taken:
    """Return the groups after a group got the cause and place of this member.

    The first cause is learned at once. A revised one waits, if the last mail is new.
    """
    member = change.member
    renamed = replace(group, cause=member.cause, place=_place(member))
    renamed = with_member(renamed, member)
    board = with_group(board, renamed)
    found = group.mailed_cause == NOT_ESTABLISHED
    if not found and not is_patient(group, change.now, change.rules):
        return with_group(board, replace(renamed, held_back=True)), ()
    turn = (
        NotificationReason.CAUSE_CHANGED if group.number else NotificationReason.FIRING
    )
    renamed, due = tell(board, renamed, turn, change.now, member.target)
    return with_group(board, renamed), due
