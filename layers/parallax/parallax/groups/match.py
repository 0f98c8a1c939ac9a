"""Match: the open group that a failure belongs to.

In: the groups, a member that is in none of them. Out: a group, or None.
It does not: change a group.

The same cause at the same object is one fault, whenever it began. Without a cause, or
with one that concerns each host by itself, only a beginning at the same time shows that
two failures are one fault. Otherwise the second one would alarm nobody.
"""

from collections.abc import Iterable
from datetime import timedelta

from parallax.model.group import Group, Groups, Member
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.story.places import is_of_one_host

TOGETHER = timedelta(minutes=10)
"""Failures whose beginnings are closer may be one fault. One fault reaches targets that
are probed every five minutes within that time."""


def same_fault(board: Groups, member: Member) -> Group | None:
    """Return the group that has the member's cause at the same place."""
    key = member.cause, member.place
    same = (g for g in board.groups if (g.cause, g.place) == key)
    if member.cause != NOT_ESTABLISHED and not is_of_one_host(member.cause):
        return next(same, None)
    return _together(same, member)


def proven_fault(board: Groups, member: Member) -> Group | None:
    """Return the group that explains a failure without a cause.

    The group's object is on the target's path, and both began together. Evidence is
    not complete for all targets at the same moment.
    """
    if member.cause != NOT_ESTABLISHED:
        return None
    proven = (g for g in board.groups if g.cause != NOT_ESTABLISHED)
    return _together((g for g in proven if g.place in member.places), member)


def unproven_fault(board: Groups, member: Member) -> Group | None:
    """Return the group without a cause that a member's cause explains.

    Its object is on the path of each target of the group, and both began together.
    """
    if member.cause == NOT_ESTABLISHED:
        return None
    unproven = (g for g in board.groups if g.cause == NOT_ESTABLISHED)
    behind = (g for g in unproven if all(member.place in m.places for m in g.members))
    return _together(behind, member)


def began_together(group: Group, member: Member) -> bool:
    """Say whether a member began to fail when the group did."""
    return abs(member.since - group.since) <= TOGETHER


def _together(groups: Iterable[Group], member: Member) -> Group | None:
    return next((g for g in groups if began_together(g, member)), None)
