"""Program: a pattern as states with steps between them.

In: a pattern. Out: its program; or `PatternError` with what is not supported.
It does not: read a text; `parallax.rule.pattern` does.
Python's own parser reads the syntax, so a pattern means here what it means there.
"""

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from parallax.rule.characters import Test, character_test, op

parser: Any = import_module("re._parser")
"""Of Python's standard library; it has no types."""

LONGEST = 200
"""Characters of a pattern."""
LARGEST = 256
"""States of a pattern; each repetition has its own."""
DEEPEST = 20
"""Groups inside each other."""
EXPECTED = f"a regular expression of at most {LONGEST} characters"


class PatternError(ValueError):
    """A pattern cannot be used; the text says why."""


@dataclass(slots=True)
class _State:
    """A state: it reads a character, or leads on without one, maybe only at an end."""

    test: Test | None = None
    to: list[int] = field(default_factory=list[int])
    only_at: str = ""


@dataclass(slots=True)
class Program:
    """States; number 0 is the last one, and `start` the first set."""

    states: list[_State] = field(default_factory=lambda: [_State()])
    start: frozenset[int] = frozenset()
    again: frozenset[int] = frozenset()
    """A match may begin at each character: the states that then are added."""

    def after(self, members: frozenset[int], character: str) -> frozenset[int]:
        """Return the states after one more character."""
        found: list[int] = []
        for number in members:
            state = self.states[number]
            if state.test is not None and state.test(character):
                found += state.to
        return self.closed(found) | self.again

    def closed(self, numbers: Iterable[int], at: str = "") -> frozenset[int]:
        """Return states, and those that they lead to without a character."""
        seen: set[int] = set()
        waiting = list(numbers)
        while waiting:
            number = waiting.pop()
            state = self.states[number]
            if number not in seen:
                seen.add(number)
                if state.test is None and (not state.only_at or state.only_at in at):
                    waiting += state.to
        return frozenset(seen)

    def is_done(self, members: frozenset[int]) -> bool:
        """Say whether a match has ended."""
        return 0 in members


def compiled(pattern: str) -> Program:
    """Return the program of a pattern; raises `PatternError`."""
    if len(pattern) > LONGEST:
        raise PatternError(f"it has {len(pattern)} characters")
    tree = _parsed(pattern)
    flags = tree.state.flags
    if flags & (re.MULTILINE | re.VERBOSE | re.LOCALE | re.ASCII):
        raise PatternError("of the flags only (?i) and (?s) are supported")
    builder = _Builder(Program(), flags)
    first = builder.sequence(tree, 0, 0)
    program = builder.program
    program.again = program.closed([first])
    program.start = program.closed([first], "^") | program.again
    return program


def _parsed(pattern: str) -> Any:  # noqa: ANN401 - re's own tree
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # e.g. "possible nested set"
            return parser.parse(pattern)
    except (re.error, OverflowError, Warning) as error:
        raise PatternError(f"{error}") from error
    except RecursionError as error:
        raise PatternError("its groups are nested too deeply") from error


class _Builder:
    """Adds the states of a tree, from its end to its begin."""

    def __init__(self, program: Program, flags: int) -> None:
        self.program = program
        self._flags = flags

    def sequence(self, items: Any, to: int, depth: int) -> int:  # noqa: ANN401 - re's own tree
        """Add items that lead to a state; return the first state."""
        if depth > DEEPEST:
            raise PatternError("its groups are nested too deeply")
        for kind, value in reversed(list(items)):
            to = self._item(kind, value, to, depth)
        return to

    def _item(self, kind: Any, value: Any, to: int, depth: int) -> int:  # noqa: ANN401 - re's own tree
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            return self._repeat(value, to, depth)
        if kind is op.SUBPATTERN:
            _, added, removed, inner = value
            if added or removed:
                raise PatternError("flags inside the pattern are not supported")
            return self.sequence(inner, to, depth + 1)
        if kind is op.BRANCH:
            ways = [self.sequence(way, to, depth + 1) for way in value[1]]
            return self._add(to=ways)
        if kind is op.AT and value in _ENDS:
            return self._add(to=[to], only_at=_ENDS[value])
        test = character_test(kind, value, self._flags)
        if test is None:
            name = str(kind).lower().replace("_", " ")
            raise PatternError(f"{_NAMES.get(kind, name)} is not supported")
        return self._add(test=test, to=[to])

    def _repeat(self, repeat: Any, to: int, depth: int) -> int:  # noqa: ANN401 - re's own tree
        least, most, inner = repeat
        if most is op.MAXREPEAT:
            loop = self._add(to=[to])
            self.program.states[loop].to.append(self.sequence(inner, loop, depth + 1))
            to = loop
        else:
            end = to
            for _ in range(most - least):
                to = self._add(to=[end, self.sequence(inner, to, depth + 1)])
        for _ in range(least):
            to = self.sequence(inner, to, depth + 1)
        return to

    def _add(
        self, test: Test | None = None, to: list[int] | None = None, only_at: str = ""
    ) -> int:
        if len(self.program.states) >= LARGEST:
            raise PatternError("its repetitions are too many; use + or *")
        self.program.states.append(_State(test, to or [], only_at))
        return len(self.program.states) - 1


_ENDS = {
    op.AT_BEGINNING: "^",
    op.AT_BEGINNING_STRING: "^",
    op.AT_END: "$",
    op.AT_END_STRING: "Z",
}
_NAMES: dict[Any, str] = {
    op.AT: r"\b",
    op.ASSERT: "a lookaround",
    op.ASSERT_NOT: "a lookaround",
    op.GROUPREF: "a backreference",
    op.GROUPREF_EXISTS: "a conditional group",
    op.ATOMIC_GROUP: "an atomic group",
    op.POSSESSIVE_REPEAT: "a possessive quantifier",
}
