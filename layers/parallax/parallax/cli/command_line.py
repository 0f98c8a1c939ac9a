"""Command line: run a command with exit statuses of a fixed meaning.

In: arguments. Out: the exit status of the command, or 3 if standard output could not be
written. typer's own errors are printed without passwords and control characters.
It does not: depend on any command.
"""

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from shutil import get_terminal_size
from typing import Any, NoReturn, cast, override

import typer
from typer.core import TyperGroup

from parallax.cli.completion import prepare
from parallax.cli.exit_statuses import INTERRUPTED, NOT_WRITTEN
from parallax.model.plain import plain
from parallax.model.secret_text import without_passwords
from parallax.output import Output, complain

SHORTEST_HELP = 52
"""Columns below which typer's help would be wider than the terminal."""


EXPECTED = {
    "Input should be a valid integer, unable to parse string as an integer": (
        "expected a whole number"
    ),
    "Input should be a valid number, unable to parse string as a number": (
        "expected a number"
    ),
    "Input should be greater than or equal to": "expected at least",
    "Input should be less than or equal to": "expected at most",
    "Value error, ": "",
}
"""Words of pydantic, which checks the options, and what the error has instead."""


class CommandLine(TyperGroup):
    """All commands, with a standard output that does not raise."""

    @override
    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *_: Any,
        **extra: Any,
    ) -> NoReturn:
        """Run the command that the arguments name; ends with `SystemExit`."""
        prepare()
        if (columns := get_terminal_size().columns) < SHORTEST_HELP:
            extra["terminal_width"] = columns
        output = Output(sys.stdout)
        extra |= {"standalone_mode": False}
        with redirect_stdout(cast("Any", output)):
            try:
                status = super().main(args, prog_name, **extra) or 0
            except typer.Abort:
                status = INTERRUPTED
            except Exception as error:  # noqa: BLE001 - `_usage` raises it again
                status = _usage(error)
            output.flush()
        if output.problem:
            complain(f"parallax: standard output: cannot be written: {output.problem}")
            status = NOT_WRITTEN
        sys.exit(status)


def _expected(text: str) -> str:
    """Return an error of typer with what is expected in place of pydantic's words."""
    for words, expected in EXPECTED.items():
        text = text.replace(words, expected)
    return text


def _usage(error: Exception) -> int:
    """Print an error of typer, which may repeat an argument; return its exit status.

    Its class is private to typer, so its method `show` identifies it.
    """
    show = getattr(error, "show", None)
    if show is None:
        raise error
    text = StringIO()
    show(file=text)
    complain(plain(without_passwords(_expected(text.getvalue().rstrip("\n")))))
    return int(getattr(error, "exit_code", 2))
