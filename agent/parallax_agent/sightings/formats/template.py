"""Template: a log format with variables, compiled to a parser of its lines.

In: the pieces of a format, literal text and `Variable`s, as a family parses them from
its own syntax. Out: a `Template` that returns each variable's text.
It does not: know what a variable means, or guess: if nothing separates two values, both
are skipped.

Every value ends where the text after it begins, so a line is read once from left to
right, in a time proportional to its length, whatever it contains.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ITEM = r'(?!: )[^\s,"]++'
_LIST = rf"(?:{_ITEM}(?:(?:, | : ){_ITEM})*+)?+"
"""Several upstreams' values; nginx separates tries by `, ` and redirects by ` : `."""
_IN_QUOTES = r'[^"\\]*(?:\\.[^"\\]*)*'
_OPENING = "\"'[{(<|"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's name, and its pattern if it is not any text.

    `lists`: it may have several values, separated by comma and space. `closed`: its
    pattern shows where it ends, so another value may follow at once.
    """

    name: str
    pattern: str | None = None
    lists: bool = False
    closed: bool = False


type Piece = str | Variable


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled format: the pattern, and the variables of its groups."""

    pattern: re.Pattern[str]
    names: tuple[str, ...]

    def values(self, line: str) -> dict[str, str] | None:
        """Return each variable's text; None: the line is of another format."""
        match = self.pattern.fullmatch(line)
        if match is None:
            return None
        return dict(zip(self.names, match.groups(default=""), strict=True))


def compile_pieces(pieces: Sequence[Piece], *, escaped: bool = False) -> Template:
    """Build the parser; `escaped`: a quote in a value has a backslash before it."""
    joined = _joined(pieces)
    names: list[str] = []
    built = ""
    for place, piece in enumerate(joined):
        if isinstance(piece, str):
            built += re.escape(piece)
            continue
        before = _literal(joined, place - 1)
        after = _literal(joined, place + 1)
        pattern = _value(piece, before, after, escaped=escaped)
        if piece.name and piece.name not in names:
            names.append(piece.name)
            built += f"({pattern})"
        else:
            built += f"(?:{pattern})"
    return Template(re.compile(built, re.ASCII), tuple(names))


def last(values: Mapping[str, str], name: str) -> str | None:
    """Return the last of nginx's values before an internal redirect."""
    value = values.get(name, "").partition(" : ")[0].rpartition(",")[2].strip()
    return None if value in ("", "-") else value


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Join adjacent texts; adjacent variables become one without a name.

    Unless one of them shows its own end.
    """
    joined: list[Piece] = []
    for piece in pieces:
        previous = joined[-1] if joined else None
        if isinstance(piece, str) and isinstance(previous, str):
            joined[-1] = previous + piece
        elif _run_together(previous, piece):
            joined[-1] = Variable("")
        elif piece != "":
            joined.append(piece)
    return joined


def _run_together(left: Piece | None, right: Piece) -> bool:
    return (
        isinstance(left, Variable)
        and isinstance(right, Variable)
        and not left.closed
        and not right.closed
    )


def _literal(pieces: Sequence[Piece], place: int) -> str:
    piece = pieces[place] if 0 <= place < len(pieces) else ""
    return piece if isinstance(piece, str) else ""


def _value(variable: Variable, before: str, after: str, *, escaped: bool) -> str:
    """Return the pattern of a value between two literal texts."""
    if before.endswith('"') and after.startswith('"'):
        return _IN_QUOTES if escaped else '[^"]*'
    if variable.pattern:
        return variable.pattern
    if not after:
        return ".*"
    if variable.lists and (after[0] == " " or after.lstrip(", ")[:1] == '"'):
        return _LIST
    if after[0] == " ":
        closing = after[1:2]
        return rf"[^{re.escape(closing)}]*" if closing in tuple(_OPENING) else r"\S*"
    return rf"[^{re.escape(after[0])}]*"
