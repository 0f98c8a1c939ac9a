"""Size limit: what of a reading is sent if the cluster is large.

In: a reading, and the probes of this cycle. Out: the reading with at most `MOST` of
each kind of object; `partial` names what is incomplete.
It does not: limit what the agent itself uses.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from parallax.model.cluster import ClusterReading, Endpoint, Node, Pod
from parallax.model.probe import Probe

MOST = 200
"""Nodes, pods or endpoints: at some 200 bytes each, 40 KB per kind."""


def limit_reading(
    reading: ClusterReading, node: str, probes: Collection[Probe]
) -> ClusterReading:
    """Return the reading without objects beyond the limit.

    Everything that was probed in this cycle stays. Of the rest, ready and unready
    objects both stay, so that neither kind seems to be missing.
    """
    probed = {p.pod for p in probes if p.pod}
    cluster = {
        "nodes": _nodes(reading, {node} | {p.peer_node for p in probes if p.peer_node}),
        "ingress_endpoints": _few(reading.ingress_endpoints, probed),
        "ingress_pods": _few(reading.ingress_pods, probed),
        "endpoints": _few(reading.endpoints, probed),
        "pods": _few(reading.pods, probed),
    }
    smaller = {k: v for k, v in cluster.items() if v is not getattr(reading, k)}
    if not smaller:
        return reading
    return replace(reading, **smaller, partial=(*reading.partial, *smaller))


def _nodes(reading: ClusterReading, probed: set[str]) -> tuple[Node, ...] | None:
    """Return the nodes; if too many, those that were probed or have an endpoint."""
    nodes = reading.nodes
    if nodes is None or len(nodes) <= MOST:
        return nodes
    ends = chain(reading.ingress_endpoints or (), reading.endpoints or ())
    on_path_names = probed | {e.node for e in ends if e.node}
    on_path = tuple(n for n in nodes if n.name in on_path_names)
    return _few(on_path, probed)


def _few[T: (Node, Endpoint, Pod)](
    objects: tuple[T, ...] | None, probed: Collection[str]
) -> tuple[T, ...] | None:
    """Return at most `MOST` of them, in their order; the probed ones stay."""
    if objects is None or len(objects) <= MOST:
        return objects
    indices = sorted(list(_by_priority(objects, probed))[:MOST])
    return tuple(objects[index] for index in indices)


def _by_priority(
    objects: Sequence[Node | Endpoint | Pod], probed: Collection[str]
) -> Iterator[int]:
    """Yield indices: the probed ones, then unready and ready ones alternately."""
    first = [i for i, one in enumerate(objects) if _name(one) in probed]
    rest = [i for i, one in enumerate(objects) if _name(one) not in probed]
    yield from first
    by_turns = zip_longest(
        (i for i in rest if not objects[i].ready), (i for i in rest if objects[i].ready)
    )
    yield from (i for pair in by_turns for i in pair if i is not None)


def _name(one: Node | Endpoint | Pod) -> str | None:
    return one.pod if isinstance(one, Endpoint) else one.name
