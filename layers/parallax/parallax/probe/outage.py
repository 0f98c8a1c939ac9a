"""Outage: which failing runs are investigated, and which targets are due.

In: what the last round says of a target, a probe, a minute. Out: yes or no, and the
failure as the next round will know it.
It does not: probe, store, or judge.

A failure that continues teaches nothing new each minute, and an investigation is billed
for its 20 to 35 seconds. So it is repeated less and less often, but at once if the
failure changes. docs/decisions/0015 has the figures.
"""

from datetime import datetime, timedelta
from typing import cast

from parallax.model.probe import ErrorType, Probe
from parallax.model.round import Failure, TargetRound
from parallax.model.target import Target
from parallax.model.wire import Json
from parallax.targets.shard import HALF_MINUTE, MINUTE, is_due

LONG = timedelta(minutes=15)
"""A failure that is older is a long outage."""
VERY_LONG = timedelta(hours=2)
_EVERY = timedelta(minutes=5)
_EVERY_LATER = timedelta(minutes=20)
_EARLY = timedelta(seconds=30)
"""Rounds do not start to the second: so much earlier, an investigation is due too."""
_SHORTEST = 1.0
"""Seconds; a healthy target may be slower than its last run."""
_PATIENCE = 3.0
_RECOVERING = 600.0
"""Seconds; so long after its last failing probe, a target is probed each minute."""


def next_failure(known: Failure | None, probe: Probe) -> Failure | None:
    """Return the failure after one more probe; None: the probe is healthy.

    `investigated_at` is the probe's start if this probe is to be investigated.
    """
    if probe.healthy:
        return None
    if known is not None and not _investigates(known, probe):
        return known
    return Failure(
        since=known.since if known else probe.started_at,
        investigated_at=probe.started_at,
        status_code=probe.status_code,
        error_type=probe.error_type,
        error_phase=probe.error_phase,
    )


def _investigates(known: Failure, probe: Probe) -> bool:
    """Say whether a failing probe is investigated, after what is known."""
    seen = (probe.status_code, probe.error_type, probe.error_phase)
    if seen != (known.status_code, known.error_type, known.error_phase):
        return True
    return _is_time(known, probe.started_at)


def _is_time(known: Failure, now: datetime) -> bool:
    """Say whether a failure that did not change is investigated again."""
    age = now - known.since
    if age <= LONG or known.investigated_at is None:
        return True
    every = _EVERY if age <= VERY_LONG else _EVERY_LATER
    return now - known.investigated_at >= every - _EARLY


def is_next(target: Target, known: TargetRound | None, minute: int) -> bool:
    """Say whether a target is probed in this minute, counted from the epoch.

    It is if its interval says so, if it was never probed, or if it fails, or failed a
    few minutes ago: its recovery must be seen, and seen to last.
    """
    if known is None or known.failure or is_due(target.name, target.interval, minute):
        return True
    failed = [streak.times[-1] for streak in known.past if not streak.healthy]
    return bool(failed) and minute * MINUTE - failed[-1].timestamp() < _RECOVERING


def is_next_half(target: Target) -> bool:
    """Say whether a target is also probed half a minute later."""
    return target.interval <= HALF_MINUTE


def patience(target: Target, known: TargetRound | None, now: datetime) -> float:
    """Return how many seconds the first probe of a target waits.

    That is the target's timeout. But each second of waiting is billed, so the probe of
    a target that hangs for long waits three times as long as its last healthy run took,
    at least a second. Where an investigation is due, it waits for the whole timeout.
    """
    failure = known.failure if known else None
    if known is None or failure is None or _is_time(failure, now):
        return target.timeout_seconds
    if failure.error_type is not ErrorType.TIMEOUT:
        return target.timeout_seconds
    seconds = max(_SHORTEST, _PATIENCE * _duration(known))
    return min(target.timeout_seconds, seconds)


def _duration(known: TargetRound) -> float:
    """Return how long the last healthy run took, from its JSON; 1 s: unknown."""
    try:
        return float(cast("Json", known.run)["probes"][0]["duration"])
    except (TypeError, LookupError, ValueError):
        return 1.0
