"""Rank: the nodes that report a change of the cluster that all nodes read.

In: a target, the nodes. Out: whether a node reports. It does not: find the change.
All agents read the same objects. If each reported a rollout, it would cost as many
reports as there are nodes. Two report it, so that one of them may be broken.
"""

from collections.abc import Iterable
from heapq import nsmallest

from parallax.model.reporters import rank

REPORTERS = 2
"""Nodes that report a change of one target's objects."""


def reports_changes(target: str, node: str, names: Iterable[str]) -> bool:
    """Tell whether a node has one of the lowest ranks of these nodes for a target.

    Without a list, every node reports: each may be the only one.
    """
    ranked = nsmallest(REPORTERS, names, key=lambda name: rank(target, name))
    return not ranked or node in ranked
