"""Terminal: how a command reads its input, refuses it, prints JSON, and colors hops.

In: a path or `-`; words for an error; a value. Out: bytes, exit status 2, or a line.
It does not: know what the input means.
"""

import os
import sys
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import NoReturn

import typer

from parallax.model.plain import json_text, plain, plain_line
from parallax.model.secret_text import without_passwords
from parallax.output import Output, complain

USAGE = 2
"""Exit status for wrong use and for input that cannot be read."""
NARROW = 80
"""Columns of a terminal that tells none."""
HOP_COLORS = {
    "cdn": "magenta",
    "load-balancer": "yellow",
    "ingress": "cyan",
    "pod": "blue",
}
"""One color a hop, the same in every command; what is unknown stays dim."""


def refuse(problem: str) -> NoReturn:
    """Say on standard error what is wrong and what was expected; exit 2."""
    told = f"parallax: {plain(without_passwords(problem))}"
    colored = False
    if sys.stderr is not None and sys.stderr.isatty():  # pyright: ignore[reportUnnecessaryComparison] - None where it is closed
        colored = "NO_COLOR" not in os.environ
        columns = os.get_terminal_size(sys.stderr.fileno()).columns or NARROW
        fold = partial(
            fill,
            width=columns,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        told = "\n".join(fold(line) for line in told.splitlines())
    complain(typer.style(told, fg="red") if colored else told)
    raise typer.Exit(USAGE)


def read_input(name: str) -> bytes:
    """Read a file, or standard input for `-`; exit 2 where that fails."""
    if name == "-":
        if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - where it is closed
            refuse("standard input: cannot be read: it is closed")
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        refuse(f"{source(name)}: cannot be read: {error.strerror}")
    except ValueError as error:  # a name with a null character
        refuse(f"{source(name)}: cannot be read: {error}")


def show_json(value: object, **options: object) -> None:
    """Print JSON that no terminal can misread; `options` go to `json.dumps`.

    A stream that lacks characters gets them escaped, so that nothing is lost.
    """
    narrow = isinstance(sys.stdout, Output) and sys.stdout.narrow
    defaults = {"separators": (", ", ": "), "ensure_ascii": narrow}
    typer.echo(json_text(value, **(defaults | options)))


def source(name: str) -> str:
    """Return what an error calls the input."""
    return "standard input" if name == "-" else plain_line(name)


def hop_color(hop: str) -> str:
    """Return the color of a hop."""
    return HOP_COLORS.get(hop, "dim")
