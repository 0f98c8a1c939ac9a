"""ShardRound: one round of one shard, from the last round to the next.

In: the shard's targets, what its last round says, the first runs of this one. Out: the
targets to probe, which runs are investigated, and the `Round` to store.
It does not: probe, or store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from parallax.model.failed_probe import failed_probe
from parallax.model.probe import ProbeRun
from parallax.model.round import Failure, Round, TargetRound, light, with_probe
from parallax.model.target import Target
from parallax.probe.outage import (
    is_next,
    is_next_half,
    next_failure,
    patience,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Shard `number` of `of`, in one minute from the epoch, or half a minute later."""

    number: int
    of: int
    minute: int
    half: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardRound:
    """What one invocation needs for its shard; `targets` are all of the shard."""

    shard: Shard
    targets: Sequence[Target]
    last: Mapping[str, TargetRound]
    started_at: datetime

    def to_probe(self) -> tuple[Target, ...]:
        """Return the targets to probe now."""
        return tuple(target for target in self.targets if self._is_next(target))

    def patience(self, target: Target) -> float:
        """Return how many seconds the target's first probe waits."""
        return patience(target, self.last.get(target.name), self.started_at)

    def investigates(self, run: ProbeRun) -> bool:
        """Say whether a failing run is investigated."""
        failure = self._failure(run)
        return failure is not None and failure.investigated_at == run.first.started_at

    def finished(self, runs: Sequence[ProbeRun], ended_at: datetime) -> Round:
        """Return the round with these first runs; other targets stay as they were."""
        now = {run.target: run for run in runs}
        found = [self._target(t.name, now.get(t.name)) for t in self.targets]
        targets = tuple(one for one in found if one is not None)
        return Round(
            shard=self.shard.number,
            of=self.shard.of,
            started_at=self.started_at,
            ended_at=ended_at,
            targets=targets,
            failing=tuple(one.target for one in targets if one.failure),
        )

    def _is_next(self, target: Target) -> bool:
        if self.shard.half:
            return is_next_half(target)
        return is_next(target, self.last.get(target.name), self.shard.minute)

    def _failure(self, run: ProbeRun) -> Failure | None:
        """Return the failure after this run; the same at each call."""
        known = self.last.get(run.target)
        return next_failure(known.failure if known else None, run.first)

    def _target(self, name: str, run: ProbeRun | None) -> TargetRound | None:
        known = self.last.get(name)
        if run is None:
            return known
        healthy = light(run) if run.first.healthy else None
        return TargetRound(
            target=name,
            run=healthy or (known.run if known else None),
            past=with_probe(known.past if known else (), run.first),
            failure=self._failure(run),
            failed=failed_probe(run.first),
        )
