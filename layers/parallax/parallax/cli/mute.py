"""`parallax mute` and `parallax unmute`: hold back mails about something.

In: a stack's name; an incident or a target; for how long, why, who. Out: some lines.
Exit status: 0, or 2: usage error, nothing of that name, or AWS is unreachable or fails
a request.
It does not: stop monitoring, or end an incident.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.stack_groups import By, Stack, duration, keeping_of, person, problems
from parallax.cli.terminal import fail, show_json

if TYPE_CHECKING:
    from parallax.model.group import Groups, Mute

Subject = Annotated[
    str,
    typer.Argument(
        metavar="INCIDENT|TARGET", help="Id, beginning of an id, or failing target."
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def run(  # noqa: PLR0913 - one parameter per option
    subject: Subject,
    *,
    time: Annotated[
        str, typer.Option("--for", metavar="TIME", help="E.g. 30m, 4h, 2d; up to 7d.")
    ],
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why; the incident's page shows it.")
    ] = "",
    by: By = None,
    stack: Stack = "parallax",
    as_json: AsJson = False,
) -> None:
    """Mute an incident or a target: no mails for a time.

    Monitoring continues. After the mute, a mail states what still fails.
    """
    from parallax.groups.person import LONGEST, mute, subject_named
    from parallax.model.group import Mute

    now, who, length = datetime.now(UTC), person(by), duration(time)
    if not length or length > LONGEST:
        fail(f"--for {time}: expected more than nothing and at most 7d")
    texts: list[str] = []
    muted: list[Mute] = []

    def step(board: "Groups") -> "tuple[Groups, tuple[()]]":
        name = subject_named(board, subject)
        until = now + length
        new = Mute(subject=name, until=until, by=who, at=now, reason=reason)
        after = mute(board, new)
        texts[:], muted[:] = _effect(after, name), [new]
        return after, ()

    with problems():
        keeping_of(stack).change(step)
    if as_json:
        _print_json(muted[0].subject, texts, muted[0])
    else:
        _print(texts)


def unmute(
    subject: Subject, *, stack: Stack = "parallax", as_json: AsJson = False
) -> None:
    """Unmute an incident or a target: mails are sent again."""
    from parallax.groups import person as people

    now = datetime.now(UTC)
    texts: list[str] = []
    names: list[str] = []

    def step(board: "Groups") -> "tuple[Groups, tuple[()]]":
        name = people.subject_named(board, subject)
        after = people.unmute(board, name)
        muted = " unmuted" if after != board else ": was not muted"
        texts[:] = [f"{_short(board, name)}{muted}", *_still(after, name, now)]
        names[:] = [name]
        return after, ()

    with problems():
        keeping_of(stack).change(step)
    if as_json:
        _print_json(names[0], texts, None)
    else:
        _print(texts)


def _effect(board: "Groups", name: str) -> list[str]:
    """Return until when a mute lasts, and which mails it does not hold back."""
    from parallax.notify.paragraph import clock

    mute = next(m for m in board.mutes if m.subject == name)
    why = f": {mute.reason}" if mute.reason else ""
    lines = [f"{_short(board, name)} muted by {mute.by} until {clock(mute.until)}{why}"]
    if group := _larger_group(board, name):
        lines.append(
            f"its incident {group} has other targets that fail: mails continue until"
            f" each is muted; `parallax mute {group} --for ...` mutes the incident"
        )
    return lines


def _larger_group(board: "Groups", name: str) -> str | None:
    """Return the short id of the group of which a target is one member of several."""
    from parallax.groups.members import group_of

    group = group_of(board, name)
    return group.id[:8] if group and len(group.members) > 1 else None


def _still(board: "Groups", name: str, now: datetime) -> list[str]:
    """Return which mutes hold a group's mails back nevertheless."""
    from parallax.groups.person import mute_of

    group = next((g for g in board.groups if g.id == name), None)
    mute = mute_of(board, group, now) if group else None
    if mute is None:
        return []
    return [f"each of its targets is still muted, e.g. {mute.subject}"]


def _short(board: "Groups", name: str) -> str:
    is_group = any(g.id == name for g in board.groups)
    return f"incident {name[:8]}" if is_group else f"target {name}"


def _print_json(subject: str, texts: list[str], mute: "Mute | None") -> None:
    """Print the subject, its mute, and what else a person should know."""
    from parallax.model.wire import encode

    show_json({"subject": subject, "mute": encode(mute), "notes": texts[1:]})


def _print(texts: list[str]) -> None:
    from parallax.model.plain import plain_line

    for text in texts:
        typer.echo(plain_line(text))
