"""Page: lines for people, folded between words where the terminal ends.

In: lines of text and how far their folded rest is indented. Out: standard output, in
which no text of a stranger controls the terminal.
It does not: fold what goes into a file or a pipe, or what is there to be copied.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from parallax.model.plain import plain_line


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `indent` None: it stays whole, the terminal wraps it."""

    text: Text
    indent: int | None = 0


def show(lines: Iterable[Line]) -> None:
    """Print the lines, with colors where the terminal has them."""
    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        # As long as before: the styles stay where they are.
        line.text.plain = plain_line(line.text.plain)
        for part in _folded(line, console):
            console.print(part)


def _folded(line: Line, console: Console) -> Iterable[Text]:
    if line.indent is None or not console.is_terminal:
        return [line.text]
    head, tail = line.text[: line.indent], line.text[line.indent :]
    rest = Text(" " * line.indent)
    parts = tail.wrap(console, max(console.width - line.indent, 20))
    return [(rest if at else head) + part for at, part in enumerate(parts)] or [head]
