"""Tick: the groups after some time, without a new version of an incident.

In: the groups, the targets in a maintenance window, an instant, the rules. Out: the
groups as they stand now, and what people learn: a reminder, growth, or what was held
back by a mute that ended.
It does not: end a group.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from parallax.groups.due import Due, grown, is_muted, rests, tell
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

    After a person's mute of a group ends, people learn that it still fails.
    """
    over = {m.subject for m in board.mutes if m.until <= now}
    board = replace(board, mutes=tuple(m for m in board.mutes if now < m.until))
    found: list[Due] = []
    for group in board.groups:
        if len(found) >= MOST:
            break
        back = replace(group, held_back=True) if group.id in over else group
        after, due = _wait(board, back, resting, now, rules)
        board = with_group(board, after)
        found += due
    return board, tuple(found)


def _wait(
    board: Groups,
    group: Group,
    resting: Collection[str],
    now: datetime,
    rules: Rules,
) -> tuple[Group, tuple[Due, ...]]:
    if group.mailed_at and group.mailed_at > now + AHEAD:
        group = replace(group, mailed_at=now)
    fails = any(m.state is State.FIRING for m in group.members)
    if not fails or rests(group, resting) or is_muted(group, board.mutes, now):
        return group, ()
    if group.held_back:
        first = group.number == 0
        turn = NotificationReason.FIRING if first else NotificationReason.REMINDER
        return tell(board, group, turn, now)
    after, due = grown(board, group, now, rules)
    if due or group.acknowledged or not _is_late(group, now, rules):
        return after, due
    return tell(board, group, NotificationReason.REMINDER, now)


def _is_late(group: Group, now: datetime, rules: Rules) -> bool:
    last = group.mailed_at or group.since
    return now - last >= timedelta(seconds=rules.reminder_seconds)
