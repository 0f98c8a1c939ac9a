"""Mark: one row of a family's table: what to look for, and what it shows.

In: a `Response`. Out: whether the row fits, and the `Clue` it then gives.
It does not: weigh clues against each other; `attribution` does.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from parallax.writers.response import Response

_compiled = cache(re.compile)
"""Patterns are few and asked for every response."""


class Level(StrEnum):
    """How well a row is known."""

    CAPTURED = "captured"
    """Seen in bytes that the real program sent to us."""
    SOURCE = "source"
    """Read in the program's source."""
    DOCUMENTED = "documented"
    """Read in the vendor's pages, or in an answer quoted word for word."""
    KNOWLEDGE = "general knowledge"
    """Not confirmed. Such a row never decides; it supports, or says nothing."""


class Shows(StrEnum):
    """What a row proves where it fits."""

    OWN = "own"
    """The family wrote this page."""
    INNER = "inner"
    """The family wrote this page, and something else stood in front of it."""
    THROUGH = "through"
    """The answer came through the family."""
    REPLAY = "replay"
    """A cache gave out what it had kept."""
    SILENT = "silent"
    """It came through a program that may be a cache and would not say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One piece of evidence: who, what it shows, and the sentence for it."""

    family: str
    hop: str
    shows: Shows
    level: Level
    says: str

    @property
    def decides(self) -> bool:
        """Whether it may name somebody without help."""
        return self.level is not Level.KNOWLEDGE

    @property
    def sentence(self) -> str:
        """The evidence in words, marked where it is not confirmed."""
        return self.says if self.decides else f"{self.says} (not confirmed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One row. It fits when every given condition holds.

    `body` and header values are regular expressions; header values are searched
    without regard to case. `reason` must be equal, so rows without one fit HTTP/2
    as well. `without` names headers, and the value that must not be there (empty:
    any). `family` and `hop` stand in for the table's own where one row differs.
    """

    shows: Shows
    level: Level
    says: str
    status_codes: Collection[int] = ()
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    without: tuple[tuple[str, str], ...] = ()
    body: str = ""
    empty_body: bool = False
    test: Callable[[Response], bool] | None = None
    family: str | None = None
    hop: str | None = None

    def fits(self, response: Response) -> bool:
        """Tell whether every condition holds; cheap ones are asked first."""
        return (
            (not self.status_codes or response.status_code in self.status_codes)
            and (not self.empty_body or not response.body.strip())
            and all(_holds(response, name, value) for name, value in self.headers)
            and not any(_holds(response, name, value) for name, value in self.without)
            and (not self.reason or self.reason == response.reason)
            and (not self.body or bool(_compiled(self.body).search(response.body)))
            and (self.test is None or self.test(response))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One server family: its name, the hop it usually is, and its rows."""

    name: str
    hop: str
    marks: tuple[Mark, ...]

    def clues(self, response: Response) -> list[Clue]:
        """Return what the fitting rows give."""
        return [
            Clue(
                family=mark.family or self.name,
                hop=mark.hop or self.hop,
                shows=mark.shows,
                level=mark.level,
                says=mark.says,
            )
            for mark in self.marks
            if mark.fits(response)
        ]


def _holds(response: Response, name: str, value: str) -> bool:
    found = response.by_name.get(name)
    if found is None or not value:
        return found is not None
    return bool(_compiled(value, re.IGNORECASE).search(found))
