"""Terminal: how a command reads its input, refuses it, and colors hops.

In: a path or `-`; words for an error. Out: bytes, or exit status 2.
It does not: know what the input means.
"""

import os
import sys
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import NoReturn

import typer

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
    told = f"parallax: {problem}"
    if sys.stderr.isatty():
        columns = os.get_terminal_size(sys.stderr.fileno()).columns or NARROW
        fold = partial(
            fill,
            width=columns,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        told = "\n".join(fold(line) for line in told.splitlines())
    typer.secho(told, fg="red", err=True)
    raise typer.Exit(USAGE)


def read_input(name: str) -> bytes:
    """Read a file, or standard input for `-`; exit 2 where that fails."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        refuse(f"{name}: cannot be read: {error.strerror}")


def source(name: str) -> str:
    """Return what an error calls the input."""
    return "standard input" if name == "-" else name


def hop_color(hop: str) -> str:
    """Return the color of a hop."""
    return HOP_COLORS.get(hop, "dim")
