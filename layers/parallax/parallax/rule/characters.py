"""Characters: what one item of a pattern reads, as a test of one character.

In: an item of the tree of Python's own parser. Out: a test, or None if the item is not
one character. It does not: read the syntax.
"""

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

op: Any = import_module("re._constants")
"""Of Python's standard library; it has no types."""

type Test = Callable[[str], bool]


def character_test(kind: Any, value: Any, flags: int) -> Test | None:  # noqa: ANN401 - re's own tree
    """Return what reads one character; None: the item is not supported."""
    if kind is op.ANY:
        return (lambda _: True) if flags & re.DOTALL else (lambda c: c != "\n")
    if kind in (op.LITERAL, op.NOT_LITERAL):
        items = [(op.LITERAL, value)]
        return _one_of(items, flags, negated=kind is op.NOT_LITERAL)
    if kind is op.IN:
        negated = value[0][0] is op.NEGATE
        return _one_of(value[1:] if negated else value, flags, negated=negated)
    return None


def _one_of(items: list[Any], flags: int, *, negated: bool) -> Test:
    """Return a test for one of these characters, as `re` itself reads them.

    A class of a single character never backtracks.
    """
    text = "".join(map(_source, items))
    found = re.compile(f"[{'^' if negated else ''}{text}]", flags & re.IGNORECASE)
    return lambda character: found.match(character) is not None


def _source(item: Any) -> str:  # noqa: ANN401 - re's own tree
    kind, value = item
    if kind is op.LITERAL:
        return _code(value)
    if kind is op.RANGE:
        return f"{_code(value[0])}-{_code(value[1])}"
    return _CATEGORIES[value]


def _code(number: int) -> str:
    return f"\\U{number:08x}"


_CATEGORIES: dict[Any, str] = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
