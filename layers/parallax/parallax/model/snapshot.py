"""Snapshot: all evidence about one target at one moment.

In: the observations that `parallax.diagnose.join` read from the journal.
Out: a plain value that can be saved, sent, and judged again anywhere.
It does not: refer to any data outside of itself.
"""

from dataclasses import dataclass
from datetime import datetime

from parallax.model.balancer import BalancerReading, LoadBalancer
from parallax.model.cluster import ClusterReading, NodeReport, Sighting
from parallax.model.freshness import (
    INVESTIGATION_STALE,
    earliest,
    is_current,
    is_fresh,
    run_stale,
)
from parallax.model.probe import Probe, ProbeRun, Role
from parallax.model.reporters import reporters
from parallax.model.target import Target
from parallax.model.wire import wired

SCHEMA = "io.parallax.snapshot.v1"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class PastProbe:
    """One past probe of a target, for constancy and trend."""

    started_at: datetime
    healthy: bool
    status_code: int | None = None
    error_type: str | None = None
    hop: str | None = None
    """How far that request got (the hop that wrote the response)."""
    peer_address: str | None = None
    """The address to which the name led then; None: unknown."""


def same_failure(one: PastProbe | Probe, other: PastProbe | Probe) -> bool:
    """Say whether both probes failed with the same status or error."""
    if one.healthy or other.healthy:
        return False
    return (one.status_code, one.error_type) == (other.status_code, other.error_type)


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All evidence about a target, as one value.

    `run` is the newest external run (the newest investigation, if the target fails).
    `failing_since` is the start of the first external probe of the present failure;
    None if external probes succeed, or if there is none. `well_since` is the start of
    the first successful probe after a failure. `reports` has the newest report of each
    node, or a report without content of a node that only sends heartbeats; `sightings`
    has all log lines of the run's request ids. `nodes` names the cluster's nodes; None:
    no agent listed them, apart from the readings in the reports.
    """

    target: Target
    taken_at: datetime
    settle_seconds: float = 120.0
    run: ProbeRun | None = None
    balancer: BalancerReading | None = None
    reports: tuple[NodeReport, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    past: tuple[PastProbe, ...] = ()
    failing_since: datetime | None = None
    well_since: datetime | None = None
    nodes: tuple[str, ...] | None = None
    last_good: Probe | None = None
    """The newest healthy first probe of the last half hour, without headers and body,
    to compare a failing one with; None: there is none, or an earlier release."""
    schema: str = SCHEMA

    @property
    def outside(self) -> ProbeRun | None:
        """The external run if it is fresh, else None."""
        run, now = self.run, self.taken_at
        if run is None or not is_fresh(
            self._confirmed_at(run), now, run_stale(self.target.interval)
        ):
            return None
        if run.first.healthy or is_fresh(run.started_at, now, INVESTIGATION_STALE):
            return run
        return None

    def _confirmed_at(self, run: ProbeRun) -> datetime:
        """Return when a probe last had the result of this run.

        A failure that continues is investigated only now and then. The probes in
        between confirm the investigation if they fail in the same way.
        """
        later = [p for p in self.past if p.started_at > run.started_at]
        confirms = later and all(same_failure(p, run.first) for p in later)
        return later[-1].started_at if confirms else run.started_at

    @property
    def changed_at(self) -> datetime | None:
        """When the present failure, or the recovery after one, began.

        Earlier measurements describe the state before that.
        """
        return self.failing_since or self.well_since

    @property
    def load_balancer(self) -> LoadBalancer | None:
        """The load balancer as read since the failure or its end; None: unknown."""
        reading = self.balancer
        if reading is None:
            return None
        current = is_current(reading.read_at, self.taken_at, self.changed_at)
        return reading.load_balancer if current else None

    @property
    def live_reports(self) -> tuple[NodeReport, ...]:
        """Reports of agents that are not silent, newest of each node."""
        return tuple(
            r for r in self.reports if is_fresh(r.arrived_at, self.taken_at, r.patience)
        )

    @property
    def cluster(self) -> ClusterReading | None:
        """The freshest live reading of the Kubernetes API, else None.

        Of a large cluster that of a reporter: only reporters list events and claims.
        """
        readings = [
            (report.outside_time(report.reading.read_at), report.node, report.reading)
            for report in self.live_reports
            if report.reading is not None
            and report.reading.read_at >= self._earliest(report)
        ]
        if not readings:
            return None
        newest = max(readings, key=lambda one: one[0])
        chosen = reporters(self.target.name, newest[2]) or {newest[1]}
        own = [one for one in readings if one[1] in chosen]
        return max(own or [newest], key=lambda one: one[0])[2]

    def inside(self, *roles: Role) -> tuple[Probe, ...]:
        """Return current inside probes with these roles."""
        return tuple(
            probe
            for report in self.live_reports
            for earliest in (self._earliest(report),)
            for probe in report.probes
            if probe.role in roles and probe.started_at >= earliest
        )

    def _earliest(self, report: NodeReport) -> datetime:
        """Return the earliest current instant of a report, by the node's own clock.

        A report that waited in the agent's buffer arrives late, but is old.
        """
        return earliest(self.taken_at, self.changed_at, report.patience) - report.skew

    def sightings_of(self, *probes: Probe) -> tuple[Sighting, ...]:
        """Return the sightings of these probes' request ids."""
        wanted = {p.request_id for p in probes}
        return tuple(s for s in self.sightings if s.request_id in wanted)
