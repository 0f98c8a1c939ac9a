"""Balancer: what a fresh reading of the load balancer says for the port users ask.

In: a scene. Out: the balancer, its service, its targets' health.
It does not: conclude.
"""

from ipaddress import ip_address
from textwrap import shorten

from parallax.evidence import users
from parallax.evidence.reading import Missing, need, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of, since_text
from parallax.model.balancer import (
    BalancerService,
    BalancerTarget,
    HealthStatus,
    LoadBalancer,
    TargetHealth,
)
from parallax.model.probe import Probe, Role

NODE_PORTS = range(30000, 32768)
"""kube-apiserver's default `--service-node-port-range`."""
NOTE_LENGTH = 240
"""Characters of an explanation that a line holds; the reading has it whole."""


def name(scene: Scene) -> str:
    """Return the load balancer's name, as configured if it was not read."""
    read = scene.balancer
    if read and read.load_balancer:
        return read.load_balancer.name
    return scene.target.reached.load_balancer or "the load balancer"


@reading
def load_balancer(scene: Scene) -> LoadBalancer:
    """Return the balancer, as read since the failure began."""
    called, read = name(scene), scene.balancer
    if read is None and scene.target.reached.load_balancer is None:
        raise Missing("the target names no load balancer")
    if read is None:
        raise Missing(f"the Hetzner API was not read for {called}")
    if read.problem is not None:
        raise Missing(f"the Hetzner API did not show {called}: {read.problem.value}")
    return need(scene.load_balancer, f"no reading of {called} {since_text(scene)}")


@reading
def service(scene: Scene) -> BalancerService:
    """Return the balancer's service on the port that users ask."""
    lb, port = load_balancer(scene), users.listen_port(scene)
    if lb.is_unread(port):
        raise Missing(unread_text(scene))
    if lb.redirects(port) and lb.service_for(port) is None:
        what = f"redirects port {port} to https, and has no service on it"
        raise Missing(f"{name(scene)} {what}")
    return need(lb.service_for(port), f"{name(scene)} has no service on port {port}")


def unread_text(scene: Scene) -> str:
    """Return that the API lists the service on the users' port, unreadable."""
    port = users.listen_port(scene)
    return f"the service of {name(scene)} on port {port} could not be read"


def lookup_note(scene: Scene) -> str:
    """Return in brackets why no balancer was shown, or how a nameless one was found.

    E.g. ` (renamed? 'lb-new' serves it: 203.0.113.20 is its public IPv4)`; else "".
    """
    read = scene.balancer
    if read is None:
        return ""
    named = scene.target.reached.load_balancer is not None
    how = read.problem_detail if read.problem else read.matched_by
    if not how or (named and not read.problem):
        return ""
    return f" ({shorten(how, NOTE_LENGTH, placeholder=' …')})"


@reading
def health(scene: Scene) -> tuple[tuple[BalancerTarget, HealthStatus], ...]:
    """Return each real target's health for the port users ask."""
    balancer = scene.load_balancer
    return balancer.health(users.listen_port(scene)) if balancer else ()


@reading
def count_with_health(scene: Scene, status: HealthStatus) -> int:
    """Count the balancer's targets with a health."""
    return sum(seen is status for _, seen in health(scene))


def all_unhealthy(scene: Scene) -> bool:
    """Say whether there are targets, and every one is unhealthy."""
    return count_with_health(scene, HealthStatus.UNHEALTHY) == len(health(scene)) > 0


@reading
def health_text(scene: Scene) -> str:
    """Return e.g. `5 of 5 targets unhealthy on port 443 (health check tcp :31695)`."""
    served, count = service.maybe(scene), len(health(scene))
    if served is None:
        return service.lacks(scene)[0]
    asks = f"{served.health_check.protocol} :{served.health_check.port}"
    where = f"on port {served.listen_port} (health check {asks})"
    if not count:
        return f"no target {where}"
    seen = [
        f"{of(number, count)} targets {status.value}"
        for status in HealthStatus
        if (number := count_with_health(scene, status))
    ]
    return f"{', '.join(seen)} {where}"


@reading
def failure_details(scene: Scene) -> tuple[TargetHealth, ...]:
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
def owns_address(scene: Scene, address: str) -> bool:
    """Say whether an address is the balancer's own."""
    return any(same_address(address, own) for own in addresses(scene))


def was_sent_to_balancer(scene: Scene, probe: Probe) -> bool:
    """Say whether a request went to the balancer's own address."""
    asked = probe.peer_address
    return probe.role is Role.DIRECT or (
        asked is not None and owns_address(scene, asked)
    )


def reached_other_machine(scene: Scene, probe: Probe) -> bool:
    """Say whether a user met another machine than the balancer, and no cache."""
    comparable = bool(addresses(scene)) and probe.peer_address is not None
    met = scene.target.reached.cdn or was_sent_to_balancer(scene, probe)
    return comparable and not met
