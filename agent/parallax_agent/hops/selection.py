"""Selection: which of many endpoints or nodes this node probes in one cycle.

In: endpoints or nodes, and the vantage point. Out: a few of them, others in the next
cycle; together the agents probe all. It does not: probe them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from parallax.model.cluster import Endpoint, Node


@dataclass(frozen=True, slots=True, kw_only=True)
class VantagePoint:
    """The node and the number of the cycle, which the rotations depend on."""

    node: str
    cycle: int
    source_address: str | None = None

    def source_for(self, address: str) -> str | None:
        """Return the source address, if it has the address's family."""
        source = self.source_address
        return source if source and (":" in source) is (":" in address) else None


def select_endpoints(
    every: Sequence[Endpoint], at: VantagePoint, most: int
) -> Sequence[Endpoint]:
    """Return at most `most` endpoints, of this node and of others, all of them in turn.

    This node's endpoints get up to half of the places, and always one if there is any:
    a broken overlay shows as success on this node and failure on others.
    """
    if len(every) <= most:
        return every
    own = [e for e in every if e.node == at.node]
    others = _spread([e for e in every if e.node != at.node], at.node)
    places = min(len(own), max(most // 2, most - len(others)))
    return [
        *_window(own, places, at.cycle),
        *_window(others, most - places, at.cycle),
    ]


def own_and_next_node(
    every: Sequence[Node], at: VantagePoint
) -> tuple[Node, Node | None] | None:
    """Return this node and one other, in each cycle the next one.

    The rotation starts at this node, so that the agents of a cluster do not all probe
    the same one. None: this node is not in the list.
    """
    nodes = sorted((n for n in every if n.internal_ip), key=lambda n: n.name)
    here = next((i for i, n in enumerate(nodes) if n.name == at.node), None)
    if here is None:
        return None
    others = nodes[here + 1 :] + nodes[:here]
    return nodes[here], others[at.cycle % len(others)] if others else None


def is_in_network(address: str, network: str) -> bool:
    """Tell whether an address is in a network; False if either is malformed."""
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False


def _spread(every: Sequence[Endpoint], node: str) -> list[Endpoint]:
    """Order endpoints: the first of each node, then the second, and so on."""
    rank: Counter[str] = Counter()
    keyed: list[tuple[int, bool, str, int]] = []
    for index, endpoint in enumerate(every):
        name = endpoint.node or ""
        keyed.append((rank[name], name <= node, name, index))
        rank[name] += 1
    return [every[index] for *_, index in sorted(keyed)]


def _window[T](items: Sequence[T], count: int, cycle: int) -> list[T]:
    """Return `count` items; each cycle continues after the last one's items."""
    return [items[(cycle * count + i) % len(items)] for i in range(count)]
