"""Settling: whether the cluster changed so recently that an alarm should wait.

In: a snapshot. Out: the reason as a sentence, or None.
It does not: wait without limit. A stuck rollout and pods that crash in a loop change
all the time; after `LONGEST` windows a failure is an alarm nevertheless.
"""

from datetime import datetime, timedelta

from parallax.evidence.scene import Scene
from parallax.model.cluster import ClusterReading

LONGEST = 2
"""Settle windows after which a failure no longer waits."""


def settling(scene: Scene) -> str | None:
    """Return why the alarm waits, e.g. that endpoints changed seconds ago."""
    cluster, since = scene.cluster, scene.failing_since
    window = timedelta(seconds=scene.settle_seconds)
    if cluster is None or since is None:
        return None
    if scene.taken_at - since >= LONGEST * window:
        return None
    skew = next(r.skew for r in scene.live_reports if r.reading is cluster)

    def age(instant: datetime | None) -> timedelta | None:
        """Return an instant's age on our clock; None: not within the window."""
        if instant is None:
            return None
        past = max(scene.taken_at - (instant + skew), timedelta(0))
        return past if past < window else None

    changed = age(cluster.endpoints_changed_at)
    if changed is not None:
        return f"the Service's endpoints changed {changed.total_seconds():.0f} s ago"
    started = [a for p in cluster.pods or () if (a := age(p.started_at)) is not None]
    if started:
        newest = min(started).total_seconds()
        return f"{len(started)} pods started, the newest {newest:.0f} s ago"
    return _rollout(cluster) if scene.taken_at - since < window else None


def _rollout(cluster: ClusterReading) -> str | None:
    """Return the rollout that is in progress.

    A rollout begins with pods. A workload without a ready pod whose endpoints have not
    changed lately is stuck: its pods cannot be created, or were gone before.
    """
    stood_still = cluster.endpoints_changed_at is not None
    for work in cluster.workloads or ():
        stuck = work.failure is not None or (stood_still and not work.ready)
        if work.updated < work.desired and not stuck:
            done = f"{work.updated} of {work.desired} pods updated"
            return f"a rollout of {work.kind} {work.name} is in progress ({done})"
    return None
