"""Balancer: what a fresh reading of the load balancer shows for the users' port.

In: a scene. Out: the load balancer, its service, its targets' health.
It does not: conclude.
"""

from ipaddress import ip_address
from textwrap import shorten

from parallax.evidence import machines, users
from parallax.evidence.on_the_nodes import NODE_PORTS
from parallax.evidence.reading import Absent, Hidden, Missing, need, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of, since_text
from parallax.model.balancer import (
    BalancerService,
    BalancerTarget,
    HealthStatus,
    LoadBalancer,
    TargetHealth,
)
from parallax.model.cluster import Service
from parallax.model.probe import AS_A_USER, Probe, Role

_NONE = frozenset[str]()
NOTE_LENGTH = 240
"""Characters of a note in one line; the reading has the complete text."""


def name(scene: Scene) -> str:
    """Return the load balancer's name; the configured one if it was not read."""
    read = scene.balancer
    if read and read.load_balancer:
        return read.load_balancer.name
    return scene.target.reached.balancer_name or "the load balancer"


@reading
def none_in_the_path(scene: Scene) -> str | None:
    """Return why no Hetzner load balancer is in the path; None: one may be.

    The target's configuration states it, or all users connect to addresses of the
    cluster's nodes while no load balancer was found.
    """
    reached = scene.target.reached
    if reached.no_balancer:
        return "the target has no Hetzner load balancer (reached.load_balancer: none)"
    if reached.load_balancer or reached.cdn or scene.load_balancer is not None:
        return None
    peers = {p.peer_address for p in users.outside(scene, *AS_A_USER)}
    owners = {
        address: node.name
        for node in (scene.cluster.nodes if scene.cluster else None) or ()
        for address in (node.external_ip, node.internal_ip)
        if address
    }
    if not peers or not all(peer in owners for peer in peers):
        return None
    names = sorted({owners[peer] for peer in peers if peer})
    return f"users connect to node {', '.join(names)} without a load balancer"


@reading
def load_balancer(scene: Scene) -> LoadBalancer:
    """Return the load balancer as read since the failure began."""
    if why := none_in_the_path(scene):
        raise Absent(why)
    called, read = name(scene), scene.balancer
    if read is None and scene.target.reached.load_balancer is None:
        raise Missing("a load balancer in the target's configuration")
    if read is None:
        raise Missing(f"Hetzner API data of {called} (not read)")
    if read.problem is not None:
        raise Missing(f"Hetzner API data of {called} ({read.problem.value})")
    return need(
        scene.load_balancer, f"Hetzner API data of {called} {since_text(scene)}"
    )


@reading
def service(scene: Scene) -> BalancerService:
    """Return the load balancer's service on the port that users use.

    Raise `Hidden` if there is none: what is behind a missing service is not visible.
    A CDN may use another port, so then it is only `Missing`.
    """
    lb, port = load_balancer(scene), users.listen_port(scene)
    if lb.is_unread(port):
        raise Missing(unread_text(scene))
    if found := lb.service_for(port):
        return found
    redirects = lb.redirects(port)
    if redirects:
        why = f"{name(scene)} only redirects port {port} to https"
        raise Missing(f"a service on port {port} ({why})")
    what = f"a service on port {port} ({name(scene)} has none)"
    if redirects is None or scene.target.reached.cdn:
        raise Missing(what)
    state = f"{name(scene)} has no service on port {port}"
    raise Hidden(what, evidence=(state,))


def is_port_of_nodes(service: Service, port: int) -> bool:
    """Return whether nodes may listen for a Service on a port that is not a NodePort.

    k3s's servicelb and pods with a hostPort listen on the Service's own ports.
    """
    is_node_port = port in NODE_PORTS or port in service.node_ports
    return not is_node_port and port in {p.port for p in service.ports}


def unread_text(scene: Scene) -> str:
    """Return the words for a service on the users' port that could not be read."""
    port = users.listen_port(scene)
    return f"a readable service of {name(scene)} on port {port}"


