"""Rules: the phrases and names that must not come back.

In: phrases.txt and names.txt, one rule a line: `pattern -> replacement`.
Out: compiled rules. It does not: search anything.
"""

import re
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
MACHINE = "{machine}"
"""Stands in phrases.txt for any noun of machines.txt."""


class Rule(NamedTuple):
    """What must not appear, and what to write instead."""

    pattern: re.Pattern[str]
    replacement: str


def lines(name: str) -> list[str]:
    """Return the lines of a file of this folder, without comments and empty lines."""
    bare = (
        line.partition("#")[0].strip()
        for line in (HERE / name).read_text().splitlines()
    )
    return [line for line in bare if line]


def phrases() -> list[Rule]:
    """Return the rules for prose; a space in a pattern matches any white space."""
    machine = f"(?:{'|'.join(lines('machines.txt'))})"
    return [
        Rule(
            re.compile(
                rf"\b(?:{pattern})".replace(MACHINE, machine).replace(" ", r"[\s#]+"),
                re.IGNORECASE,
            ),
            replacement,
        )
        for pattern, replacement in _rules("phrases.txt")
    ]


def names() -> dict[str, str]:
    """Return the identifiers that say nothing about what they hold."""
    return dict(_rules("names.txt"))


def _rules(name: str) -> list[tuple[str, str]]:
    pairs = (line.split(" -> ") for line in lines(name))
    return [(pattern.strip(), replacement.strip()) for pattern, replacement in pairs]
