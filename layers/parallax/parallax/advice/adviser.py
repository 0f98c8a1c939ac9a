"""Adviser: one thing that will break if nobody acts, and the two questions about it.

In: a snapshot. Out: an `Advice` or None; and whether None means that all is well.
It does not: remember what it said before.
"""

from collections.abc import Callable
from dataclasses import dataclass

from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Adviser:
    """One adviser. `known` says whether what it looks at was freshly read.

    Without that, no advice does not mean that there is nothing to advise.
    """

    id: str
    advise: Callable[[Scene], Advice | None]
    known: Callable[[Scene], bool]
