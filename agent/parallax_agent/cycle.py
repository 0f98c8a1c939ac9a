"""Cycle: does the work that is due on one node: read, probe, report.

In: settings, targets, the watches of the Kubernetes API, `Work`. Out: the push to send,
if any, and what was observed.
It does not: decide what is due (`pace`), call the Kubernetes API, judge, or stop when a
step fails. The failure is in `problems` or in the log, and the other steps run.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from parallax.model.cluster import NodeReport
from parallax.model.probe import Probe
from parallax.model.push import SCHEMA_V2, Heartbeat, Push, ReadingPart
from parallax.model.target import Target
from parallax_agent.pace.rank import reports_changes
from parallax_agent.pace.work import Seen, Work
from parallax_agent.paths import Paths
from parallax_agent.probing import Probing, node_names
from parallax_agent.push.bound import bounded
from parallax_agent.push.lean import LeanReports
from parallax_agent.push.parts import Parts
from parallax_agent.read import connections
from parallax_agent.read.target_path import IngressPod, TargetPath
from parallax_agent.settings import Settings
from parallax_agent.sightings.follower import Follower
from parallax_agent.sightings.held import HeldSightings
from parallax_agent.sightings.log_evidence import LogBatch
from parallax_agent.sightings.log_followers import (
    LogFollowers,
    combine,
    is_elsewhere,
)
from parallax_agent.watch.api import Apis

type Logs = Mapping[IngressPod, LogBatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What the work gave: a push, and what each target showed.

    `probes` has the last probe of each hop of every target.
    """

    push: Push | None = None
    seen: Mapping[str, Seen] = field(default_factory=dict[str, Seen])
    probes: Mapping[str, Sequence[Probe]] = field(
        default_factory=dict[str, Sequence[Probe]]
    )


class Cycles:
    """Does one piece of work after the other, and holds what they share."""

    def __init__(
        self,
        settings: Settings,
        targets: Sequence[Target],
        apis: Apis,
        heartbeat_seconds: float,
    ) -> None:
        """`heartbeat_seconds`: the longest time between two heartbeats."""
        self._settings = settings
        self._targets = targets
        self._heartbeat_seconds = heartbeat_seconds
        self._paths = Paths(apis, settings.node)
        self._probing = Probing(settings, self._paths.other_pods)
        self._parts = Parts()
        self._lean = LeanReports()
        self._held = HeldSightings()
        self._sequence = 0
        self._followers = LogFollowers(
            lambda pod: Follower(apis, pod, settings.node),
            settings.ingress_log_format,
        )

    def do(self, work: Work) -> Done:
        """Read, probe and report what is due."""
        began = time.monotonic()
        due = {*work.reports, *work.turns}
        targets = [t for t in self._targets if work.read or t.name in due]
        readings = self._paths.read(targets) if targets else {}
        paths = {n: self._paths.probed(n, path) for n, path in readings.items()}
        if work.read:
            self._paths.stop_idle()
            self._follow_logs(readings, paths)
        if work.read or work.reports:
            self._held.add(self._followers.take())
        probes, seen = self._probing.run(targets, paths, work)
        self._parts.see_nodes([path.reading for path in readings.values()])
        for name, path in readings.items():
            if self._changed(name, path):
                seen[name] = replace(seen[name], reasons=True)
        push = self._push(work, readings, probes, began)
        return Done(push=push, seen=seen, probes=self._probing.last)

    def forget(self, names: Iterable[str]) -> None:
        """Report only newer probes of these targets: they have a new failure."""
        self._probing.forget(names)

    def end(self) -> None:
        """Stop watching and following logs."""
        self._paths.close()
        self._followers.stop()

    def _follow_logs(
        self, readings: Mapping[str, TargetPath], paths: Mapping[str, TargetPath]
    ) -> None:
        if all(path.ingress_pods is None for path in readings.values()):
            return  # the pods could not be read: keep following the current ones
        pods = {p: path for path in paths.values() for p in path.ingress_pods or ()}
        self._followers.follow(pods)
        for pod, path in pods.items():
            self._followers.set_format(pod, path.reading.ingress_config)

    def _changed(self, name: str, path: TargetPath) -> bool:
        """Tell whether this node reports a change of the target's objects."""
        # While the API is unavailable, the last known nodes decide.
        known = self._paths.last(name, path)
        nodes = known.reading.nodes or ()
        ready = [n.name for n in nodes if n.ready] or node_names(known) or ()
        return self._parts.changed(name, path.reading) and reports_changes(
            name, self._settings.node, ready
        )

    def _push(
        self,
        work: Work,
        readings: Mapping[str, TargetPath],
        probes: Mapping[str, Sequence[Probe]],
        began: float,
    ) -> Push | None:
        """Return what is sent: reports and the parts they refer to, or a heartbeat."""
        if not (work.reports or work.heartbeat):
            return None
        logs = {name: self._held.logs(name) for name in work.reports}
        shared, own = self._held.take(work.reports)
        now = datetime.now(UTC)
        parts = {p.digest: p for p in (self._parts.nodes,) if p is not None}
        reports: list[NodeReport] = []
        count, limit = connections.tracked() or (None, None)
        for name, interval in work.reports.items():
            report = NodeReport(
                target=name,
                cluster=self._settings.cluster,
                node=self._settings.node,
                sent_at=now,
                # Slow hops prolong a cycle; the reader must expect the next one later.
                interval=max(interval, time.monotonic() - began),
                probes=self._probing.reported(name, probes[name], interval),
                sightings=own[name],
                tracked=count,
                tracked_limit=limit,
            )
            path = readings[name]
            reports.append(self._with_evidence(report, path, logs[name], parts))
        return Push(
            schema=SCHEMA_V2,
            cluster=self._settings.cluster,
            node=self._settings.node,
            sent_at=now,
            heartbeat=self._heartbeat() if work.heartbeat else None,
            readings=tuple(parts.values()),
            reports=tuple(reports),
            sightings=bounded(shared) if work.reports else (),
        )

    def _with_evidence(
        self,
        report: NodeReport,
        path: TargetPath,
        logs: Logs,
        parts: dict[str, ReadingPart],
    ) -> NodeReport:
        """Add the reference to the reading, and how far the logs were read.

        The parts that the reference names are added to `parts`.
        """
        pods = self._paths.last(report.target, path).ingress_pods or ()
        log = combine(logs, pods)
        ref, own = self._parts.reference(report.target, path.reading)
        parts.update(own)
        problems = (*path.reading.problems, *filter(None, [log.problem]))
        known = replace(
            report,
            reading_ref=ref,
            problems=problems,
            log_read_at=None if is_elsewhere(path.reading) else log.read_at,
        )
        return self._lean.reduce(bounded(known))

    def _heartbeat(self) -> Heartbeat:
        self._sequence += 1
        nodes = self._parts.nodes
        return Heartbeat(
            sequence=self._sequence,
            interval=self._heartbeat_seconds,
            targets=len(self._targets),
            nodes=nodes.digest if nodes else None,
        )
