"""Next heartbeat: when an agent sends it, in step with the rounds of probes.

In: the times of each shard's last rounds, the present. Out: seconds until the next
heartbeat.
It does not: know which shard probes an agent's targets; it follows all of them.

An agent learns of a failure from the answer to a heartbeat. Such an answer shows all
runs that ended up to `VISIBLE` before it. So the next heartbeat has to arrive within
`LEARNED` after the earliest run that this answer may not show: one that ended just now,
or, if the last round is over, one of the next round. It is best sent as late as that,
since then the next round is most probably over too, and one heartbeat a minute is
enough (docs/decisions/0012).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zlib import crc32

from parallax.journal.round_times import RoundTimes

LEARNED = timedelta(seconds=10)
"""From the end of a failing run until every agent has the request for full reports."""
MARGIN = timedelta(seconds=1.2)
"""Part of it for the agent's timer, which works once a second, and the request."""
VISIBLE = timedelta(seconds=3)
"""From the end of a failing run until an answer shows its incident: about 2 s for the
stream and the judgement (`MaximumBatchingWindowInSeconds` is 1), and the container's
cache."""
MINUTE = timedelta(minutes=1)
EARLY = timedelta(seconds=4)
"""How much less than a minute may be between two invocations by the schedule. Each is
up to 2 s early or late."""
FAN_OUT = timedelta(seconds=1)
"""From such an invocation until the first of several shards begins, at most: a pause of
at most 0.25 s (`probe.fan_out`), and Lambda's own queue."""
MANY, EARLIER = 30, timedelta(seconds=1.5)
"""After so many minutes a round does not begin that much earlier than each of them."""
SPREAD = 1.0
"""Seconds over which the nodes' heartbeats are spread, so that they do not arrive at
one moment."""
STALE = timedelta(minutes=3)
"""A shard without a round for so long says nothing about the next one."""
UNKNOWN = 10.0
"""Seconds until the next heartbeat if no shard has a round."""


def next_seconds(
    now: datetime, rounds: Sequence[RoundTimes], starts: Iterable[datetime], node: str
) -> float:
    """Return the seconds until a node's next heartbeat.

    `starts` has when the first shard began, in each of the last minutes.
    """
    shards = current(now, rounds)
    if not shards:
        return UNKNOWN
    unseen = shown = now - VISIBLE
    begun = first_start(shards)
    if begun is not None and all(one.ended_at <= shown for one in shards):
        early = EARLY if len(shards) == 1 else EARLY + FAN_OUT
        unseen = max(shown, _earliest_start(begun, starts, early))
    left = (unseen + LEARNED - MARGIN - now).total_seconds()
    return round(left - _spread(node), 3)


def current(now: datetime, rounds: Sequence[RoundTimes]) -> list[RoundTimes]:
    """Return the last rounds without those of dead shards, and of former ones."""
    fresh = [one for one in rounds if now - one.ended_at < STALE]
    of = max(fresh, key=lambda one: one.started_at).of if fresh else 0
    return [one for one in fresh if one.shard < of] or fresh


def first_start(shards: Sequence[RoundTimes]) -> datetime | None:
    """Return when the first shard began; None: some have not ended in this minute."""
    starts = [one.started_at for one in shards]
    apart = max(starts) - min(starts) if starts else MINUTE
    return min(starts) if apart < MINUTE / 2 else None


def _earliest_start(
    last: datetime, starts: Iterable[datetime], early: timedelta
) -> datetime:
    """Return when the next round may begin, as the last ones suggest.

    Each start suggests the same second of the minute, and that the next round begins at
    most `early` before it. After many minutes the earliest of them is a better limit. A
    start that does not fit to the last one is of another schedule.
    """
    offsets = [_offset(start - last) for start in starts]
    fitting = [offset for offset in offsets if abs(offset) <= early]
    limit = max([timedelta(), *fitting]) - early
    if len(fitting) >= MANY:
        limit = max(limit, min(fitting) - EARLIER)
    return last + MINUTE + limit


def _offset(apart: timedelta) -> timedelta:
    """Return a difference without its whole minutes, from -30 to 30 seconds."""
    return (apart + MINUTE / 2) % MINUTE - MINUTE / 2


def _spread(node: str) -> float:
    """Return a node's share of `SPREAD`, always the same."""
    return crc32(node.encode()) / 2**32 * SPREAD
