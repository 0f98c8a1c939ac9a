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

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zlib import crc32

from parallax.journal.round_times import RoundTimes

LEARNED = timedelta(seconds=10)
"""From the end of a failing run until every agent has the request for full reports."""
MARGIN = timedelta(seconds=0.5)
"""Part of it for the agent's timer and the request."""
VISIBLE = timedelta(seconds=3)
"""From the end of a failing run until an answer shows its incident: about 2 s for the
stream and the judgement (`MaximumBatchingWindowInSeconds` is 1), and the container's
cache."""
MINUTE = timedelta(minutes=1)
EARLY = timedelta(seconds=4)
"""How much less than a minute may be between two invocations by the schedule. Each is
up to 2 s early or late. The invocation probes shard 0 and then invokes the others."""
SPREAD = 1.0
"""Seconds over which the nodes' heartbeats are spread, so that they do not arrive at
one moment."""
STALE = timedelta(minutes=3)
"""A shard without a round for so long says nothing about the next one."""
UNKNOWN = 10.0
"""Seconds until the next heartbeat if no shard has a round."""

type Starts = Mapping[int, Iterable[datetime]]
"""When the last rounds of each shard began."""


def next_seconds(
    now: datetime, rounds: Sequence[RoundTimes], starts: Starts, node: str
) -> float:
    """Return the seconds until a node's next heartbeat."""
    fresh = [one for one in rounds if now - one.ended_at < STALE]
    if not fresh:
        return UNKNOWN
    of = max(fresh, key=lambda one: one.started_at).of
    shards = [one for one in fresh if one.shard < of] or fresh
    first = min(shards, key=lambda one: one.shard)
    begins = _expected_start(first.started_at, starts.get(first.shard, ())) - EARLY
    shown = now - VISIBLE
    over = all(
        one.ended_at <= shown and one.started_at >= first.started_at for one in shards
    )
    unseen = max(shown, begins) if over else shown
    left = (unseen + LEARNED - MARGIN - now).total_seconds()
    return round(left - _spread(node), 3)


def _expected_start(last: datetime, starts: Iterable[datetime]) -> datetime:
    """Return the latest start of the next round that any of the last rounds suggests.

    Each start suggests the same second of the minute. The next round begins at most
    `EARLY` before the latest of them. A start that does not fit to the last one is of
    another schedule.
    """
    offsets = [_offset(start - last) for start in starts]
    fitting = [offset for offset in offsets if abs(offset) <= EARLY]
    return last + MINUTE + max([timedelta(), *fitting])


def _offset(apart: timedelta) -> timedelta:
    """Return a difference without its whole minutes, from -30 to 30 seconds."""
    return (apart + MINUTE / 2) % MINUTE - MINUTE / 2


def _spread(node: str) -> float:
    """Return a node's share of `SPREAD`, always the same."""
    return crc32(node.encode()) / 2**32 * SPREAD
