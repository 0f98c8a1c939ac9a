"""Person: the groups after a person acknowledged, muted or unmuted something.

In: the groups, who did it, an instant. Out: the groups as they stand now.
It does not: check who may do it (`functions/report` checks a link), stop monitoring, or
end an incident.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from parallax.model.group import Acknowledged, Group, Groups, Mute

LONGEST = timedelta(days=7)
"""The longest mute; for more, the targets file has maintenance windows."""


class UnknownGroupError(ValueError):
    """No open group has this id: it ended, or never existed."""


def group_named(board: Groups, identity: str) -> Group:
    """Return the open group with an id, or with an id that begins so.

    Raises `UnknownGroupError`, also if several begin so.
    """
    found = [g for g in board.groups if g.id.startswith(identity)] if identity else []
    if len(found) != 1:
        what = (
            f"{len(found)} open incidents begin with" if found else "no open incident"
        )
        raise UnknownGroupError(f"{what} {identity!r}")
    return found[0]


def acknowledge(board: Groups, group: Group, by: str, now: datetime) -> Groups:
    """Return the groups with this one acknowledged: reminders stop, changes do not."""
    done = replace(group, acknowledged=Acknowledged(by=by, at=now))
    same = tuple(done if g.id == group.id else g for g in board.groups)
    return replace(board, groups=same)


def mute(board: Groups, new: Mute) -> Groups:
    """Return the groups with a group or a target muted, instead of an earlier mute.

    Raises `ValueError` for a time that is not positive or longer than `LONGEST`.
    """
    if not timedelta(0) < new.until - new.at <= LONGEST:
        raise ValueError("a mute lasts at most 7 days, and longer than no time")
    return replace(board, mutes=(*_others(board, new.subject), new))


def unmute(board: Groups, subject: str) -> Groups:
    """Return the groups without the mute of a group or a target."""
    return replace(board, mutes=_others(board, subject))


def _others(board: Groups, subject: str) -> tuple[Mute, ...]:
    return tuple(m for m in board.mutes if m.subject != subject)
