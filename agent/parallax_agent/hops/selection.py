"""Share: which of many a node asks in one cycle, so that the agents together ask all.

In: endpoints or nodes, and where we stand. Out: a few of them, others next time.
It does not: ask them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from parallax.model.cluster import Endpoint, Node


@dataclass(frozen=True, slots=True, kw_only=True)
class VantagePoint:
    """From where and in which cycle; `cycle` counts cycles, for the rotations."""

    node: str
    cycle: int
    source_address: str | None = None

    def source_for(self, address: str) -> str | None:
        """Return the source address, if it is of the other one's family."""
        source = self.source_address
        return source if source and (":" in source) is (":" in address) else None


def select_endpoints(
    found: Sequence[Endpoint], at: VantagePoint, most: int
) -> Sequence[Endpoint]:
    """Return at most so many endpoints: own node's and others', all of them in cycle.

    The own node's have up to half of the places, and always one if there is any:
    what is well at home and not across is how a broken overlay looks.
    """
    if len(found) <= most:
        return found
    own = [e for e in found if e.node == at.node]
    others = _spread([e for e in found if e.node != at.node], at.node)
    places = min(len(own), max(most // 2, most - len(others)))
    return [
        *_window(own, places, at.cycle),
        *_window(others, most - places, at.cycle),
    ]


def own_and_next_node(
    found: Sequence[Node], at: VantagePoint
) -> tuple[Node, Node | None] | None:
    """Return the own node and one other, each cycle the next one after the own.

    Counted from the own node, so that the agents of a cluster do not all ask
    the same one. None: the own node is not known.
    """
    nodes = sorted((n for n in found if n.internal_ip), key=lambda n: n.name)
    here = next((i for i, n in enumerate(nodes) if n.name == at.node), None)
    if here is None:
        return None
    others = nodes[here + 1 :] + nodes[:here]
    return nodes[here], others[at.cycle % len(others)] if others else None


def is_in_network(address: str, network: str) -> bool:
    """Tell whether an address is in a network, written as people write it."""
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False


def _spread(found: Sequence[Endpoint], node: str) -> list[Endpoint]:
    """Put one of each node first, then the second of each, from the next node on."""
    rank: Counter[str] = Counter()
    keyed: list[tuple[int, bool, str, int]] = []
    for index, endpoint in enumerate(found):
        name = endpoint.node or ""
        keyed.append((rank[name], name <= node, name, index))
        rank[name] += 1
    return [found[index] for *_, index in sorted(keyed)]


def _window[T](items: Sequence[T], count: int, cycle: int) -> list[T]:
    """Return so many items, each cycle those after the last cycle's, round and round."""
    return [items[(cycle * count + i) % len(items)] for i in range(count)]
