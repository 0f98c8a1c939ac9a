"""Due: whether people learn a change of a group now, and what they know of it.

In: a group, the muted subjects, an instant, the rules. Out: the group as it stands
now, and what is due.
It does not: write an alert; `parallax.groups.alert` does.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from parallax.groups.match import began_together
from parallax.groups.members import for_all, with_group
from parallax.model.finding import ENDS, Incident, NotificationReason
from parallax.model.group import Group, Groups, Member, Mute
from parallax.model.incident_state import State
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.story.rules import Rules

GROWTH, AT_LEAST = 2, 3
"""The number of targets grows a lot if it doubles, and by three at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What people learn about a group. `lead` is the subject whose finding shows it."""

    group: Group
    turn: NotificationReason
    at: datetime
    lead: str
    was: int = 0
    """How many targets the last mail counted; 0: there was none."""
    muted: bool = False
    merged_into: str | None = None
    joined_from: str | None = None
    incident: Incident | None = None
    """The version of an incident that made it due; None: time or a person did."""


def tell(
    board: Groups,
    group: Group,
    turn: NotificationReason,
    now: datetime,
    lead: str | None = None,
) -> tuple[Group, tuple[Due, ...]]:
    """Return the group after a change, and the change if it is due now.

    A muted group remembers that a mail was held back. Its end is due nevertheless,
    marked as muted, for systems that keep an open alert. Nobody learns the end of what
    nobody learned.
    """
    muted = is_muted(group, board.mutes, now)
    if turn in ENDS and not group.number:
        return group, ()
    if muted and turn not in ENDS:
        return replace(group, held_back=True), ()
    revised = turn in {NotificationReason.CAUSE_CHANGED, NotificationReason.GROWN}
    failing = failing_at(board, group)
    after = replace(
        for_all(group, failing),
        number=group.number + 1,
        mailed_at=now,
        mailed_count=len(failing),
        mailed_cause=group.cause,
        mailed=names(failing),
        changes=group.changes + revised,
        held_back=False,
    )
    due = Due(
        group=after,
        turn=turn,
        at=now,
        lead=lead or lead_of(group).target,
        was=group.mailed_count,
        muted=muted,
    )
    return after, (due,)


def grown(
    board: Groups, group: Group, now: datetime, rules: Rules
) -> tuple[Group, tuple[Due, ...]]:
    """Return the group, and that it has grown a lot, if people shall learn that now.

    Only confirmed failures count: a deploy and a maintenance window alarm nobody.
    """
    count = len(group.members)
    a_lot = count >= max(GROWTH * group.mailed_count, group.mailed_count + AT_LEAST)
    if not a_lot or not is_patient(group, now, rules):
        return group, ()
    return tell(board, group, NotificationReason.GROWN, now)


def untold(
    board: Groups, group: Group, resting: Collection[str], now: datetime, rules: Rules
) -> tuple[Group, tuple[Due, ...]]:
    """Return the group, and a target that no mail listed, if people shall learn it.

    A target joins without a mail while one fails that a mail listed. If none does, or
    if somebody acknowledged the failure of others, nobody knows of it. The first is an
    alarm of its own, so it waits for the shortest time only.
    """
    listed = {*(group.mailed or ())}
    failing = {m.target for m in group.members if m.state is State.FIRING}
    new = failing - listed - {*resting}
    handed_over = failing.isdisjoint(listed) and is_patient(
        replace(group, changes=0), now, rules
    )
    ignored = group.acknowledged and is_patient(group, now, rules)
    if not new or not (handed_over or ignored):
        return group, ()
    changed = group.mailed_cause not in (None, group.cause)
    turn = NotificationReason.CAUSE_CHANGED if changed else NotificationReason.GROWN
    shows = (m.target for m in group.members if m.cause == group.cause)
    return tell(board, group, turn, now, next((t for t in shows if t in new), None))


def names(members: Iterable[Member]) -> tuple[str, ...]:
    """Return the targets of these members, in the order of the alphabet."""
    return tuple(sorted({m.target for m in members}))


def up_to_date(board: Groups, due: Due) -> tuple[Groups, Due]:
    """Return what is due with its group as it is by now, and counts that as mailed.

    Several versions were taken since, and one mail shows all of them.
    """
    group = next((g for g in board.groups if g.id == due.group.id), None)
    if group is None or group == due.group:
        return board, due
    failing = failing_at(board, group)
    counted = replace(
        for_all(group, failing), mailed_count=len(failing), mailed=names(failing)
    )
    return with_group(board, counted), replace(due, group=counted)


def is_patient(group: Group, now: datetime, rules: Rules) -> bool:
    """Say whether the last mail is old enough for the next change.

    The time doubles after each, as for one incident (`story.notification`).
    """
    if group.mailed_at is None:
        return True
    seconds = rules.patience(group.changes)
    return now - group.mailed_at >= timedelta(seconds=seconds)


def is_muted(group: Group, mutes: Iterable[Mute], now: datetime) -> bool:
    """Say whether the group is muted, or each of its targets is.

    After its end, its targets are those that were in it.
    """
    return is_muted_itself(group, mutes, now) or subjects(group) <= _muted(mutes, now)


def is_muted_itself(group: Group, mutes: Iterable[Mute], now: datetime) -> bool:
    """Say whether somebody muted the group by its id, not only its targets."""
    return group.id in _muted(mutes, now)


def _muted(mutes: Iterable[Mute], now: datetime) -> set[str]:
    return {m.subject for m in mutes if m.at <= now < m.until}


def subjects(group: Group) -> set[str]:
    """Return the targets of a group; after its end, those that were in it."""
    present = {m.target for m in group.members}
    return present or {*group.recovered, *group.moved}


def lead_of(group: Group) -> Member:
    """Return the member that stands for all: the first that shows the group's cause."""
    shows = (m for m in group.members if m.cause == group.cause)
    return next(shows, group.members[0])


def failing_at(board: Groups, group: Group) -> tuple[Member, ...]:
    """Return the members, and what else fails at the place without a cause."""
    return group.members + pending_at(board, group)


def pending_at(board: Groups, group: Group) -> tuple[Member, ...]:
    """Return the failures without a cause of targets whose path has the group's place.

    They are not confirmed yet, or they are in a group without a cause that began
    together with this one: such a group's members move here one after the other.
    """
    waiting = list(board.pending)
    if group.cause != NOT_ESTABLISHED:
        unproven = (g for g in board.groups if g.cause == NOT_ESTABLISHED)
        others = (m for g in unproven for m in g.members if g.id != group.id)
        waiting += [m for m in others if began_together(group, m)]
    return tuple(m for m in waiting if group.place in m.places)
