"""`parallax show`: the last mail of an incident, and where the incident stands now.

In: a stack's name; the id of an incident, the beginning of an open one's id, or a
target that fails. Out: text, or the alert as JSON. Exit status: 0, or 2: usage error,
no such incident, or AWS is unreachable or fails a request.
It does not: judge again; `parallax judge` does.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.stack_groups import Stack, groups_of, problems
from parallax.cli.terminal import fail, show_json

if TYPE_CHECKING:
    from parallax.model.group import Groups

ID_LENGTH = 36
"""Characters of a whole id."""


def run(
    incident: Annotated[
        str,
        typer.Argument(
            metavar="INCIDENT", help="Id, beginning of an open id, or failing target."
        ),
    ],
    *,
    stack: Stack = "parallax",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show an incident: its state and its last mail."""
    with problems():
        groups = groups_of(stack)
        board = groups.get()
        identity = _identity(board, incident)
        alert = groups.last(identity)
    if as_json and alert is not None:
        from parallax.model.wire import encode

        show_json(encode(alert))
        return
    _show_standing(board, identity)
    if alert is None:
        fail(f"incident {identity}: no mail is stored; its mails were muted")
    from parallax.notify.mail import render

    mail = render(alert)
    typer.echo(f"{mail.subject}\n\n{mail.body}", nl=False)


def _identity(board: "Groups", name: str) -> str:
    """Return the id of the group that a name means; raises `UnknownGroupError`.

    A whole id may be that of an incident that ended.
    """
    from parallax.groups.person import any_group_named

    if len(name) == ID_LENGTH and not any(g.id == name for g in board.groups):
        return name
    return any_group_named(board, name).id


def _show_standing(board: "Groups", identity: str) -> None:
    """Print where an open group stands, or that it has ended."""
    from parallax.cli.incident_lines import group_lines
    from parallax.cli.page import show

    group = next((g for g in board.groups if g.id == identity), None)
    if group is None:
        typer.echo("This incident is not open.\n")
        return
    show(group_lines(board, group, datetime.now(UTC)))
    typer.echo()
