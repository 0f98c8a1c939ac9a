"""Held sightings: those of the last minute, until a report needs them.

In: what the logs contained, each time they are read. Out: all sightings since the last
report, at most those of `HOLD_SECONDS`. It does not: read a log.

A healthy target has no reports, but the log lines of the first failing request were
written before `ingest` could ask for one.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

from parallax.model.cluster import Sighting
from parallax_agent.read.target_path import IngressPod
from parallax_agent.sightings.log_evidence import (
    DROPPED_LINES,
    MAX_SIGHTINGS,
    LogBatch,
)

HOLD_SECONDS = 75.0
"""A minute between two external probes, and the time until a heartbeat is answered."""


class HeldSightings:
    """Sightings that were not sent yet."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._held: deque[tuple[float, IngressPod, Sighting]] = deque()
        self._newest: dict[IngressPod, LogBatch] = {}
        self._lost: dict[IngressPod, float] = {}

    def add(self, by_pod: Mapping[IngressPod, LogBatch]) -> None:
        """Add what the logs contained since the last call; forget what is old."""
        now = self._now()
        self._newest = {pod: replace(b, sightings=()) for pod, b in by_pod.items()}
        for pod, batch in by_pod.items():
            self._held += ((now, pod, sighting) for sighting in batch.sightings)
            if batch.problem == DROPPED_LINES:
                self._lost[pod] = now
        while self._held and now - self._held[0][0] > HOLD_SECONDS:
            self._held.popleft()
        while len(self._held) > MAX_SIGHTINGS:
            self._lost[self._held.popleft()[1]] = now
        self._lost = {p: t for p, t in self._lost.items() if now - t <= HOLD_SECONDS}

    def take(self) -> dict[IngressPod, LogBatch]:
        """Return what the logs of all pods contained; the sightings only once."""
        batches = dict(self._newest)
        for pod in self._lost:
            # The dropped line may be the one that a judgement needs.
            problem = batches.get(pod, LogBatch()).problem or DROPPED_LINES
            batches[pod] = LogBatch(problem=problem)
        by_pod: dict[IngressPod, list[Sighting]] = {}
        for _, pod, sighting in self._held:
            by_pod.setdefault(pod, []).append(sighting)
        for pod, sightings in by_pod.items():
            batch = batches.get(pod, LogBatch())
            batches[pod] = replace(batch, sightings=tuple(sightings))
        self._held.clear()
        self._lost.clear()
        return batches
