"""Recovery: whether the balancer may only not have noticed that all is well again.

In: a scene. Out: the words for a change that it may not have seen; None: none.
It does not: conclude. An unhealthy target needs `retries` good answers, each `interval`
apart, to become healthy again (hetzner.md, section 1).
"""

from datetime import datetime, timedelta

from parallax.evidence import balancer
from parallax.evidence.scene import Scene
from parallax.model.cluster import ClusterReading


def recovery_pending(scene: Scene) -> str | None:
    """Say what came up so late that the balancer cannot call it healthy yet.

    The ingress's pods for any check; for one over http the app's, too.
    """
    service, cluster = balancer.service.maybe(scene), scene.cluster
    reading = scene.balancer
    if service is None or cluster is None or reading is None:
        return None
    check = service.health_check
    wait = timedelta(seconds=(check.retries + 1) * check.interval + check.timeout)
    skew = next(r.skew for r in scene.live_reports if r.reading is cluster)
    came = _last(cluster, app=check.protocol != "tcp")
    if came is None or reading.read_at - (came + skew) >= wait:
        return None
    return (
        "whether the balancer only has not noticed yet: pods came up at"
        f" {came + skew:%H:%M:%S}, and targets return after about"
        f" {check.retries * check.interval} s"
    )


def _last(cluster: ClusterReading, *, app: bool) -> datetime | None:
    """Return when the last of what the health check meets came up; None: not known."""
    pods = (*(cluster.ingress_pods or ()), *((cluster.pods or ()) if app else ()))
    found = [p.started_at for p in pods if p.ready and p.started_at is not None]
    if app and cluster.endpoints_changed_at is not None:
        found.append(cluster.endpoints_changed_at)
    return max(found, default=None)
