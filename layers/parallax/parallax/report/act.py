"""Act: what a button of the page does to a group.

In: the form's fields, the groups, an instant. Out: the groups as they stand now.
It does not: store them, or mail that somebody pressed a button.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from parallax.groups import person
from parallax.groups.due import is_muted
from parallax.model.group import Group, Groups, Mute

BUTTON, NAME = "do", "by"
"""Names of the form's fields."""
ACKNOWLEDGE, WITHDRAW, UNMUTE = "acknowledge", "withdraw", "unmute"
MUTES = {
    "mute-1h": timedelta(hours=1),
    "mute-4h": timedelta(hours=4),
    "mute-24h": timedelta(hours=24),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A button that was pressed, and the name that was entered."""

    button: str
    by: str = ""


def act_in(form: Mapping[str, str]) -> Act | None:
    """Return what a form requests; None: nothing that the page offers."""
    button = form.get(BUTTON, "")
    if button not in {ACKNOWLEDGE, WITHDRAW, UNMUTE, *MUTES}:
        return None
    return Act(button=button, by=form.get(NAME, ""))


def perform(board: Groups, identity: str, act: Act, now: datetime) -> Groups:
    """Return the groups after an act on an open group.

    Raises `person.UnknownGroupError` if the group has ended.
    """
    group = person.group_named(board, identity)
    if act.button == ACKNOWLEDGE:
        return person.acknowledge(board, group, act.by, now)
    if act.button == WITHDRAW:
        return person.withdraw(board, group)
    if act.button == UNMUTE:
        return _unmuted(board, group, now)
    until = now + MUTES[act.button]
    return person.mute(board, Mute(subject=group.id, until=until, by=act.by, at=now))


def _unmuted(board: Groups, group: Group, now: datetime) -> Groups:
    """Return the groups without the mutes that hold this group's mails back."""
    board = person.unmute(board, group.id)
    if is_muted(group, board.mutes, now):
        for member in group.members:
            board = person.unmute(board, member.target)
    return board
