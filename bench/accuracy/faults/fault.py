"""Fault: one way to break a platform, and the truth about it.

In and out: values. It does not: break anything itself.
The ids and classes are the catalogue's (docs/causes.md), not read from any code.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec

CLASSES = {
    "dns-stale-address": "cache",
    "dns-resolvers-disagree": "cache",
    "cache-replays-error": "cache",
    "cdn-cannot-reach-origin": "cache",
    "lb-no-target": "load_balancer",
    "lb-health-check-wrong-port": "load_balancer",
    "lb-wrong-destination-port": "load_balancer",
    "lb-health-check-rejected": "load_balancer",
    "lb-targets-not-the-ingress-nodes": "load_balancer",
    "lb-not-in-private-network": "load_balancer",
    "lb-no-service-for-port": "load_balancer",
    "lb-timeout-too-short": "load_balancer",
    "proxy-protocol-mismatch": "load_balancer",
    "lb-some-targets-unhealthy": "load_balancer",
    "node-firewall-blocks-load-balancer": "load_balancer",
    "lb-no-healthy-target": "load_balancer",
    "nodeport-dropped-by-local-traffic-policy": "load_balancer",
    "ingress-without-endpoints": "backend",
    "ingress-does-not-know-host": "backend",
    "ingress-rejects-request": "backend",
    "ingress-replica-out-of-step": "backend",
    "overlay-between-nodes-broken": "backend",
    "service-without-endpoints": "backend",
    "pods-not-ready": "backend",
    "pod-refuses-connection": "backend",
    "pod-answers-error": "backend",
    "pod-too-slow": "backend",
    "monitor-blind": "monitor",
}
"""Cause -> whom it blames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What was broken. `also` may be said as well, and `reason` tells why."""

    cause: str
    also: tuple[str, ...] = ()
    reason: str = ""
    evident: bool = True
    """False: the platform itself hides what would show it; `reason` says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault: what it needs, and how it is done."""

    name: str
    requires: Requirements
    inject: Callable[[PlatformSpec], Truth]
    position: int = 0
    """Where on the way it stands, from the internet inward; 0: never doubled."""
