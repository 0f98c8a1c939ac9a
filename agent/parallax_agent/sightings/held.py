"""Held sightings: those of the last minute, until a report needs them.

In: what the logs contained, each time they are read. Out: for the reports of one push,
all sightings that their targets have not had, at most those of `HOLD_SECONDS`. It does
not: read a log.

A healthy target has no reports, but the log lines of the first failing request were
written before `ingest` could request one. A log does not show the target, so each
target gets every sighting once.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from parallax.model.cluster import Sighting
from parallax_agent.read.target_path import IngressPod
from parallax_agent.sightings.log_evidence import (
    DROPPED_LINES,
    MAX_SIGHTINGS,
    LogBatch,
)

HOLD_SECONDS = 75.0
"""A minute between two external probes, and the time until a heartbeat is answered."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A sighting; None: one that was lost. `batch` numbers the calls of `add`."""

    at: float
    batch: int
    pod: IngressPod
    sighting: Sighting | None = None


class HeldSightings:
    """Sightings that some target was not sent yet."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._held: deque[_Held] = deque()
        self._lost: deque[_Held] = deque(maxlen=MAX_SIGHTINGS)
        self._newest: dict[IngressPod, LogBatch] = {}
        self._batch = 0
        self._sent: dict[str, int] = {}

    def add(self, by_pod: Mapping[IngressPod, LogBatch]) -> None:
        """Add what the logs contained since the last call; forget what is old."""
        now = self._now()
        self._batch += 1
        self._newest = {pod: replace(b, sightings=()) for pod, b in by_pod.items()}
        for pod, batch in by_pod.items():
            self._held += (
                _Held(now, self._batch, pod, sighting) for sighting in batch.sightings
            )
            if batch.problem == DROPPED_LINES:
                self._lost.append(_Held(now, self._batch, pod))
        while len(self._held) > MAX_SIGHTINGS:
            self._lost.append(self._held.popleft())
        for kept in (self._held, self._lost):
            while kept and now - kept[0].at > HOLD_SECONDS:
                kept.popleft()

    def logs(self, target: str) -> dict[IngressPod, LogBatch]:
        """Return up to when each log was read, and its problem, for the next report.

        A lost line may be the one that a judgement needs.
        """
        batches = dict(self._newest)
        for lost in self._lost:
            if lost.batch > self._sent.get(target, 0):
                known = batches.get(lost.pod, LogBatch()).problem
                batches[lost.pod] = LogBatch(problem=known or DROPPED_LINES)
        return batches

    def take(
        self, targets: Collection[str]
    ) -> tuple[tuple[Sighting, ...], dict[str, tuple[Sighting, ...]]]:
        """Return the sightings that all these targets lack, and those of each."""
        since = {name: self._sent.get(name, 0) for name in targets}
        shared = max(since.values(), default=0)
        own = {name: self._between(first, shared) for name, first in since.items()}
        self._sent |= dict.fromkeys(targets, self._batch)
        return self._between(shared, self._batch), own

    def _between(self, first: int, last: int) -> tuple[Sighting, ...]:
        """Return the sightings of batches after the first up to the last."""
        return tuple(
            held.sighting
            for held in self._held
            if first < held.batch <= last and held.sighting is not None
        )
