"""Placed: a snapshot without what cannot be placed in time.

In: a snapshot. Out: the same, without evidence from the future.
It does not: translate clocks; a report that ingest received is placed by that.
`join` drops the same; a snapshot may also have been saved, or made elsewhere.
"""

from dataclasses import replace

from parallax.diagnose.join import AHEAD
from parallax.model.snapshot import Snapshot


def placed(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with what was seen before it was taken, give or take."""
    latest = snapshot.taken_at + AHEAD
    run, reading = snapshot.run, snapshot.balancer
    reports = tuple(
        r for r in snapshot.reports if (r.received_at or r.sent_at) <= latest
    )
    return replace(
        snapshot,
        run=run if run and run.started_at <= latest else None,
        balancer=reading if reading and reading.read_at <= latest else None,
        reports=reports,
    )
