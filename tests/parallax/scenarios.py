"""Scenarios: one snapshot for each fault, and one of health.

In: nothing. Out: snapshots by cause, and the pieces they are built of.
It does not: build the pieces; see `tests.parallax.pieces`.
"""

from collections.abc import Callable
from dataclasses import replace

from parallax.model.balancer import BalancerReading, BalancerTarget
from parallax.model.snapshot import Snapshot
from tests.parallax.pieces import (
    CAPTURES,
    CLOSED,
    INGRESS_404_BY_LB,
    INGRESS_502,
    INGRESS_502_BY_LB,
    INGRESS_503,
    INGRESS_503_BY_LB,
    LB_503,
    MINUTE,
    NO_ANSWER,
    NODES,
    NOW,
    OK,
    OUTSIDE,
    POD_503,
    REFUSED,
    REPLAYED_503,
    SINCE,
    TARGET,
    address,
    answer,
    balancer,
    checking,
    detailed,
    probe,
    reading,
    reports,
    run,
    seen,
    service,
    taken,
)

__all__ = [
    "CAPTURES",
    "CLOSED",
    "FAULTS",
    "INGRESS_404_BY_LB",
    "INGRESS_502",
    "INGRESS_502_BY_LB",
    "INGRESS_503",
    "INGRESS_503_BY_LB",
    "LB_503",
    "MINUTE",
    "NODES",
    "NOW",
    "NO_ANSWER",
    "OK",
    "OUTSIDE",
    "POD_503",
    "REFUSED",
    "REPLAYED_503",
    "SINCE",
    "TARGET",
    "address",
    "answer",
    "balancer",
    "cache_replays",
    "checking",
    "detailed",
    "healthy",
    "no_healthy_target",
    "no_target",
    "pod_error",
    "pods_not_ready",
    "pods_refuse",
    "probe",
    "reading",
    "reports",
    "run",
    "seen",
    "service",
    "taken",
    "without_endpoints",
    "without_targets",
    "wrong_destination",
    "wrong_port",
]


def wrong_port() -> Snapshot:
    """Return the incident: the health check asks 30081, the ingress has 31695."""
    outside = run(LB_503, unknown_host=LB_503)
    return taken(outside, balancer(healthy=0, asks=30081), *reports())


def no_healthy_target() -> Snapshot:
    """All unhealthy with a right health check: network, firewall or content."""
    return taken(run(LB_503, unknown_host=LB_503), balancer(healthy=0), *reports())


def cache_replays() -> Snapshot:
    """Users get a kept 503; past the cache it is 200."""
    cdn = replace(TARGET, reached=replace(TARGET.reached, cdn=True))
    return taken(run(REPLAYED_503, direct=OK), balancer(), *reports(), target=cdn)


def without_endpoints() -> Snapshot:
    """No pod, no address; the ingress says 503 to everybody."""
    outside = run(INGRESS_503_BY_LB)
    inside = reports(
        ingress=INGRESS_503, ready=0, pods=0, sightings=seen(outside, None)
    )
    return taken(outside, balancer(), *inside)


def pods_not_ready() -> Snapshot:
    """Five addresses and no ready one, as recorded of a real cluster."""
    outside = run(INGRESS_503_BY_LB)
    inside = reports(
        ingress=INGRESS_503, pod=REFUSED, ready=0, sightings=seen(outside, None)
    )
    return taken(outside, balancer(), *inside)


def pods_refuse() -> Snapshot:
    """Ready pods that do not listen; the ingress tries them and says 502."""
    outside = run(INGRESS_502_BY_LB)
    lines = seen(outside, 502, status=502, length=0)
    inside = reports(ingress=INGRESS_502, pod=REFUSED, sightings=lines)
    return taken(outside, balancer(), *inside)


def no_target() -> Snapshot:
    """Nobody stands behind the balancer."""
    return taken(run(LB_503, unknown_host=LB_503), without_targets(), *reports())


def without_targets(selector: str | None = None) -> BalancerReading:
    """Return a balancer without targets, or with a selector that matches none."""
    found = balancer()
    assert found.load_balancer
    targets = (
        (BalancerTarget(type="label_selector", selector=selector),) if selector else ()
    )
    return replace(found, load_balancer=replace(found.load_balancer, targets=targets))


def wrong_destination() -> Snapshot:
    """All healthy, and requests go where nobody answers."""
    outside = run(LB_503, unknown_host=LB_503, after=3.1)
    return taken(outside, balancer(to=31999), *reports())


def pod_error() -> Snapshot:
    """Return pods that say 503 themselves, outside and inside."""
    outside = run(POD_503)
    inside = reports(ingress=POD_503, pod=POD_503, sightings=seen(outside, 503))
    return taken(outside, balancer(), *inside)


def healthy() -> Snapshot:
    """Nothing is wrong."""
    return taken(run(OK, investigated=False), balancer(), *reports())


FAULTS: dict[str, Callable[[], Snapshot]] = {
    "lb-health-check-wrong-port": wrong_port,
    "lb-no-healthy-target": no_healthy_target,
    "cache-replays-error": cache_replays,
    "service-without-endpoints": without_endpoints,
    "pod-answers-error": pod_error,
    "pods-not-ready": pods_not_ready,
    "pod-refuses-connection": pods_refuse,
    "lb-no-target": no_target,
    "lb-wrong-destination-port": wrong_destination,
}
