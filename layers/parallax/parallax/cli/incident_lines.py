"""Incident lines: the open incidents as lines for a terminal of 80 columns, or as JSON.

In: the groups, an instant. Out: lines, or the fields of the JSON.
It does not: read the groups.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.text import Text

from parallax.cli.page import Line
from parallax.groups.person import mute_of
from parallax.model.group import Group, Groups, Member, Mute
from parallax.model.incident_state import State
from parallax.model.wire import encode
from parallax.notify.paragraph import clock, span

ID_CHARACTERS = 8
"""Of an id; commands accept the beginning of one."""
INDENT = ID_CHARACTERS + 2
NAMED = 5
"""Targets that a line names."""


def board_lines(board: Groups, now: datetime) -> Iterator[Line]:
    """Yield the lines of all groups, pending incidents and muted targets."""
    if not board.groups:
        yield Line(Text("no open incidents"))
    for group in board.groups:
        yield from group_lines(board, group, now)
    if board.pending:
        names = _named(tuple(m.target for m in board.pending))
        yield Line(Text(f"not confirmed yet: {names}"), 2)
    targets = {m.target for g in board.groups for m in g.members}
    for mute in board.mutes:
        if now < mute.until and mute.subject in targets:
            yield Line(Text(f"target {mute.subject}: {_muted(mute)}"), 2)


def group_lines(board: Groups, group: Group, now: datetime) -> Iterator[Line]:
    """Yield the lines of one group."""
    head = Text(f"{group.id[:ID_CHARACTERS]}  ")
    head.append(state_of(group).upper(), style="bold red")
    head.append(f" for {span(now - group.since)}, {group.cause}")
    yield Line(head, INDENT)
    members = group.members
    count = f"{len(members)} target{'' if len(members) == 1 else 's'}"
    names = _named(tuple(map(_member, members)))
    place = f"{group.place.kind.value} {group.place.name}"
    yield _more(f"{place}, {count}: {names}")
    if group.recovered:
        yield _more(f"recovered: {_named(group.recovered)}")
    if done := group.acknowledged:
        yield _more(f"acknowledged by {done.by} {span(now - done.at)} ago")
    if mute := mute_of(board, group, now):
        yield _more(_muted(mute))


def board_fields(board: Groups, now: datetime) -> dict[str, Any]:
    """Return the fields of the JSON."""
    return {
        "incidents": [_fields(board, group, now) for group in board.groups],
        "pending": [_member_fields(member) for member in board.pending],
        "mutes": [encode(mute) for mute in board.mutes if now < mute.until],
    }


def state_of(group: Group) -> str:
    """Return `failing`, or `recovering` if each member is."""
    failing = any(m.state is State.FIRING for m in group.members)
    return "failing" if failing else "recovering"


def _fields(board: Groups, group: Group, now: datetime) -> dict[str, Any]:
    done, mute = group.acknowledged, mute_of(board, group, now)
    return {
        "id": group.id,
        "state": state_of(group),
        "since": group.since.isoformat(),
        "cause": group.cause,
        "place": encode(group.place),
        "targets": [_member_fields(member) for member in group.members],
        "recovered": list(group.recovered),
        "acknowledged": encode(done) if done else None,
        "mute": encode(mute) if mute else None,
    }


def _member_fields(member: Member) -> dict[str, Any]:
    return {
        "name": member.target,
        "url": member.url,
        "state": member.state.value,
        "since": member.since.isoformat(),
        "status_code": member.status_code,
        "error_type": member.error_type,
        "incident": member.incident,
    }


def _member(member: Member) -> str:
    got = member.status_code or (member.error_type or "").replace("_", " ")
    return f"{member.target} ({got})" if got else member.target


def _named(names: tuple[str, ...]) -> str:
    more = len(names) - NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"{', '.join(names[:NAMED])}{rest}"


def _muted(mute: Mute) -> str:
    why = f": {mute.reason}" if mute.reason else ""
    return f"muted by {mute.by} until {clock(mute.until)}{why}"


def _more(text: str) -> Line:
    return Line(Text(" " * INDENT + text), INDENT)
