"""Memory: what the probes of a target's hops showed lately.

In: the probes of each cycle, the path. Out: whether a hop fails or recovered, the last
probe of each hop, and the probes of a report. It does not: probe or report.
"""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from parallax.model.probe import Probe
from parallax_agent.hops.share import Hop, hop_of
from parallax_agent.read.target_path import TargetPath

MOST_HOPS = 256
"""Hops that are remembered; of a Service with thousands of pods those probed last."""
KEPT_INTERVALS = 3
"""For so many intervals a probe stays in the reports, if one cycle is only a part of
the plan."""


class HopMemory:
    """The hops of one target."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last: dict[Hop, Probe] = {}
        self._failing: set[Hop] = set()
        self._reported: dict[Hop, tuple[float, Probe]] = {}

    @property
    def last(self) -> tuple[Probe, ...]:
        """The last probe of each hop, without headers and body."""
        return tuple(self._last.values())

    @property
    def failing(self) -> frozenset[Hop]:
        """The hops whose last probe failed, and is a reason to report."""
        return frozenset(self._failing)

    def add(self, probes: Iterable[Probe], unready: Collection[str] = ()) -> bool:
        """Add probes; return whether one failed, or recovered.

        A pod in `unready` may fail: its state is in the reading, and it gets no users.
        """
        reasons = False
        for probe in probes:
            hop = hop_of(probe)
            recovered = probe.healthy and hop in self._failing
            failed = not probe.healthy and probe.pod not in unready
            self._failing.discard(hop)
            if failed:
                self._failing.add(hop)
            reasons = reasons or recovered or failed
            self._last.pop(hop, None)
            self._last[hop] = replace(probe, headers=(), body="")
        while len(self._last) > MOST_HOPS:
            del self._last[next(iter(self._last))]
        return reasons

    def keep_existing(self, path: TargetPath) -> None:
        """Forget the hops whose pod or node is no longer on the path."""
        reading = path.reading
        if reading.endpoints is None or reading.nodes is None:
            return  # unknown, so that nothing is known to be gone
        ends = (
            *reading.endpoints,
            *path.second_endpoints,
            *(reading.ingress_endpoints or ()),
        )
        pods = {None, *(end.pod for end in ends)}
        nodes = {None, *(node.name for node in reading.nodes)}
        self._last = {
            hop: probe
            for hop, probe in self._last.items()
            if hop[1] in pods and hop[2] in nodes
        }
        self._failing &= self._last.keys()

    def keep(self, probes: Iterable[Probe], interval: float) -> tuple[Probe, ...]:
        """Return these probes, and the newest of the hops that they do not cover."""
        now = self._now()
        current = list(probes)
        covered = set(map(hop_of, current))
        ends = now - KEPT_INTERVALS * interval
        older = [
            (at, probe)
            for hop, (at, probe) in self._reported.items()
            if hop not in covered and at > ends
        ]
        self._reported = {hop_of(probe): (at, probe) for at, probe in older}
        self._reported |= {hop_of(probe): (now, probe) for probe in current}
        return *current, *(probe for _, probe in older)

    def forget(self) -> None:
        """Forget earlier probes: a report after this has only newer ones."""
        self._reported.clear()
