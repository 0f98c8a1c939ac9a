"""Person: the groups after a person acknowledged, muted or unmuted something.

In: the groups, who did it, an instant. Out: the groups as they stand now; which group
or target a name means; the mute that holds a group's mails back.
It does not: check who may do it (`parallax.report` checks a link), stop monitoring, or
end an incident.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from parallax.groups.due import failing_at, is_muted, names
from parallax.groups.members import group_of
from parallax.model.group import Acknowledged, Group, Groups, Mute
from parallax.model.plain import REPLACEMENT, plain_line

LONGEST = timedelta(days=7)
"""The longest mute; for more, the targets file has maintenance windows."""
NAME_CHARACTERS, REASON_CHARACTERS = 60, 200
UNNAMED = "somebody without a name"
"""Who acknowledged or muted, if that person gave no name."""


class UnknownGroupError(ValueError):
    """No open group has this id: it ended, or never existed."""


def group_named(board: Groups, identity: str) -> Group:
    """Return the open group with an id, or with an id that begins so.

    Raises `UnknownGroupError`, also if several begin so.
    """
    found = [g for g in board.groups if g.id.startswith(identity)] if identity else []
    if len(found) > 1:
        text = f"{identity!r}: the ids of {len(found)} open incidents begin so"
        raise UnknownGroupError(text)
    if not found:
        raise UnknownGroupError(f"{identity!r}: no open incident has this id or target")
    return found[0]


def any_group_named(board: Groups, name: str) -> Group:
    """Return the open group of a target, or the one that `group_named` returns."""
    return group_of(board, name) or group_named(board, name)


def subject_named(board: Groups, name: str) -> str:
    """Return what a name means: the id of an open group, or a target.

    A target must fail now, or be muted. Raises `UnknownGroupError`.
    """
    waiting = {m.target for m in board.pending}
    muted = {m.subject for m in board.mutes}
    if name in waiting | muted or group_of(board, name):
        return name
    return group_named(board, name).id


def acknowledge(board: Groups, group: Group, by: str, now: datetime) -> Groups:
    """Return the groups with this one acknowledged: reminders stop, changes do not.

    It covers the targets that fail now, confirmed or not. A later one is mailed.
    """
    who = cleaned(by, NAME_CHARACTERS) or UNNAMED
    known = names(failing_at(board, group))
    done = replace(
        group,
        acknowledged=Acknowledged(by=who, at=now),
        mailed=tuple(sorted({*(group.mailed or ()), *known})),
    )
    same = tuple(done if g.id == group.id else g for g in board.groups)
    return replace(board, groups=same)


def withdraw(board: Groups, group: Group) -> Groups:
    """Return the groups with this one not acknowledged: reminders are due again."""
    done = replace(group, acknowledged=None)
    same = tuple(done if g.id == group.id else g for g in board.groups)
    return replace(board, groups=same)


def mute(board: Groups, new: Mute) -> Groups:
    """Return the groups with a group or a target muted, instead of an earlier mute.

    Raises `ValueError` for a time that is not positive or longer than `LONGEST`.
    """
    if not timedelta(0) < new.until - new.at <= LONGEST:
        raise ValueError("a mute lasts at most 7 days, and longer than no time")
    by = cleaned(new.by, NAME_CHARACTERS) or UNNAMED
    new = replace(new, by=by, reason=cleaned(new.reason, REASON_CHARACTERS))
    return replace(board, mutes=(*_others(board, new.subject), new))


def unmute(board: Groups, subject: str) -> Groups:
    """Return the groups without the mute of a group or a target."""
    return replace(board, mutes=_others(board, subject))


def mute_of(board: Groups, group: Group, now: datetime) -> Mute | None:
    """Return the mute that holds a group's mails back now; None: nothing does.

    If each of its targets is muted, it is the mute that ends first.
    """
    if not is_muted(group, board.mutes, now):
        return None
    targets = {m.target for m in group.members}
    active = [m for m in board.mutes if m.at <= now < m.until]
    own = [m for m in active if m.subject == group.id]
    theirs = [m for m in active if m.subject in targets]
    return next(iter(own), None) or min(theirs, key=lambda m: m.until)


def cleaned(text: str, characters: int) -> str:
    """Return a person's text as one short line without control characters."""
    line = plain_line(" ".join(text.split())).replace(REPLACEMENT, "")
    return " ".join(line.split())[:characters].strip()


def _others(board: Groups, subject: str) -> tuple[Mute, ...]:
    return tuple(m for m in board.mutes if m.subject != subject)
