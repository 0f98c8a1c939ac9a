"""Cycle: one cycle of reading and probing every target, from one node.

In: settings, targets, the watches of the Kubernetes API. Out: one push with a report
for each target.
It does not: call the Kubernetes API, judge, or stop when a step fails. The failure is
in `problems` or in the log, and the other steps run.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from parallax.model.cluster import ClusterReading, NodeReport
from parallax.model.probe import Probe
from parallax.model.push import SCHEMA, Push
from parallax.model.target import Target
from parallax_agent.hops import plan
from parallax_agent.hops.schedule import ScheduledRequest, run_schedule
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.push.bound import bounded
from parallax_agent.push.heartbeat import Heartbeat
from parallax_agent.read.size_limit import limit_reading
from parallax_agent.read.target_path import (
    IngressPod,
    TargetPath,
    needed_lists,
    read_path,
)
from parallax_agent.settings import Settings
from parallax_agent.sightings.follower import Follower
from parallax_agent.sightings.log_evidence import LogBatch
from parallax_agent.sightings.log_followers import (
    LogFollowers,
    combine,
    limit_sightings,
)
from parallax_agent.watch.api import Apis, Lists
from parallax_agent.watch.watches import Watches

REMEMBERED_SECONDS = 300.0
"""While the API is unavailable, the last known path is probed for this long."""

logger = logging.getLogger(__name__)


class Cycles:
    """Runs one cycle after the other, and holds what they share."""

    def __init__(
        self,
        settings: Settings,
        targets: Sequence[Target],
        apis: Apis,
        interval: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._targets = targets
        self._interval = interval
        self._watches = Watches(apis)
        self._node = settings.node
        self._cycle = -1
        self._began = 0.0
        self._paths: dict[str, tuple[float, TargetPath]] = {}
        self._heartbeat = Heartbeat()
        self._followers = LogFollowers(
            lambda pod: Follower(apis, pod, self._node),
            settings.ingress_log_format,
        )

    def next(self) -> Push:
        """Read, probe and collect log lines; return the push to send."""
        self._cycle += 1
        self._began = time.monotonic()
        readings = self._read()
        paths = {
            name: self._current_path(name, path) for name, path in readings.items()
        }
        self._follow_logs(readings, paths)
        probes = self._probe(paths)
        by_pod = limit_sightings(self._followers.take())
        now = datetime.now(UTC)
        reports = tuple(
            self._heartbeat.reduce(
                bounded(
                    self._report(target, readings[target.name], probes, by_pod, now)
                )
            )
            for target in self._targets
        )
        settings = self._settings
        return Push(
            schema=SCHEMA,
            cluster=settings.cluster,
            node=settings.node,
            sent_at=now,
            reports=reports,
            sightings=bounded(tuple(s for h in by_pod.values() for s in h.sightings)),
        )

    def end(self) -> None:
        """Stop watching and following logs."""
        self._watches.close()
        self._followers.stop()

    def _read(self) -> dict[str, TargetPath]:
        lists = Lists(self._watches)
        targets = self._targets
        lists.prefetch(pair for target in targets for pair in needed_lists(target))
        paths = {target.name: self._read_one(target, lists) for target in targets}
        self._watches.stop_idle()
        return paths

    def _read_one(self, target: Target, lists: Lists) -> TargetPath:
        now = datetime.now(UTC)
        try:
            path = read_path(target, lists, node=self._node, now=now)
        except Exception as error:
            logger.exception("target could not be read", extra={"target": target.name})
            problem = (
                f"the agent could not read the path: {type(error).__name__}: {error}"
            )
            return TargetPath(reading=ClusterReading(read_at=now, problems=(problem,)))
        unsupported = plan.unsupported_protocol(path)
        problems = (*path.reading.problems, *filter(None, [unsupported]))
        return replace(path, reading=replace(path.reading, problems=problems))

    def _current_path(self, name: str, path: TargetPath) -> TargetPath:
        """Return the path, or the last complete one if the API returned nothing."""
        now = time.monotonic()
        if path.reading.nodes is not None or path.reading.endpoints is not None:
            self._paths[name] = now, path
            return path
        then, last = self._paths.get(name, (-REMEMBERED_SECONDS, path))
        return last if now - then < REMEMBERED_SECONDS else path

    def _follow_logs(
        self, readings: dict[str, TargetPath], paths: dict[str, TargetPath]
    ) -> None:
        if all(path.ingress_pods is None for path in readings.values()):
            return  # the pods could not be read: keep following the current ones
        pods = {p: path for path in paths.values() for p in path.ingress_pods or ()}
        self._followers.follow(pods)
        for pod, path in pods.items():
            self._followers.set_format(pod, path.reading.ingress_config)

    def _probe(self, paths: dict[str, TargetPath]) -> dict[str, list[Probe]]:
        settings = self._settings
        at = VantagePoint(
            node=self._node, cycle=self._cycle, source_address=settings.source_address
        )
        owners: list[str] = []
        requests: list[ScheduledRequest] = []
        for target in self._targets:
            path = paths[target.name]
            backend = plan.backend_name(target, path)
            for question in plan.plan_requests(target, path, at):
                owners.append(target.name)
                requests.append(ScheduledRequest(question=question, backend=backend))
        probes: dict[str, list[Probe]] = {name: [] for name in paths}
        try:
            answers = asyncio.run(run_schedule(requests, settings.interval))
        except Exception:
            logger.exception("probes failed")
            return probes
        for name, probe in zip(owners, answers, strict=True):
            if probe is not None:
                probes[name].append(plan.trim(probe))
        return probes

    def _report(
        self,
        target: Target,
        path: TargetPath,
        probes: dict[str, list[Probe]],
        by_pod: dict[IngressPod, LogBatch],
        now: datetime,
    ) -> NodeReport:
        pods = self._paths.get(target.name, (0, path))[1].ingress_pods or ()
        log = combine(by_pod, pods)
        settings = self._settings
        problems = (*path.reading.problems, *filter(None, [log.problem]))
        reading = replace(path.reading, problems=problems)
        return NodeReport(
            target=target.name,
            cluster=settings.cluster,
            node=settings.node,
            sent_at=now,
            # Slow hops prolong a cycle; the reader must expect the next report later.
            interval=max(self._interval(), time.monotonic() - self._began),
            probes=tuple(probes[target.name]),
            reading=limit_reading(reading, self._node, probes[target.name]),
            log_read_at=None if _logs_elsewhere(path.reading) else log.read_at,
        )


def _logs_elsewhere(reading: ClusterReading) -> bool:
    """Tell whether the controller logs to another place, or not at all."""
    config = dict(reading.ingress_config or ())
    return config.get("disable-access-log") == "true" or any(
        config.get(name, "/dev/stdout")
        not in {"/dev/stdout", "/var/log/nginx/access.log"}
        for name in ("access-log-path", "http-access-log-path")
    )
