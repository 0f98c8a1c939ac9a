"""Text: the text of a mail as the sections of a page.

In: a mail's text: blocks with empty lines between them, whose first line may be a title
in capital letters; the lines that are commands. Out: sections.
It does not: know what the titles mean.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from parallax.report.commands import command
from parallax.report.elements import Node, element, prose

_TITLE = re.compile(
    r"([A-Z]{3,}(?: [A-Z]{2,})*(?: \([^)]*\)|, [^:]*(?=:)|(?=$|:|  )))[: ]*(.*)"
)
_CAPITALS = re.compile(r"^[A-Z]{3,}(?: [A-Z]{2,})*")
_BULLET = "- "
SIGNATURE = "-- "
"""The line that begins a mail's signature."""
REFERENCE = "REFERENCE"
"""The title of a mail's signature: ids and commands."""
CAUSE = "CAUSE"
"""Begins the title of the part that the page emphasizes."""
NOT_ESTABLISHED = "CAUSE (not established)"
PRESENT = ("Next mail:", "Acknowledged by", "Muted:")
"""Lines of a signature about the time of the mail; the page states the present."""
RAW = ("All observations and answers:", "parallax judge ")
"""Lines of a signature that lead to the snapshot; `replay` shows these."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; `title` may be empty."""

    title: str
    lines: tuple[str, ...]


def blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a mail's text, in order."""
    parts = re.split(r"\n{2,}", text.strip("\n"))
    return tuple(_block(part.split("\n")) for part in parts if part.strip())


def section(block: Block, commands: Collection[str]) -> Node:
    """Return a block with its title, lists, and commands that can be copied."""
    title = element("h2", heading(block.title)) if block.title else None
    parts = _parts(block.lines, commands)
    if not block.title.startswith(CAUSE):
        return element("section", title, *parts)
    kind = "cause open" if block.title == NOT_ESTABLISHED else "cause"
    return element("section", title, *parts, class_=kind)


def heading(title: str) -> str:
    """Return a title as the page's own are: `CAUSE (lb-1)` becomes `Cause (lb-1)`."""
    return _CAPITALS.sub(lambda found: found[0].capitalize(), title)


def _block(lines: Sequence[str]) -> Block:
    first, *others = lines
    found = _TITLE.match(first)
    if found is None:
        signed = SIGNATURE in lines
        if not signed:
            return Block("", tuple(lines))
        dropped = (SIGNATURE, *PRESENT, *RAW)
        kept = (line for line in lines if not line.startswith(dropped))
        return Block(REFERENCE, tuple(kept))
    title, after = found.groups()
    return Block(title, (after, *others) if after else tuple(others))


def _parts(lines: Sequence[str], commands: Collection[str]) -> Iterator[Node]:
    for is_list, group in groupby(lines, lambda line: line.startswith(_BULLET)):
        if is_list:
            entries = [
                element("li", *prose(line.removeprefix(_BULLET))) for line in group
            ]
            yield element("ul", *entries)
            continue
        for line in group:
            is_command = line in commands or line.startswith("parallax ")
            yield command(line) if is_command else element("p", *prose(line))
