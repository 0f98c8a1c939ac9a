"""Push: the body of one request from an agent to `ingest`.

In and out: the body of `POST /v1/observations`, as one value.
It does not: sign or check signatures; the agent and `parallax.ingest` do.

Version 2 adds the heartbeat, and readings that are sent once and referred to by their
digest (docs/decisions/0012). Version 1 has a report of every target, each with its
whole reading.
"""

from dataclasses import dataclass
from datetime import datetime

from parallax.model.cluster import ClusterReading, NodeReport, Sighting
from parallax.model.wire import wired

SCHEMA = "io.parallax.observations.v1"
SCHEMA_V2 = "io.parallax.observations.v2"
SCHEMAS = (SCHEMA, SCHEMA_V2)
"""The schema versions that ingest accepts, the oldest first."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A node's agent works, and no target of it needs a report.

    `sequence` counts the heartbeats since the agent started. `interval` is the number
    of seconds until the next one. `targets` is how many targets the agent observes.
    `nodes` is the digest of the cluster's list of nodes; None: it could not be read.
    """

    sequence: int
    interval: float
    targets: int
    nodes: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPart:
    """A part of a cluster reading, and its digest."""

    digest: str
    reading: ClusterReading


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What one node sends at one instant: a heartbeat, reports of targets, or both.

    `sightings` are those of all ingress pods of the node, for any target. An access log
    does not show the target, so ingest adds them to each report. `readings` has the
    parts that the store may lack.
    """

    schema: str
    cluster: str
    node: str
    sent_at: datetime
    heartbeat: Heartbeat | None = None
    readings: tuple[ReadingPart, ...] = ()
    reports: tuple[NodeReport, ...] = ()
    sightings: tuple[Sighting, ...] = ()
