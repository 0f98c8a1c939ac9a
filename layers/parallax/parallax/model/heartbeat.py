"""Heartbeat: the last sign of life of each node's agent, as the journal returns it.

In: what `ingest` stored of a heartbeat. Out: frozen values, instants by ingest's clock.
It does not: say anything about a target; a silent target needs no report.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE = timedelta(seconds=30)
"""How late a heartbeat may be. Agents send one a minute, so a node that stops right
after one counts as silent after 90 seconds; a check follows within half a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatSeen:
    """The newest heartbeat of one node; `interval`: seconds until the next one."""

    cluster: str
    node: str
    received_at: datetime
    interval: float
    nodes: str | None = None
    """The digest of the cluster's list of nodes, if the agent could read it."""

    @property
    def patience(self) -> timedelta:
        """How old this heartbeat may be until its agent counts as silent."""
        return timedelta(seconds=self.interval) + GRACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """The agents of one cluster: their newest heartbeats, and the nodes it has.

    `nodes` is None if no list of nodes is known.
    """

    heartbeats: tuple[HeartbeatSeen, ...] = ()
    nodes: tuple[str, ...] | None = None
