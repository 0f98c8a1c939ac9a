"""Probing: the requests of one cycle, for all targets that are due.

In: paths, `Work`. Out: for each target its probes, the length of its whole plan, and
whether a probe failed or recovered. It does not: decide what is due, or report.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from parallax.model.probe import Probe
from parallax.model.reporters import reporters
from parallax.model.target import Target
from parallax.probe import ProbeRequest
from parallax_agent.hops import other_pods, plan
from parallax_agent.hops.memory import HopMemory
from parallax_agent.hops.other_pods import OtherPod
from parallax_agent.hops.schedule import ScheduledRequest, run_schedule
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.hops.share import place_among, take_share
from parallax_agent.pace.turns import Place, place_of
from parallax_agent.pace.work import Seen, Work
from parallax_agent.read.size_limit import limit_reading
from parallax_agent.read.target_path import TargetPath
from parallax_agent.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Planned:
    """One target's requests of a cycle, and the length of its whole plan."""

    place: Place
    length: int
    requests: Sequence[ProbeRequest] = ()
    is_reporter: bool = True
    is_whole: bool = False


class Probing:
    """Sends the requests of one cycle after the other."""

    def __init__(
        self,
        settings: Settings,
        read_other_pods: Callable[[], Mapping[str, OtherPod]] = dict[str, OtherPod],
    ) -> None:
        """`read_other_pods` returns a pod of the cluster's own for each node."""
        self._settings = settings
        self._read_other_pods = read_other_pods
        self._hops: defaultdict[str, HopMemory] = defaultdict(HopMemory)
        self._whole: set[str] = set()
        self._is_reporter: dict[str, bool] = {}

    def run(
        self, targets: Sequence[Target], paths: Mapping[str, TargetPath], work: Work
    ) -> tuple[dict[str, list[Probe]], dict[str, Seen]]:
        """Probe what is due; return the probes of each target, and what they show."""
        for name, path in paths.items():
            self._hops[name].keep_existing(path)
        plans = {t.name: self._plan(t, paths[t.name], work) for t in targets}
        self._whole = {n for n, one in plans.items() if one.is_whole}
        probes = self._send(targets, paths, plans)
        seen = {
            name: Seen(
                place=one.place,
                length=one.length,
                reasons=self._hops[name].add(probes[name], _unready(paths[name])),
                is_reporter=one.is_reporter,
            )
            for name, one in plans.items()
        }
        return probes, seen

    @property
    def last(self) -> dict[str, tuple[Probe, ...]]:
        """The last probe of each hop of each target."""
        return {name: hops.last for name, hops in self._hops.items()}

    def reported(
        self, name: str, probes: Iterable[Probe], interval: float
    ) -> tuple[Probe, ...]:
        """Return the probes of a report: of this cycle, and of hops it left out.

        After a whole plan there are none: its rotation changes, but leaves out no kind.
        """
        if name in self._whole:
            self._hops[name].forget()
        return self._hops[name].keep(probes, interval)

    def forget(self, names: Iterable[str]) -> None:
        """Report only newer probes of these targets from now on."""
        for name in names:
            self._hops[name].forget()

    def _plan(self, target: Target, path: TargetPath, work: Work) -> Planned:
        """Choose what of the whole plan is sent: a share, one request, or nothing."""
        settings, name = self._settings, target.name
        place = place_of(settings.node, node_names(path))
        cycle = int(time.time() // work.reports.get(name, settings.interval))
        at = VantagePoint(
            node=settings.node, cycle=cycle, source_address=settings.source_address
        )
        whole = plan.plan_requests(target, path, at)
        if name not in work.reports and (name not in work.turns or not whole):
            # Who reports costs a rank of each node, so it is not found out each time.
            known = self._is_reporter.get(name, True)
            empty = not whole
            return Planned(place, len(whole), is_reporter=known, is_whole=empty)
        sharing = reporters(name, limit_reading(path.reading))
        is_reporter = sharing is None or settings.node in sharing
        self._is_reporter[name] = is_reporter
        if name in work.reports:
            index, count = place_among(
                sharing, settings.node, index=place.index, count=place.count
            )
            share = take_share(
                whole,
                index=index,
                count=count,
                cycle=cycle,
                failing=self._hops[name].failing,
            )
            is_whole = len(share) == len(whole)
            sent = [*share, *self._to_other_pods(name, at)]
            return Planned(place, len(whole), sent, is_reporter, is_whole)
        rounds, number = divmod(work.turns[name], len(whole))
        turned = plan.plan_requests(target, path, replace(at, cycle=rounds))
        one = turned[number : number + 1]
        is_whole = len(one) == len(turned)
        return Planned(place, len(turned), one, is_reporter, is_whole)

    def _to_other_pods(self, name: str, at: VantagePoint) -> Iterator[ProbeRequest]:
        """Yield requests that show whether the network to unreachable pods works."""
        cut = other_pods.cut_nodes(self._hops[name].last, at.node)
        if not cut:
            return iter(())
        found = self._read_other_pods()
        pods = [found[node] for node in sorted(cut & found.keys())]
        return other_pods.requests(pods, at, plan.AGENT)

    def _send(
        self,
        targets: Sequence[Target],
        paths: Mapping[str, TargetPath],
        plans: Mapping[str, Planned],
    ) -> dict[str, list[Probe]]:
        owners: list[str] = []
        requests: list[ScheduledRequest] = []
        for target in targets:
            backend = plan.backend_name(target, paths[target.name])
            for question in plans[target.name].requests:
                owners.append(target.name)
                requests.append(ScheduledRequest(question=question, backend=backend))
        probes: dict[str, list[Probe]] = {target.name: [] for target in targets}
        if not requests:
            return probes
        try:
            answers = asyncio.run(run_schedule(requests, self._settings.interval))
        except Exception:
            logger.exception("probes failed")
            return probes
        for name, probe in zip(owners, answers, strict=True):
            if probe is not None:
                probes[name].append(plan.trim(probe))
        return probes


def _unready(path: TargetPath) -> set[str]:
    """Return the pods that Kubernetes sends no requests."""
    reading = path.reading
    ends = (*(reading.endpoints or ()), *(reading.ingress_endpoints or ()))
    return {end.pod for end in ends if end.pod and not end.ready}


def node_names(path: TargetPath) -> list[str] | None:
    """Return the names of the cluster's nodes; None: not read."""
    nodes = path.reading.nodes
    return None if nodes is None else [node.name for node in nodes]
