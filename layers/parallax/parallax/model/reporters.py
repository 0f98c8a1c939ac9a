"""Reporters: the nodes of a large cluster that report one failing target.

In: a target's name, a reading of its path. Out: names of nodes. Agents and judgement
read the same objects, so both know who reports without a message.
It does not: limit what a node reports of its own, e.g. that its own probes fail.

If each of 500 nodes reported each failing target, an outage would cost as many writes.
Every ingress log is needed, as a missing line proves something only if all were read.
The other reporters measure the rest: each NodePort can be probed from any node.
"""

from collections.abc import Iterable
from heapq import nsmallest
from zlib import crc32

from parallax.model.cluster import ClusterReading

MOST = 24
"""Nodes that report one target, without those with an ingress pod. A cluster of this
size or smaller reports from every node."""
AT_PODS = 12
"""Of them, those that run a pod of the target: a pod is also probed from its node."""


def reporters(target: str, reading: ClusterReading) -> frozenset[str] | None:
    """Return the nodes that report a target; None: every node does.

    Every node reports as well if the nodes or the ingress pods could not be read.
    """
    nodes, ingress_pods = reading.nodes, reading.ingress_pods
    if nodes is None or ingress_pods is None or len(nodes) <= MOST:
        return None
    ready = {node.name for node in nodes if node.ready}
    logging = ready.intersection(pod.node or "" for pod in ingress_pods)
    at_pods = ready.intersection(end.node or "" for end in reading.endpoints or ())
    chosen = set(_lowest(target, at_pods - logging, AT_PODS))
    rest = ready - logging - chosen
    chosen.update(_lowest(target, rest, MOST - len(chosen)))
    return frozenset(logging | chosen)


def _lowest(target: str, names: Iterable[str], count: int) -> list[str]:
    """Return the names with the lowest ranks: different ones for each target."""
    return nsmallest(count, names, key=lambda name: rank(target, name))


def rank(target: str, node: str) -> tuple[int, str]:
    """Return a node's rank for a target, the same on all nodes."""
    return crc32(f"{target}/{node}".encode()), node
