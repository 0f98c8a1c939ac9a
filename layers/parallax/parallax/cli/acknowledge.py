"""`parallax ack`: acknowledge an incident of a stack.

In: a stack's name, an incident, who acknowledges. Out: one line. Exit status: 0, or 2:
usage error, no such open incident, or AWS is unreachable or fails a request.
It does not: mute; changes and the recovery are still mailed.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.stack_groups import By, Stack, keeping_of, person, problems

if TYPE_CHECKING:
    from parallax.model.group import Groups


def run(
    incident: Annotated[
        str, typer.Argument(help="Id, beginning of an id, or failing target.")
    ],
    *,
    by: By = None,
    undo: Annotated[
        bool, typer.Option("--withdraw", help="Undo it: reminders are sent again.")
    ] = False,
    stack: Stack = "parallax",
) -> None:
    """Acknowledge an incident: its reminders stop.

    Changes and the recovery are still mailed.
    """
    from parallax.groups.person import acknowledge, any_group_named, withdraw

    now, who = datetime.now(UTC), person(by)
    done: list[str] = []

    def step(board: "Groups") -> "tuple[Groups, tuple[()]]":
        group = any_group_named(board, incident)
        after = withdraw(board, group) if undo else acknowledge(board, group, who, now)
        by = any_group_named(after, incident).acknowledged
        effect = (
            f"acknowledged by {by.by}: reminders stop" if by else "not acknowledged"
        )
        done[:] = [f"{group.id[:8]} {effect}"]
        return after, ()

    with problems():
        keeping_of(stack).change(step)
    typer.echo("".join(done))
