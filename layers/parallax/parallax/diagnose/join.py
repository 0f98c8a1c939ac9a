"""Join: from the journal's observations to one snapshot of a target.

In: observations in any order, with duplicates, from clocks that differ a little.
Out: a `Snapshot`. It does not: judge, or read the journal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from parallax.diagnose.reach import reached
from parallax.model.balancer import BalancerReading
from parallax.model.cluster import STALE_INTERVALS, NodeReport, Sighting
from parallax.model.freshness import (
    INVESTIGATION_STALE,
    RUN_STALE,
    is_current,
    is_fresh,
    is_future,
)
from parallax.model.heartbeat import Agents, HeartbeatSeen
from parallax.model.probe import Phases, Probe, ProbeRun
from parallax.model.round import PAST
from parallax.model.snapshot import PastProbe, Snapshot, same_failure
from parallax.model.target import Target
from parallax.model.web_url import without_secret_values

type Observation = ProbeRun | BalancerReading | NodeReport


def join(
    target: Target,
    observations: Sequence[Observation],
    *,
    taken_at: datetime,
    settle_seconds: float = 120.0,
    agents: Agents | None = None,
) -> Snapshot:
    """Return a target's snapshot at `taken_at` (UTC, our clock).

    `agents` are those of the target's cluster; None: it has none, or they send reports
    only, as agents of an earlier version do.
    """
    own = [o for o in observations if o.target == target.name]
    runs = _runs(own, taken_at)
    reports = [o for o in own if isinstance(o, NodeReport) and _may_report(o, target)]
    since, well = _changed(runs)
    run = _newest_run(runs, since)
    return Snapshot(
        # Findings, mails and pages have the URL from here, without a secret in it.
        target=replace(target, url=without_secret_values(target.url)),
        taken_at=taken_at,
        settle_seconds=settle_seconds,
        run=run,
        balancer=_newest_reading(own, since or well, taken_at),
        # The sightings of this run are stored beside the reports, each line once.
        reports=tuple(
            replace(r, sightings=())
            for r in _with_heartbeats(
                _newest_reports(reports, taken_at), target.name, agents, taken_at
            )
        ),
        sightings=_sightings(reports, run),
        past=tuple(_past(r) for r in runs if taken_at - r.started_at <= PAST),
        failing_since=since,
        well_since=well,
        nodes=agents.nodes if agents else None,
        last_good=_last_good(runs) if since else None,
    )


def _may_report(report: NodeReport, target: Target) -> bool:
    """Say whether a report is of the target's own cluster, if the target names one.

    The key of another cluster may sign it, but its agents do not observe the target.
    """
    return target.reached.cluster in {None, report.cluster}


def _runs(own: Iterable[Observation], taken_at: datetime) -> list[ProbeRun]:
    """Return the runs, oldest first, each once and in its most complete form."""
    fullest: dict[datetime, ProbeRun] = {}
    for run in own:
        if not isinstance(run, ProbeRun) or is_future(run.started_at, taken_at):
            continue
        known = fullest.get(run.started_at)
        if known is None or len(run.probes) > len(known.probes):
            fullest[run.started_at] = run
    return [fullest[at] for at in sorted(fullest)]


def _changed(runs: Sequence[ProbeRun]) -> tuple[datetime | None, datetime | None]:
    """Return since when all runs fail, or since when all succeed after a failure.

    At most one of them is set; none if no run failed, or if there is no run.
    """
    since = None
    for run in reversed(runs):
        if run.first.healthy is not runs[-1].first.healthy:
            return (since, None) if run.first.healthy else (None, since)
        since = run.first.started_at
    fails = bool(runs) and not runs[-1].first.healthy
    return (since if fails else None), None


def _newest_run(runs: Sequence[ProbeRun], since: datetime | None) -> ProbeRun | None:
    """Return the newest run, or the investigation of the same failure before it.

    While the next investigation runs, only its first probe is stored. Until it ends,
    that of the minute before has more evidence. A failure that continues for long is
    investigated only now and then; the last investigation then stays, as long as every
    later probe fails in the same way.
    """
    if not runs:
        return None
    newest = runs[-1]
    if since is None or len(newest.probes) > 1:
        return newest
    same = True
    for run in reversed(runs):
        age = newest.started_at - run.started_at
        if run.first.started_at < since or age > INVESTIGATION_STALE:
            break
        same = same and same_failure(run.first, newest.first)
        if len(run.probes) > 1:
            return run if same or age <= RUN_STALE / 2 else newest
    return newest


def _newest_reading(
    own: Iterable[Observation], since: datetime | None, taken_at: datetime
) -> BalancerReading | None:
    """Return the newest balancer reading; a fresh success is preferred to an error."""
    readings = sorted(
        (
            o
            for o in own
            if isinstance(o, BalancerReading) and not is_future(o.read_at, taken_at)
        ),
        key=lambda r: r.read_at,
    )
    good = [
        r
        for r in readings
        if r.load_balancer is not None and is_current(r.read_at, taken_at, since)
    ]
    return (good or readings or [None])[-1]


def _newest_reports(
    reports: Iterable[NodeReport], taken_at: datetime
) -> tuple[NodeReport, ...]:
    """Return the newest report of each node, by the time ingest received it."""
    newest: dict[tuple[str, str], NodeReport] = {}
    for report in sorted(reports, key=lambda r: (r.arrived_at, r.sent_at)):
        if not is_future(report.arrived_at, taken_at):
            newest[report.cluster, report.node] = report
    return tuple(newest[key] for key in sorted(newest))


def _with_heartbeats(
    reports: Iterable[NodeReport], target: str, agents: Agents | None, now: datetime
) -> tuple[NodeReport, ...]:
    """Add a report without content for each node that sends only heartbeats now.

    A fresh report is never replaced: a heartbeat observes nothing.
    """
    known = {(r.cluster, r.node): r for r in reports}
    for seen in agents.heartbeats if agents else ():
        report = known.get((seen.cluster, seen.node))
        fresh = report and is_fresh(report.arrived_at, now, report.patience)
        if fresh or is_future(seen.received_at, now):
            continue
        if report is None or report.arrived_at < seen.received_at:
            known[seen.cluster, seen.node] = _bare(seen, target)
    return tuple(known[key] for key in sorted(known))


def _bare(seen: HeartbeatSeen, target: str) -> NodeReport:
    """Return a report that only says that the agent works, as long as it counts."""
    return NodeReport(
        target=target,
        cluster=seen.cluster,
        node=seen.node,
        sent_at=seen.received_at,
        received_at=seen.received_at,
        interval=seen.patience.total_seconds() / STALE_INTERVALS,
    )


def _sightings(
    reports: Iterable[NodeReport], run: ProbeRun | None
) -> tuple[Sighting, ...]:
    """Return the log lines of the run's request ids, each line once."""
    wanted = {p.request_id for p in run.probes} if run else set[str]()
    found = {s: None for r in reports for s in r.sightings if s.request_id in wanted}
    return tuple(sorted(found, key=lambda s: (s.seen_at, s.request_id, s.node)))


def _last_good(runs: Sequence[ProbeRun]) -> Probe | None:
    """Return the newest healthy first probe whose phases are known."""
    healthy = [r.first for r in reversed(runs) if r.first.healthy]
    return next((p for p in healthy if p.phases != Phases()), None)


def _past(run: ProbeRun) -> PastProbe:
    first = run.first
    return PastProbe(
        started_at=first.started_at,
        healthy=first.healthy,
        status_code=first.status_code,
        error_type=first.error_type,
        hop=reached(first),
        peer_address=first.peer_address,
    )
