"""`parallax incidents`: the open incidents of a stack.

In: a stack's name. Out: some lines for each incident, or JSON. Exit status: 0, also
with open incidents; 2 usage error, or AWS is unreachable or fails a request.
It does not: list incidents that ended; `parallax show` prints one by its whole id.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from datetime import UTC, datetime
from typing import Annotated

import typer

from parallax.cli.stack_groups import Stack, groups_of, problems
from parallax.cli.terminal import show_json


def run(
    *,
    stack: Stack = "parallax",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the open incidents, and who works on them."""
    from parallax.cli.incident_lines import board_fields, board_lines

    with problems():
        board = groups_of(stack).get()
    now = datetime.now(UTC)
    if as_json:
        show_json(board_fields(board, now))
        return
    from parallax.cli.page import show

    show(board_lines(board, now))
