"""Pattern: whether a text contains a match of a pattern, in linear time.

In: a pattern in a part of Python's syntax, and a text. Out: whether it occurs.
It does not: backtrack. Python's `re` may need years for `(a+)+$` and a hostile page.
Here all states of the pattern advance together, one character at a time, and each set
of states is computed once for each character that follows it. So a page costs at most
its length times the size of the pattern.
Not supported: backreferences, lookarounds, word boundaries, possessive quantifiers.
Source: K. Thompson, "Regular Expression Search Algorithm", CACM 11(6), 1968.
"""

from functools import lru_cache

from parallax.rule.program import Program, compiled

_MOST_STEPS = 20_000
"""Steps that are remembered; then all are computed again."""


def matches(pattern: str, text: str) -> bool:
    """Say whether a valid pattern occurs in a text. A dot matches no line break."""
    return _machine(pattern).found_in(text)


@lru_cache(maxsize=64)
def _machine(pattern: str) -> "_Machine":
    return _Machine(compiled(pattern))


class _Machine:
    """All states of a pattern at once, as one number per set of states."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._reset()

    def _reset(self) -> None:
        self._sets: dict[frozenset[int], int] = {}
        self._members: list[frozenset[int]] = []
        self._next: list[dict[str, int]] = []
        self._done: list[bool] = []
        self._steps = 0

    def found_in(self, text: str) -> bool:
        at = self._number(self._program.start)
        last = len(text) - text.endswith("\n")
        for place, character in enumerate(text):
            if place == last:  # `$` also matches before a last line break
                at = self._at_end(at, "^$" if place == 0 else "$")
            if self._done[at]:
                return True
            following = self._next[at].get(character)
            at = self._after(at, character) if following is None else following
        return self._done[self._at_end(at, "$Z" if text else "^$Z")]

    def _at_end(self, at: int, ends: str) -> int:
        """Return the set with what these ends of the text lead to."""
        return self._number(self._program.closed(self._members[at], ends))

    def _after(self, at: int, character: str) -> int:
        members = self._members[at]
        if self._steps >= _MOST_STEPS:
            self._reset()
            at = self._number(members)
        self._steps += 1
        number = self._number(self._program.after(members, character))
        self._next[at][character] = number
        return number

    def _number(self, members: frozenset[int]) -> int:
        number = self._sets.get(members)
        if number is None:
            number = self._sets[members] = len(self._members)
            self._members.append(members)
            self._next.append({})
            self._done.append(self._program.is_done(members))
        return number
