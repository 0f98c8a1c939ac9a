"""Size limit: what of a reading is sent if the cluster is large.

In: a reading. Out: the reading with at most `MOST` of each kind of object; `partial`
names what is incomplete.
It does not: limit what the agent itself uses, or depend on the node: all agents must
send the same of the same objects, so that it is stored once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from parallax.model.cluster import ClusterReading, Endpoint, Node, Pod

MOST = 200
"""Pods or endpoints: at some 200 bytes each, 40 KB per kind."""
MOST_NODES = 1000
"""Nodes: some 200 KB of JSON, stored once for the whole cluster."""


def limit_reading(reading: ClusterReading) -> ClusterReading:
    """Return the reading without objects beyond the limit.

    Ready and unready objects both stay, so that neither kind seems to be missing.
    """
    cluster = {
        "nodes": limit_nodes(reading.nodes),
        "ingress_endpoints": _few(reading.ingress_endpoints, MOST),
        "ingress_pods": _few(reading.ingress_pods, MOST),
        "endpoints": _few(reading.endpoints, MOST),
        "pods": _few(reading.pods, MOST),
    }
    smaller = {k: v for k, v in cluster.items() if v is not getattr(reading, k)}
    if not smaller:
        return reading
    return replace(reading, **smaller, partial=(*reading.partial, *smaller))


def limit_nodes(nodes: tuple[Node, ...] | None) -> tuple[Node, ...] | None:
    """Return at most `MOST_NODES` nodes."""
    return _few(nodes, MOST_NODES)


def _few[T: (Node, Endpoint, Pod)](
    objects: tuple[T, ...] | None, most: int
) -> tuple[T, ...] | None:
    """Return at most `most` of them, in their order."""
    if objects is None or len(objects) <= most:
        return objects
    indices = sorted(list(_alternating(objects))[:most])
    return tuple(objects[index] for index in indices)


def _alternating(objects: Sequence[Node | Endpoint | Pod]) -> Iterator[int]:
    """Yield indices: of unready and ready objects alternately."""
    ready = (i for i, one in enumerate(objects) if one.ready)
    unready = (i for i, one in enumerate(objects) if not one.ready)
    for pair in zip_longest(unready, ready):
        yield from (i for i in pair if i is not None)
