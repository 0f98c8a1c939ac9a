"""Placed: a snapshot without what cannot be placed in time.

In: a snapshot. Out: the same, without evidence from the future.
It does not: translate clocks; a report that ingest received is placed by that.
`join` drops the same; a snapshot may also have been saved, or made elsewhere.
"""

from dataclasses import replace

from parallax.model.freshness import is_future
from parallax.model.snapshot import Snapshot


def without_future(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with what was seen before it was taken, give or take."""
    run, reading, now = snapshot.run, snapshot.balancer, snapshot.taken_at
    return replace(
        snapshot,
        run=run if run and not is_future(run.started_at, now) else None,
        balancer=reading if reading and not is_future(reading.read_at, now) else None,
        reports=tuple(r for r in snapshot.reports if not is_future(r.arrived_at, now)),
    )
