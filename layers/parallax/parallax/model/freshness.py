"""Freshness: whether evidence describes the present.

In: the instant of an observation, and when the snapshot was taken. Out: yes or no, or
the earliest instant that counts.
It does not: translate clocks; `NodeReport.outside_time` does.

Evidence describes the present if it is not older than its source's limit, if it was
made since the failure began (or, after a failure, since it ended), and if it is not
from the future.
"""

from datetime import datetime, timedelta

RUN_STALE = timedelta(seconds=180)
"""Age limit of external runs and balancer readings: three missed minutes."""
INVESTIGATION_STALE = timedelta(minutes=22)
"""Age limit of an investigation whose failure continues unchanged: `probe.outage`
repeats it every 20 minutes at least."""
MISSED = 3
"""Runs that may be missing before a target's newest run is too old."""
AHEAD = timedelta(seconds=60)
"""An observation further in the future than this comes from a wrong clock."""


def run_stale(interval: float) -> timedelta:
    """Return the age limit of external runs of a target with this interval, seconds."""
    return max(RUN_STALE, timedelta(seconds=MISSED * interval))


def is_fresh(
    instant: datetime, taken_at: datetime, limit: timedelta = RUN_STALE
) -> bool:
    """Say whether an observation is not older than a limit."""
    return taken_at - instant <= limit


def is_not_before(instant: datetime, since: datetime | None) -> bool:
    """Say whether an observation is from this instant or later; None: any is."""
    return since is None or instant >= since


def is_current(
    instant: datetime,
    taken_at: datetime,
    since: datetime | None,
    limit: timedelta = RUN_STALE,
) -> bool:
    """Say whether an observation is fresh, and made since this instant."""
    return is_fresh(instant, taken_at, limit) and is_not_before(instant, since)


def earliest(
    taken_at: datetime, since: datetime | None, limit: timedelta = RUN_STALE
) -> datetime:
    """Return the earliest instant of an observation that is current."""
    fresh = taken_at - limit
    return fresh if since is None else max(fresh, since)


def is_future(instant: datetime, taken_at: datetime) -> bool:
    """Say whether an observation is so far in the future that its clock is wrong."""
    return instant > taken_at + AHEAD
