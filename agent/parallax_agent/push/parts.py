"""Parts: the readings of all targets as parts that all agents of the cluster share.

In: readings, one after the other. Out: references, and the parts that they refer to;
whether a target's part changed. It does not: send a part, or store one.

What is equal to the last reading keeps its digest, so that an unchanged cluster costs
one comparison for each target.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from parallax.model.cluster import ClusterReading, Node, ReadingRef
from parallax.model.push import ReadingPart
from parallax.model.reading_parts import nodes_part, part
from parallax_agent.push.bound import bounded
from parallax_agent.read.size_limit import limit_nodes, limit_reading


class Parts:
    """Remembers the parts of the last reading of each target, and of the nodes."""

    def __init__(self) -> None:
        self._seen: dict[str, ClusterReading] = {}
        self._parts: dict[str, ReadingPart] = {}
        self._all_nodes: tuple[Node, ...] | None = None
        self._nodes: ReadingPart | None = None

    @property
    def nodes(self) -> ReadingPart | None:
        """The list of nodes of the last reading; None: not read."""
        return self._nodes

    def see_nodes(self, readings: Collection[ClusterReading]) -> None:
        """Set the list of nodes, as one of these readings of the same moment has it."""
        if not readings:
            return
        known = (reading for reading in readings if reading.nodes is not None)
        reading = next(known, next(iter(readings)))
        if reading.nodes != self._all_nodes:
            few = limit_nodes(reading.nodes)
            own = ClusterReading(read_at=reading.read_at, nodes=few)
            self._nodes = nodes_part(bounded(own))
            self._all_nodes = reading.nodes

    def changed(self, target: str, reading: ClusterReading) -> bool:
        """Set a target's reading; return whether its part differs from the last one.

        The nodes are a part of their own.
        """
        before = self._seen.get(target)
        now = replace(reading, nodes=None, problems=())
        if before is not None and replace(before, read_at=now.read_at) == now:
            return False
        self._seen[target] = now
        self._parts.pop(target, None)
        return True

    def reference(
        self, target: str, reading: ClusterReading
    ) -> tuple[ReadingRef, Mapping[str, ReadingPart]]:
        """Return the reference to a reading, and its parts by digest.

        The nodes are those of `see_nodes`.
        """
        self.changed(target, reading)
        if target not in self._parts:
            few = limit_reading(replace(reading, problems=()))
            self._parts[target] = part(bounded(replace(few, nodes=None)))
        nodes = self._nodes if reading.nodes is not None else None
        every = (self._parts[target], *filter(None, [nodes]))
        ref = ReadingRef(
            read_at=reading.read_at,
            target=self._parts[target].digest,
            nodes=nodes.digest if nodes else None,
        )
        return ref, {one.digest: one for one in every}
