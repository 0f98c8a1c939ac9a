"""Verbs: the small vocabulary that faults are written in.

In: a verb's arguments from a fault's file. Out: a changed world.
It does not: undo; `World.clear` sets everything back at once.
"""

from lab.world.verbs import edge, inside
from lab.world.verbs.arguments import Verb

VERBS: dict[str, Verb] = {v.__name__: v for v in (*edge.VERBS, *inside.VERBS)}

__all__ = ["VERBS"]
