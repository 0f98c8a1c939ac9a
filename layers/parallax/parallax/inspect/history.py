"""History: since when each target of a load balancer is observed as unhealthy.

In: readings, one after the other. Out: the same, each unhealthy target with the time of
the first reading that showed it so. The Hetzner API has no such time.
It does not: store anything. It lives with the container; a new one begins again, so the
time may be later than the truth, and never earlier.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from parallax.model.balancer import (
    BalancerReading,
    BalancerTarget,
    HealthStatus,
    LoadBalancer,
    TargetHealth,
)

type Key = tuple[int, str, int]
"""A load balancer's id, a target's name or address, a listen port."""


@dataclass(slots=True)
class History:
    """Remembers the targets that were unhealthy in the last reading."""

    _since: dict[Key, datetime] = field(default_factory=dict[Key, datetime])

    def noted(self, readings: Sequence[BalancerReading]) -> tuple[BalancerReading, ...]:
        """Return the readings with the times; forget what is healthy now."""
        before = dict(self._since)
        noted = tuple(self._reading(reading, before) for reading in readings)
        read = {balancer.id for r in readings for balancer in r.every}
        for key in {k for k in before if k[0] in read} - self._unhealthy(readings):
            del self._since[key]
        return noted

    def _reading(
        self, reading: BalancerReading, before: dict[Key, datetime]
    ) -> BalancerReading:
        if not reading.every:
            return reading

        def timed(lb: LoadBalancer) -> LoadBalancer:
            at = reading.read_at
            every = (self._target(lb.id, t, at, before) for t in lb.targets)
            return replace(lb, targets=tuple(every))

        first, *others = map(timed, reading.every)
        return replace(reading, load_balancer=first, others=tuple(others))

    def _target(
        self, lb: int, target: BalancerTarget, at: datetime, before: dict[Key, datetime]
    ) -> BalancerTarget:
        def timed(seen: TargetHealth) -> TargetHealth:
            if seen.status is not HealthStatus.UNHEALTHY:
                return seen
            key = (lb, target.label, seen.listen_port)
            self._since[key] = before.get(key, at)
            return replace(seen, unhealthy_since=self._since[key])

        return replace(
            target,
            health_status=tuple(map(timed, target.health_status)),
            targets=tuple(self._target(lb, t, at, before) for t in target.targets),
        )

    def _unhealthy(self, readings: Sequence[BalancerReading]) -> set[Key]:
        return {
            (lb.id, target.label, seen.listen_port)
            for reading in readings
            for lb in reading.every
            for target in lb.leaves()
            for seen in target.health_status
            if seen.status is HealthStatus.UNHEALTHY
        }
