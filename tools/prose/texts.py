"""Texts: the prose of a file, with line numbers.

In: a path. Out: comments, docstrings and strings of a Python file; the whole text of
any other file. It does not: search them.
"""

import io
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROSE = (tokenize.COMMENT, tokenize.STRING, tokenize.FSTRING_MIDDLE)


class Text(NamedTuple):
    """A piece of prose, or a name, and the line on which it begins."""

    line: int
    text: str


def texts(path: Path) -> Iterator[Text]:
    """Yield the prose of a file; adjacent Python comments and strings form one text."""
    if path.suffix == ".py":
        yield from _joined(path)
    else:
        yield Text(1, path.read_text())


def names(path: Path) -> Iterator[Text]:
    """Yield every identifier of a Python file."""
    for token in _tokens(path):
        if token.type == tokenize.NAME:
            yield Text(token.start[0], token.string)


def _tokens(path: Path) -> Iterator[tokenize.TokenInfo]:
    yield from tokenize.generate_tokens(io.StringIO(path.read_text()).readline)


def _joined(path: Path) -> Iterator[Text]:
    """Yield prose that continues over line breaks as one text with the same lines."""
    line, text = 0, ""
    for token in _tokens(path):
        if token.type not in PROSE:
            continue
        start, end = token.start[0], token.end[0]
        last = line + text.count("\n")
        if text and start - last <= 1:
            text += "\n" * (start - last) + _bare(token)
        else:
            if text:
                yield Text(line, text)
            line, text = start, _bare(token)
        text += "\n" * (end - line - text.count("\n"))
    if text:
        yield Text(line, text)


def _bare(token: tokenize.TokenInfo) -> str:
    """Return the token without the marks of a comment or a string."""
    if token.type == tokenize.COMMENT:
        return token.string.lstrip("#:")
    if token.type == tokenize.STRING and not token.string.endswith('"""'):
        return token.string.lstrip("rbfuRBFU")[1:-1]
    return token.string
