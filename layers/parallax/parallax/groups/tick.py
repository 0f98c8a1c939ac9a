"""Tick: the groups after some time, without a new version of an incident.

In: the groups, the targets in a maintenance window, an instant, the rules. Out: the
groups as they stand now, and what people learn: a reminder, growth, what was held back,
that those with the group's cause recovered and others did not, or that a target
fails which no mail listed.
It does not: end a group.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from parallax.groups.due import (
    Due,
    grown,
    is_muted,
    is_patient,
    names,
    subjects,
    tell,
    untold,
)
from parallax.groups.members import with_group
from parallax.model.finding import NotificationReason
from parallax.model.group import Group, Groups
from parallax.model.incident_state import State
from parallax.story.rules import Rules

MOST = 50
"""Alerts of one call; the rest follows a minute later."""
AHEAD = timedelta(minutes=5)
"""A mail that is later than now by more was dated by a wrong clock."""


def tick(
    board: Groups, resting: Collection[str], now: datetime, rules: Rules
) -> tuple[Groups, tuple[Due, ...]]:
    """Return the groups at an instant, and what is due.

    After a person's mute ends, people learn what still fails.
    """
    board = _after_mutes(board, now)
    found: list[Due] = []
    for group in board.groups:
        if len(found) >= MOST:
            break
        after, due = _wait(board, group, resting, now, rules)
        board = with_group(board, after)
        found += due
    return board, tuple(found)


def _after_mutes(board: Groups, now: datetime) -> Groups:
    """Return the groups without the mutes that ended; what they held back is marked."""
    over = {m.subject for m in board.mutes if m.until <= now}
    if not over:
        return board
    muted = over | {m.subject for m in board.mutes if m.at <= now}
    groups = tuple(
        replace(g, held_back=True) if _was_muted(g, muted, over) else g
        for g in board.groups
    )
    mutes = tuple(m for m in board.mutes if now < m.until)
    return replace(board, groups=groups, mutes=mutes)


def _was_muted(group: Group, muted: set[str], over: set[str]) -> bool:
    targets = subjects(group)
    return group.id in over or (targets <= muted and not targets.isdisjoint(over))


def _wait(
    board: Groups,
    group: Group,
    resting: Collection[str],
    now: datetime,
    rules: Rules,
) -> tuple[Group, tuple[Due, ...]]:
    if group.mailed_at and group.mailed_at > now + AHEAD:
        group = replace(group, mailed_at=now)
    if group.number and group.mailed is None:  # an earlier release did not store it
        group = replace(group, mailed=names(group.members))
    failing = {m.target for m in group.members if m.state is State.FIRING}
    if failing <= {*resting} or is_muted(group, board.mutes, now):
        return group, ()
    restated = _restated(group)
    if restated is not group:
        return tell(board, restated, NotificationReason.CAUSE_CHANGED, now)
    if group.held_back and is_patient(group, now, rules):
        return tell(board, group, _turn(group), now)
    after, due = grown(board, group, now, rules)
    if not due:
        after, due = untold(board, group, resting, now, rules)
    if due or group.acknowledged or not _is_late(group, now, rules):
        return after, due
    return tell(board, group, NotificationReason.REMINDER, now)


def _restated(group: Group) -> Group:
    """Return the group with the cause of who still fails, if nobody shows its own."""
    if any(m.cause == group.cause for m in group.members):
        return group
    lead = next(m for m in group.members if m.state is State.FIRING)
    return replace(group, cause=lead.cause, place=lead.place or group.place)


def _turn(group: Group) -> NotificationReason:
    """Return why people learn now what was held back."""
    if not group.number:
        return NotificationReason.FIRING
    if group.mailed_cause not in (None, group.cause):
        return NotificationReason.CAUSE_CHANGED
    grew = len(group.members) > group.mailed_count
    return NotificationReason.GROWN if grew else NotificationReason.REMINDER


def _is_late(group: Group, now: datetime, rules: Rules) -> bool:
    last = group.mailed_at or group.since
    return now - last >= timedelta(seconds=rules.reminder_seconds)
