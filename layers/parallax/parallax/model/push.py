"""Push: what an agent sends to `ingest` in one request.

In and out: the body of `POST /v1/observations`, as one value.
It does not: sign or check signatures; the agent and `parallax.ingest` do.
"""

from dataclasses import dataclass
from datetime import datetime

from parallax.model.cluster import NodeReport, Sighting
from parallax.model.wire import wired

SCHEMA = "io.parallax.observations.v1"
"""The only schema version that ingest takes; another one is refused by name."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Reports of one node about all of its targets, as sent at one instant.

    `sightings` are those of all the node's ingress pods, whichever target each is of:
    an access log does not tell, so each report gets them at its receipt.
    """

    schema: str
    cluster: str
    node: str
    sent_at: datetime
    reports: tuple[NodeReport, ...] = ()
    sightings: tuple[Sighting, ...] = ()
