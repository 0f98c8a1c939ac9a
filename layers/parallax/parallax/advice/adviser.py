"""Adviser: one thing that will break if nobody acts.

In: a snapshot. Out: an `Advice` or None; and whether None means that nothing is wrong.
It does not: store what it advised before.
"""

from collections.abc import Callable
from dataclasses import dataclass

from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Adviser:
    """One adviser. `decidable` returns whether its data was freshly read.

    Otherwise no advice does not mean that nothing is wrong. `summary` is the heading of
    all targets with this advice; it has neither a name nor a number.
    """

    id: str
    summary: str
    advise: Callable[[Scene], Advice | None]
    decidable: Callable[[Scene], bool]
