"""Equivalences: what the labels of a data set mean in Parallax's words.

In: the tables in this folder, one for each data set. Out: which causes may be named for
a label, and which reasons say the same, or less. It does not: judge.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from parallax.model.judgement import NOT_ESTABLISHED

FOLDER = Path(__file__).parent
NONE = "none"
"""The judgement of a target that does not fail."""


class Match(StrEnum):
    """How a judgement compares with a label."""

    OWN = "own label"
    COARSER = "true, says less"
    NAMED = "no reason, or another"
    ABSTAINED = "not established"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """One row of a table."""

    label: str
    causes: frozenset[str]
    own: frozenset[str] = frozenset()
    coarser: frozenset[str] = frozenset()
    why: str

    def match(self, cause: str, reason: str | None) -> Match:
        """Compare a judgement with the label."""
        if cause in {NOT_ESTABLISHED, NONE} and cause not in self.causes:
            return Match.ABSTAINED
        if cause not in self.causes:
            return Match.WRONG
        for says, match in ((self.own, Match.OWN), (self.coarser, Match.COARSER)):
            if (reason or cause) in says or cause in says:
                return match
        return Match.NAMED


def table(name: str) -> dict[str, Equivalence]:
    """Return the equivalences of a data set, by label."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return {label: _row(label, row) for label, row in yaml.safe_load(text).items()}


def _row(label: str, row: dict[str, Any]) -> Equivalence:
    return Equivalence(
        label=label,
        causes=frozenset(row["causes"]),
        own=frozenset(row.get("own", ())),
        coarser=frozenset(row.get("coarser", ())),
        why=row["why"],
    )
