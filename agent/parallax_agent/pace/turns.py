"""Turns: when it is this node's turn to send a healthy target one request.

In: the time, the node's place among the nodes, the length of its plan. Out: the number
of its newest turn. It does not: send the request, or know what it is.

Every second of UTC belongs to one node, for each target to another one. So all nodes
together send a target at most 60 requests a minute, spread over the minute, without
speaking to each other. A node walks over its plan, one request per turn. A plan that
needs less than a minute is spread over the minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

SLOTS = 60
"""Seconds of a minute, and so requests to one target in a minute, at most."""
UNKNOWN = 60
"""Nodes to assume if the list could not be read: each sends one request a minute."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node's position among the nodes of its cluster, and how many there are."""

    index: int
    count: int


def place_of(node: str, names: Iterable[str] | None) -> Place:
    """Return the place of a node among the names; a node without a place gets one.

    Agents that read different lists each take the seconds of their own list. With `n`
    nodes, of which the smallest list has `k`, they send at most n/k times as much.
    """
    ordered = sorted(names or ())
    if node in ordered:
        return Place(ordered.index(node), len(ordered))
    count = max(UNKNOWN, len(ordered))
    return Place(crc32(node.encode()) % count, count)


def period(place: Place, length: int) -> int:
    """Return the seconds between two turns of a node with a plan of this length."""
    return place.count * max(1, SLOTS // (place.count * max(1, length)))


def newest_turn(second: int, target: str, place: Place, length: int) -> int:
    """Return the number of a node's newest turn at a second of UTC.

    Turn `t` is the request `t % length` of round `t // length`.
    """
    return (second + crc32(target.encode()) - place.index) // period(place, length)
