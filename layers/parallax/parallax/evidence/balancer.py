"""Balancer: what a fresh reading of the load balancer says for the port users ask.

In: a scene. Out: its service, its targets' health, or the words for what is
missing. It does not: conclude.
"""

from ipaddress import ip_address
from textwrap import shorten

from parallax.evidence import users
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import lately, of
from parallax.model.balancer import (
    BalancerService,
    BalancerTarget,
    HealthStatus,
    TargetHealth,
)
from parallax.model.probe import Probe, Role

NODE_PORTS = range(30000, 32768)
"""kube-apiserver's default `--service-node-port-range`."""
EXPLAINED = 240
"""Characters of an explanation that a line holds; the reading has it whole."""


def name(scene: Scene) -> str:
    """Return the load balancer's name, as configured if it was not read."""
    reading = scene.balancer
    if reading and reading.load_balancer:
        return reading.load_balancer.name
    return scene.target.reached.load_balancer or "the load balancer"


@reading
def service(scene: Scene) -> BalancerService | None:
    """Return the balancer's service that users meet, if it is freshly known."""
    balancer = scene.load_balancer
    return balancer.service_for(users.listen_port(scene)) if balancer else None


def missing(scene: Scene) -> str | None:
    """Say what of the balancer is not known; None: its service is."""
    called, reading = name(scene), scene.balancer
    if scene.target.reached.load_balancer is None and reading is None:
        return "the target names no load balancer"
    if reading is None:
        return f"the Hetzner API was not read for {called}"
    if reading.problem is not None:
        return f"the Hetzner API did not show {called}: {reading.problem.value}"
    if scene.load_balancer is None:
        return f"no reading of {called} {lately(scene)}"
    if service(scene) is None:
        port = users.listen_port(scene)
        if scene.load_balancer.redirects(port):
            return f"{called} redirects port {port} to https, and has no service on it"
        return f"{called} has no service on port {port}"
    return None


def explained(scene: Scene) -> str:
    """Return in brackets why no balancer was shown, or how a nameless one was found.

    E.g. ` (renamed? 'lb-new' serves it: 203.0.113.20 is its public IPv4)`; else "".
    """
    reading = scene.balancer
    if reading is None:
        return ""
    named = scene.target.reached.load_balancer is not None
    how = reading.problem_detail if reading.problem else reading.matched_by
    if not how or (named and not reading.problem):
        return ""
    return f" ({shorten(how, EXPLAINED, placeholder=' …')})"


@reading
def health(scene: Scene) -> tuple[tuple[BalancerTarget, HealthStatus], ...]:
    """Return each real target's health for the port users ask."""
    balancer = scene.load_balancer
    return balancer.health(users.listen_port(scene)) if balancer else ()


@reading
def with_health(scene: Scene, status: HealthStatus) -> int:
    """Count the balancer's targets with a health."""
    return sum(seen is status for _, seen in health(scene))


@reading
def health_text(scene: Scene) -> str:
    """Return e.g. `5 of 5 targets unhealthy on port 443 (health check tcp :31695)`."""
    served, count = service(scene), len(health(scene))
    if served is None:
        return missing(scene) or "not known"
    asks = f"{served.health_check.protocol} :{served.health_check.port}"
    where = f"on port {served.listen_port} (health check {asks})"
    if not count:
        return f"no target {where}"
    seen = [
        f"{of(number, count)} targets {status.value}"
        for status in HealthStatus
        if (number := with_health(scene, status))
    ]
    return f"{', '.join(seen)} {where}"


@reading
def details(scene: Scene) -> tuple[TargetHealth, ...]:
    """Return what Hetzner tells of failed health checks; older readings hold none."""
    return tuple(
        seen
        for target, _ in health(scene)
        for seen in target.health_status
        if seen.listen_port == users.listen_port(scene)
        and seen.detail not in {None, "unspecified"}
    )


@reading
def addresses(scene: Scene) -> set[str]:
    """Return the balancer's own public addresses; none if it was not freshly read."""
    balancer = scene.load_balancer
    return {a for a in (balancer.ipv4, balancer.ipv6) if a} if balancer else set()


def same_address(one: str, other: str) -> bool:
    """Say whether two spellings are one address (IPv6 has many)."""
    return ip_address(one) == ip_address(other)


@reading
def is_balancers(scene: Scene, address: str) -> bool:
    """Say whether an address is the balancer's own."""
    return any(same_address(address, own) for own in addresses(scene))


def at_balancer(scene: Scene, probe: Probe) -> bool:
    """Say whether a request went to the balancer's own address."""
    asked = probe.peer_address
    return probe.role is Role.DIRECT or (
        asked is not None and is_balancers(scene, asked)
    )


def elsewhere(scene: Scene, probe: Probe) -> bool:
    """Say whether a user met another machine than the balancer, and no cache."""
    known = bool(addresses(scene)) and probe.peer_address is not None
    met = scene.target.reached.cdn or at_balancer(scene, probe)
    return known and not met
