"""Push: the body of one request from an agent to `ingest`.

In and out: the body of `POST /v1/observations`, as one value.
It does not: sign or check signatures; the agent and `parallax.ingest` do.
"""

from dataclasses import dataclass
from datetime import datetime

from parallax.model.cluster import NodeReport, Sighting
from parallax.model.wire import wired

SCHEMA = "io.parallax.observations.v1"
"""The only schema version that ingest accepts."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Reports of one node about all of its targets, as sent at one instant.

    `sightings` are those of all ingress pods of the node, for any target. An access log
    does not show the target, so ingest adds them to each report.
    """

    schema: str
    cluster: str
    node: str
    sent_at: datetime
    reports: tuple[NodeReport, ...] = ()
    sightings: tuple[Sighting, ...] = ()
