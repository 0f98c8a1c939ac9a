"""View: what is exported at one instant, as values.

In: values that `reading` read. Out: frozen values. It does not: have stale values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from parallax.model.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestProbe:
    """A target's newest probe; seconds, and instants in UTC.

    `phases` has those that were reached. None: there was none, or an earlier version
    stored the round.
    """

    at: datetime
    success: bool
    method: str = "GET"
    status_code: int | None = None
    error_type: str | None = None
    address: str | None = None
    duration: float | None = None
    phases: Mapping[str, float] = field(default_factory=dict[str, float])
    certificate_ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """An open incident: its cause, and its targets with the severity of each."""

    id: str
    cause: str
    acknowledged: bool
    targets: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingAgents:
    """How many agents of a cluster report, and how many of its nodes do not."""

    cluster: str
    reporting: int
    silent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that is exported.

    `probes` has no target whose newest probe is stale. `rounds` has the end of each
    shard's last round, however old. `incidents` is None if they were not readable.
    """

    at: datetime
    targets: tuple[Target, ...]
    probes: Mapping[str, NewestProbe]
    rounds: Mapping[int, datetime]
    incidents: tuple[OpenIncident, ...] | None = ()
    agents: tuple[ReportingAgents, ...] = ()
