"""Cut: what of a reading is sent on when the cluster is large.

In: a reading, and what was asked of it in this cycle. Out: the reading, no more
than `MOST` of anything; `partial` names what was cut.
It does not: cut what the agent itself goes by.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from parallax.model.cluster import ClusterReading, Endpoint, Node, Pod
from parallax.model.probe import Probe

MOST = 200
"""Of nodes, of pods, of endpoints: at some 200 bytes each, 40 KB of each kind."""


def limit_reading(
    reading: ClusterReading, node: str, probes: Collection[Probe]
) -> ClusterReading:
    """Return the reading with those of the target's path, as far as they are too many.

    Whatever was asked in this cycle stays. Of the rest both kinds stay, ready and
    not ready, so that neither seems to be all there is.
    """
    asked = {p.pod for p in probes if p.pod}
    cluster = {
        "nodes": _nodes(reading, {node} | {p.peer_node for p in probes if p.peer_node}),
        "ingress_endpoints": _few(reading.ingress_endpoints, asked),
        "ingress_pods": _few(reading.ingress_pods, asked),
        "endpoints": _few(reading.endpoints, asked),
        "pods": _few(reading.pods, asked),
    }
    smaller = {k: v for k, v in cluster.items() if v is not getattr(reading, k)}
    if not smaller:
        return reading
    return replace(reading, **smaller, partial=(*reading.partial, *smaller))


def _nodes(reading: ClusterReading, asked: set[str]) -> tuple[Node, ...] | None:
    """Return the nodes, or those that were asked or hold an endpoint of the path."""
    nodes = reading.nodes
    if nodes is None or len(nodes) <= MOST:
        return nodes
    ends = chain(reading.ingress_endpoints or (), reading.endpoints or ())
    walked = asked | {e.node for e in ends if e.node}
    on_path = tuple(n for n in nodes if n.name in walked)
    return _few(on_path, asked)


def _few[T: (Node, Endpoint, Pod)](
    found: tuple[T, ...] | None, asked: Collection[str]
) -> tuple[T, ...] | None:
    """Return `MOST` of them at most, in their order; those that were asked stay."""
    if found is None or len(found) <= MOST:
        return found
    kept = sorted(list(_by_worth(found, asked))[:MOST])
    return tuple(found[index] for index in kept)


def _by_worth(
    found: Sequence[Node | Endpoint | Pod], asked: Collection[str]
) -> Iterator[int]:
    """Yield indices: the asked, then by turns one that is not ready and one that is."""
    first = [i for i, one in enumerate(found) if _name(one) in asked]
    rest = [i for i, one in enumerate(found) if _name(one) not in asked]
    yield from first
    by_turns = zip_longest(
        (i for i in rest if not found[i].ready), (i for i in rest if found[i].ready)
    )
    yield from (i for pair in by_turns for i in pair if i is not None)


def _name(one: Node | Endpoint | Pod) -> str | None:
    return one.pod if isinstance(one, Endpoint) else one.name