def lookup_note(scene: Scene) -> str:
    """Return in brackets why no load balancer was found, or how it was matched.

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
    """Return each real target's health for the port that users use.

    Without those that cannot serve: no pod of the ingress listens on their node.
    """
    balancer, port = scene.load_balancer, users.listen_port(scene)
    if balancer is None:
        return ()
    every, served = balancer.health(port), balancer.service_for(port)
    at_node_port = served is None or served.destination_port in NODE_PORTS
    return every if at_node_port else machines.able(scene, every)


@reading
def count_with_health(scene: Scene, status: HealthStatus) -> int:
    """Return how many of the load balancer's targets have this health status."""
    return sum(seen is status for _, seen in health(scene))


def all_unhealthy(scene: Scene) -> bool:
    """Return whether there are targets and every one is unhealthy."""
    return count_with_health(scene, HealthStatus.UNHEALTHY) == len(health(scene)) > 0


@reading
def health_text(scene: Scene) -> str:
    """Return e.g. `5 of 5 targets unhealthy on port 443 (health check tcp :31695)`."""
    served, count = service.maybe(scene), len(health(scene))
    if served is None:
        return service.lacks(scene)[0]
    check = f"{served.health_check.protocol} :{served.health_check.port}"
    where = f"on port {served.listen_port} (health check {check})"
    if not count:
        return f"no target {where}"
    every = len(lb.health(served.listen_port)) if (lb := scene.load_balancer) else count
    which = " that run an ingress pod" if count < every else ""
    seen = [
        f"{of(number, count)} targets{which} {status.value}"
        for status in HealthStatus
        if (number := count_with_health(scene, status))
    ]
    return f"{', '.join(seen)} {where}"


def health_report(scene: Scene) -> str:
    """Return e.g. `lb-1 reports 5 of 5 targets unhealthy on port 443 (…)`."""
    if service.maybe(scene) is None:
        return health_text(scene)
    return f"{name(scene)} reports {health_text(scene)}"


@reading
def failure_details(scene: Scene) -> tuple[TargetHealth, ...]:
    """Return the API's details of failed health checks; older readings have none."""
    return tuple(
        seen
        for target, _ in health(scene)
        for seen in target.health_status
        if seen.listen_port == users.listen_port(scene)
        and seen.detail not in {None, "unspecified"}
    )


def addresses_of(balancer: LoadBalancer) -> frozenset[str]:
    """Return the addresses at which users reach a load balancer.

    They are public. Without a public interface its private address is the only one.
    """
    if not balancer.public_interface:
        return frozenset(balancer.private_ips)
    return frozenset(a for a in (balancer.ipv4, balancer.ipv6) if a)


def is_at(probe: Probe, balancer: LoadBalancer) -> bool:
    """Return whether a request was sent to an address of a load balancer."""
    to = probe.peer_address
    return to is not None and any(same_address(to, a) for a in addresses_of(balancer))


@reading
def own_addresses(scene: Scene) -> frozenset[str]:
    """Return the addresses of the load balancer itself; empty: not read."""
    balancer = scene.load_balancer
    return addresses_of(balancer) if balancer else frozenset()


@reading
def addresses(scene: Scene) -> frozenset[str]:
    """Return the addresses of all the target's load balancers; empty: not read."""
    read = scene.balancer if scene.load_balancer else None
    return frozenset(a for b in read.every for a in addresses_of(b)) if read else _NONE


def same_address(one: str, other: str) -> bool:
    """Return whether two spellings are the same address (IPv6 has many).

    A text that is not an address is the same only as itself: an agent may report any.
    """
    try:
        return ip_address(one) == ip_address(other)
    except ValueError:
        return one == other


@reading
def owns_address(scene: Scene, address: str) -> bool:
    """Return whether an address belongs to a load balancer of the target."""
    return any(same_address(address, own) for own in addresses(scene))


def was_sent_to_balancer(scene: Scene, probe: Probe) -> bool:
    """Return whether a request was sent to the load balancer's own address."""
    address = probe.peer_address
    return probe.role is Role.DIRECT or (
        address is not None and owns_address(scene, address)
    )


def reached_other_machine(scene: Scene, probe: Probe) -> bool:
    """Return whether a user reached another machine than the balancer or a CDN."""
    comparable = bool(addresses(scene)) and probe.peer_address is not None
    expected = scene.target.reached.cdn or was_sent_to_balancer(scene, probe)
    return comparable and not expected
