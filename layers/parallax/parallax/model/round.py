"""Round: what one shard of targets showed in one minute, as one value.

In: the first probes of a shard, and the previous round. Out: one value that replaces
the previous one in the journal, so that a healthy run costs no item of its own.
It does not: contain failing runs; each of those is stored by itself, at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from parallax.model.failed_probe import FailedProbe
from parallax.model.probe import ErrorType, Probe, ProbeRun, Role
from parallax.model.wire import wired

PAST = timedelta(minutes=30)
"""How far back the past of a target goes."""
MOST_ADDRESSES = 4
"""Addresses that a streak keeps, the newest last."""
_DIGITS = 6
"""Decimals of a stored phase: microseconds, the precision of the clock."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """Probes in a row with the same result.

    `later` has whole seconds from the first probe to each other one. So the first is
    exact, and each other one is at most half a second off. `addresses` has those to
    which its probes were sent; it is empty if an earlier version stored the streak.
    """

    started_at: datetime
    healthy: bool
    status_code: int | None = None
    error_type: ErrorType | None = None
    later: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()

    @property
    def times(self) -> tuple[datetime, ...]:
        """When the probes started, oldest first."""
        first = self.started_at
        return (first, *(first + timedelta(seconds=s) for s in self.later))


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure that continues: since when, and what its investigation began with.

    `investigated_at` is None if no investigation of this failure began yet.
    """

    since: datetime
    investigated_at: datetime | None = None
    status_code: int | None = None
    error_type: ErrorType | None = None
    error_phase: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRound:
    """A target's last healthy run, its probes of the last half hour, and its failure.

    `run` has one probe, without headers and body; None: no run was healthy yet.
    `past` is oldest first and includes failing probes. `failure` and `failed` are None
    unless the newest probe failed.
    """

    target: str
    run: ProbeRun | None = None
    past: tuple[Streak, ...] = ()
    failure: Failure | None = None
    failed: FailedProbe | None = None
    """None also if an earlier version stored the round."""

    @property
    def runs(self) -> tuple[ProbeRun, ...]:
        """The healthy runs, oldest first; the last one is complete.

        Of the others only time, status and address are known.
        Failing probes are left out: each has an item of its own.
        """
        if self.run is None:
            return ()
        last = self.run
        past = [(at, s) for s in self.past if s.healthy for at in s.times]
        # The last of them is `run` itself.
        return (*(_past_run(last, at, s) for at, s in past[:-1]), last)


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One shard's round: shard number `shard` of `of`, from its start to its end.

    It ends when the first probe of each target has ended; investigations may continue.
    `failing` names the targets whose newest probe failed.
    """

    shard: int
    of: int
    started_at: datetime
    ended_at: datetime
    targets: tuple[TargetRound, ...] = ()
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRound:
    """What the probe reads of the last round of a shard; None: there was none.

    `run` and `failed` of a target are JSON, which the next round only repeats.
    """

    targets: Mapping[str, TargetRound]
    started_at: datetime | None = None
    ended_at: datetime | None = None


def light(run: ProbeRun) -> ProbeRun:
    """Return a run as a round keeps it: without headers, body and request id."""
    first = run.first
    phases = replace(
        first.phases,
        **{
            name: round(seconds, _DIGITS)
            for name in type(first.phases).__dataclass_fields__
            if (seconds := getattr(first.phases, name)) is not None
        },
    )
    bare = replace(
        first,
        request_id="",
        headers=(),
        body="",
        body_truncated=first.body_bytes > 0,
        duration=round(first.duration, _DIGITS),
        phases=phases,
    )
    return ProbeRun(target=run.target, started_at=run.started_at, probes=(bare,))


def with_probe(past: Iterable[Streak], probe: Probe) -> tuple[Streak, ...]:
    """Return the streaks with one more probe, without what is older than `PAST`."""
    kept = [k for streak in past if (k := _since(streak, probe.started_at - PAST))]
    if kept and _result(kept[-1]) == _result(probe):
        last = kept.pop()
        seconds = round((probe.started_at - last.started_at).total_seconds())
        longer = replace(
            last,
            later=(*last.later, seconds),
            addresses=_with_address(last.addresses, probe),
        )
        return (*kept, longer)
    new = Streak(
        started_at=probe.started_at,
        healthy=probe.healthy,
        status_code=probe.status_code,
        error_type=probe.error_type,
        addresses=_with_address((), probe),
    )
    return (*kept, new)


def _with_address(addresses: tuple[str, ...], probe: Probe) -> tuple[str, ...]:
    """Return the addresses with that of one more probe, each once."""
    if probe.peer_address is None or probe.peer_address in addresses:
        return addresses
    return (*addresses, probe.peer_address)[-MOST_ADDRESSES:]


def _since(streak: Streak, earliest: datetime) -> Streak | None:
    """Return the part of a streak that is not older; None: all of it is."""
    if streak.started_at >= earliest:
        return streak
    offset = (earliest - streak.started_at).total_seconds()
    later = [seconds for seconds in streak.later if seconds >= offset]
    if not later:
        return None
    first, *others = later
    return replace(
        streak,
        started_at=streak.started_at + timedelta(seconds=first),
        later=tuple(seconds - first for seconds in others),
    )


def _result(one: Streak | Probe) -> tuple[bool, int | None, str | None]:
    return one.healthy, one.status_code, one.error_type


def _past_run(run: ProbeRun, at: datetime, streak: Streak) -> ProbeRun:
    """Return an earlier run, of which only time, status and address are known.

    The address is known if all probes of the streak were sent to the same one.
    """
    same = streak.addresses[0] if len(streak.addresses) == 1 else None
    probe = Probe(
        role=Role.FIRST,
        request_id="",
        url=run.first.url,
        started_at=at,
        healthy=True,
        duration=0.0,
        status_code=streak.status_code,
        peer_address=same,
    )
    return ProbeRun(target=run.target, started_at=at, probes=(probe,))
