"""Page: lines for people, wrapped between words at the width of the terminal.

In: lines of text, and the indent of their wrapped rest. Out: standard output; no text
in it can control the terminal.
It does not: wrap output to a file or a pipe, or lines that people copy.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from parallax.cli.terminal import is_colored
from parallax.model.plain import plain_line

BELOW = 4
"""Indent of a text that begins below its name, in a narrow terminal."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; with `indent` None it is not wrapped between words."""

    text: Text
    indent: int | None = 0


def show(lines: Iterable[Line]) -> None:
    """Print the lines, in color if the terminal supports it."""
    console = Console(highlight=False, soft_wrap=True)
    if not is_colored(sys.stdout):
        console = Console(highlight=False, soft_wrap=True, color_system=None)
    for line in lines:
        # The length is unchanged, so the styles still fit.
        line.text.plain = plain_line(line.text.plain)
        for part in _wrapped(line, console):
            console.print(part)


def columns() -> int | None:
    """Return the width of the terminal; None: standard output is not one."""
    console = Console()
    return console.width if console.is_terminal else None


def _wrapped(line: Line, console: Console) -> Iterable[Text]:
    if line.indent is None or not console.is_terminal:
        return [line.text]
    head, tail = line.text[: line.indent], line.text[line.indent :]
    if line.indent * 2 > console.width and len(tail):  # else the rest is a thin column
        head.rstrip()
        parts = tail.wrap(console, max(console.width - BELOW, 1))
        return [head, *(Text(" " * BELOW) + part for part in parts)]
    rest = Text(" " * line.indent)
    parts = tail.wrap(console, max(console.width - line.indent, 1))
    return [(rest if at else head) + part for at, part in enumerate(parts)] or [head]
