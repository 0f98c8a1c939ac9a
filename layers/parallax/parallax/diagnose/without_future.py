"""Without future: a snapshot without evidence from the future.

In: a snapshot. Out: the same, without observations that a wrong clock dates too late.
It does not: translate clocks; for a report, the time counts at which ingest received
it. `join` drops the same, but a snapshot may also come from a file.
"""

from dataclasses import replace

from parallax.model.freshness import is_future
from parallax.model.snapshot import Snapshot


def without_future(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with only what was observed before it was taken."""
    run, reading, now = snapshot.run, snapshot.balancer, snapshot.taken_at
    return replace(
        snapshot,
        run=run if run and not is_future(run.started_at, now) else None,
        balancer=reading if reading and not is_future(reading.read_at, now) else None,
        reports=tuple(r for r in snapshot.reports if not is_future(r.arrived_at, now)),
    )
