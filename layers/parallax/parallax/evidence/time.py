"""Recovery: whether the load balancer may not have noticed a recovery yet.

In: a scene. Out: the words for a change that it may not have seen; None: no change.
It does not: conclude. An unhealthy target becomes healthy again after `retries`
successful health checks, one per `interval` (Hetzner Cloud API, `health_check`).
"""

from datetime import datetime, timedelta

from parallax.evidence import balancer
from parallax.evidence.scene import Scene
from parallax.model.cluster import ClusterReading


def recovery_pending(scene: Scene) -> str | None:
    """Return which pods became ready too late for the health check to notice.

    Ingress pods matter for any health check; the app's pods for one over http.
    """
    service, cluster = balancer.service.maybe(scene), scene.cluster
    reading = scene.balancer
    if service is None or cluster is None or reading is None:
        return None
    check = service.health_check
    wait = timedelta(seconds=(check.retries + 1) * check.interval + check.timeout)
    skew = next(r.skew for r in scene.live_reports if r.reading is cluster)
    ready_at = _last_ready(cluster, app=check.protocol != "tcp")
    if ready_at is None or reading.read_at - (ready_at + skew) >= wait:
        return None
    return (
        "whether targets stay unhealthy (pods became ready at"
        f" {ready_at + skew:%H:%M:%S}; targets become healthy after about"
        f" {check.retries * check.interval} s)"
    )


def _last_ready(cluster: ClusterReading, *, app: bool) -> datetime | None:
    """Return when the last pod behind the health check became ready; None: not read."""
    pods = (*(cluster.ingress_pods or ()), *((cluster.pods or ()) if app else ()))
    found = [p.started_at for p in pods if p.ready and p.started_at is not None]
    none_is_ready = cluster.endpoints is not None and not any(
        e.ready for e in cluster.endpoints
    )
    if app and cluster.endpoints_changed_at is not None and not none_is_ready:
        found.append(cluster.endpoints_changed_at)
    return max(found, default=None)
