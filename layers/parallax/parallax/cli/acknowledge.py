"""`parallax ack`: acknowledge an incident of a stack.

In: a stack's name, an incident, who acknowledges. Out: one line. Exit status: 0, or 2:
usage error, no such open incident, or AWS is unreachable or fails a request.
It does not: mute; changes and the recovery are still mailed.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parallax.cli.stack_groups import By, Stack, keeping_of, person, problems
from parallax.cli.terminal import show_json
from parallax.model.plain import plain_line

if TYPE_CHECKING:
    from parallax.model.group import Group, Groups

NOT_DONE = "not acknowledged"


def run(
    incident: Annotated[
        str,
        typer.Argument(
            metavar="INCIDENT", help="Id, beginning of an id, or failing target."
        ),
    ],
    *,
    by: By = None,
    undo: Annotated[
        bool, typer.Option("--withdraw", help="Undo it: reminders are sent again.")
    ] = False,
    stack: Stack = "parallax",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Acknowledge an incident: its reminders stop.

    Changes and the recovery are still mailed.
    """
    from parallax.groups.person import acknowledge, any_group_named, withdraw

    now, who = datetime.now(UTC), person(by)
    after: list[Group] = []

    def step(board: "Groups") -> "tuple[Groups, tuple[()]]":
        group = any_group_named(board, incident)
        changed = (
            withdraw(board, group) if undo else acknowledge(board, group, who, now)
        )
        after[:] = [any_group_named(changed, group.id)]
        return changed, ()

    with problems():
        keeping_of(stack).change(step)
    for group in after:
        show_json(_fields(group)) if as_json else typer.echo(_line(group))


def _line(group: "Group") -> str:
    done = group.acknowledged
    effect = f"acknowledged by {done.by}: reminders stop" if done else NOT_DONE
    return plain_line(f"{group.id[:8]} {effect}")


def _fields(group: "Group") -> dict[str, Any]:
    """Return the fields of the JSON; null: nobody acknowledged it."""
    from parallax.model.wire import encode

    return {"incident": group.id, "acknowledged": encode(group.acknowledged)}
