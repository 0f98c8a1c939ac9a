"""Mark: one row of a family's table: the conditions, and what they prove.

In: a `Response`. Out: whether the mark matches, and its `Clue`.
It does not: weigh clues against each other; `attribution` does.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial

from parallax.writers.response import Response

_compiled = cache(re.compile)
"""The patterns are few, and every response needs all of them."""


class Level(StrEnum):
    """How a mark is confirmed."""

    CAPTURED = "captured"
    """By a response that the real program sent."""
    SOURCE = "source"
    """By the program's source."""
    DOCUMENTED = "documented"
    """By the vendor's documentation, or by a whole response quoted elsewhere."""
    KNOWLEDGE = "general knowledge"
    """Not confirmed. Such a mark never decides; it only adds a clue."""


class Shows(StrEnum):
    """What a mark proves if it matches."""

    OWN = "own"
    """The family wrote this page."""
    INNER = "inner"
    """The family wrote this page, and another server was in front of it."""
    THROUGH = "through"
    """The response passed through the family."""
    REPLAY = "replay"
    """A cache sent a stored response."""
    SILENT = "silent"
    """It passed through a program that may be a cache and does not report it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One piece of evidence: the family, what it proves, and the sentence."""

    family: str
    hop: str
    shows: Shows
    level: Level
    text: str

    @property
    def decides(self) -> bool:
        """Whether it identifies a family by itself."""
        return self.level is not Level.KNOWLEDGE

    @property
    def sentence(self) -> str:
        """The evidence as a sentence, marked if it is not confirmed."""
        return self.text if self.decides else f"{self.text} (not confirmed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One row. It matches if all of its conditions are true.

    `body` and header values are regular expressions; header values ignore case.
    `reason` must be equal, so marks without one also match HTTP/2. `without` names
    headers, and the value that they must not have (empty: any). `family` and `hop`
    replace those of the table. `text` is the sentence of the clue.
    """

    shows: Shows
    level: Level
    text: str
    status_codes: Collection[int] = ()
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    without: tuple[tuple[str, str], ...] = ()
    body: str = ""
    empty_body: bool = False
    test: Callable[[Response], bool] | None = None
    family: str | None = None
    hop: str | None = None

    def matches(self, response: Response) -> bool:
        """Return whether all conditions are true; the cheap ones come first."""
        return (
            (not self.status_codes or response.status_code in self.status_codes)
            and (not self.empty_body or not response.body.strip())
            and all(_has(response, name, value) for name, value in self.headers)
            and not any(_has(response, name, value) for name, value in self.without)
            and (not self.reason or self.reason == response.reason)
            and (not self.body or bool(_compiled(self.body).search(response.body)))
            and (self.test is None or self.test(response))
        )


own = partial(Mark, shows=Shows.OWN, level=Level.DOCUMENTED)
"""A mark of the family's own page, from documentation or a whole response quoted."""
through = partial(Mark, shows=Shows.THROUGH, level=Level.DOCUMENTED)
"""A mark of a response that passed the family, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One server family: its name, its usual hop, and its marks."""

    name: str
    hop: str
    marks: tuple[Mark, ...]

    def clues(self, response: Response) -> list[Clue]:
        """Return the clues of the matching marks."""
        return [
            Clue(
                family=mark.family or self.name,
                hop=mark.hop or self.hop,
                shows=mark.shows,
                level=mark.level,
                text=mark.text,
            )
            for mark in self.marks
            if mark.matches(response)
        ]


def _has(response: Response, name: str, value: str) -> bool:
    actual = response.by_name.get(name)
    if actual is None or not value:
        return actual is not None
    return bool(_compiled(value, re.IGNORECASE).search(actual))
