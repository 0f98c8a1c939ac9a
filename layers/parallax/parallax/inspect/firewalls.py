"""Firewalls: whether cloud firewalls allow the load balancer to reach its targets.

In: a load balancer, the servers and firewalls of the project. Out: the load balancer;
each target has its firewalls and the ports that they drop.
It does not: check private addresses, since cloud firewalls filter the public interface
only, or a firewall on the node (UFW), which the API does not show.
Source: docs.hetzner.com/cloud/firewalls/faq (implicit deny, stateful) and
docs.hetzner.com/cloud/networks/faq (private networks are not filtered).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from ipaddress import ip_address, ip_network

from parallax.inspect.servers import Server
from parallax.inspect.shape import Json
from parallax.model.balancer import BalancerTarget, LoadBalancer

APPLIED = "applied"
LAST_PORT = 65535
DIRECTIONS = ("in", "out")
PROTOCOLS = ("tcp", "udp", "icmp", "esp", "gre")


def has_firewall(balancer: LoadBalancer, servers: Mapping[int, Server]) -> bool:
    """Return whether any target has a firewall on its public interface."""
    reached = (_server(target, servers) for target in balancer.leaves())
    return any(server.firewalls for server in reached if server is not None)


def with_firewalls(
    balancer: LoadBalancer,
    servers: Mapping[int, Server],
    by_id: Mapping[int, Json] | None,
) -> LoadBalancer:
    """Return the load balancer with its targets' firewalls.

    `by_id` None: the firewalls were not read. Raises for an unexpected rule.
    """
    ports = sorted(
        {s.destination_port for s in balancer.services}
        | {s.health_check.port for s in balancer.services}
    )

    def complete(target: BalancerTarget) -> BalancerTarget:
        inner = replace(target, targets=tuple(complete(t) for t in target.targets))
        server = _server(target, servers)
        if server is None:
            return inner
        return _apply(inner, balancer, ports, _in_force(server.firewalls, by_id))

    return replace(balancer, targets=tuple(complete(t) for t in balancer.targets))


def _server(target: BalancerTarget, servers: Mapping[int, Server]) -> Server | None:
    """Return the server of a target that is reached over its public interface."""
    if target.use_private_ip or target.server_id is None:
        return None
    return servers.get(target.server_id)


def _in_force(
    states: Mapping[int, str] | None, by_id: Mapping[int, Json] | None
) -> list[Json] | None:
    """Return the firewalls in force; None if that is not known."""
    if states is None:
        return None
    if not states:
        return []
    if by_id is None or not states.keys() <= by_id.keys():
        return None
    if any(state != APPLIED for state in states.values()):
        return None
    return [by_id[number] for number in states]


def _apply(
    target: BalancerTarget,
    balancer: LoadBalancer,
    ports: Iterable[int],
    firewalls: list[Json] | None,
) -> BalancerTarget:
    if firewalls is None:
        return target
    names = tuple(str(each["name"]) for each in firewalls)
    six = ":" in (target.ip or "")
    source = balancer.ipv6 if six else balancer.ipv4
    if not firewalls:
        return replace(target, firewalls=(), firewall_allows=True)
    if source is None or target.ip is None:
        return replace(target, firewalls=names)
    rules = [rule for each in firewalls for rule in each["rules"]]
    dropped = tuple(p for p in ports if not any(_allows(r, source, p) for r in rules))
    return replace(
        target, firewalls=names, firewall_allows=not dropped, firewall_drops=dropped
    )


def _allows(rule: Json, source: str, port: int) -> bool:
    """Return whether a rule allows a TCP connection; what no rule allows is dropped."""
    direction, protocol = rule["direction"], rule["protocol"]
    if direction not in DIRECTIONS or protocol not in PROTOCOLS:
        # It may allow what no other rule allows.
        rule_text = f"direction {direction!r}, protocol {protocol!r}"
        raise ValueError(f"unexpected firewall rule: {rule_text}")
    if (direction, protocol) != ("in", "tcp") or port not in _ports(rule.get("port")):
        return False
    address = ip_address(source)
    return any(
        address in ip_network(given, strict=False) for given in rule["source_ips"]
    )


def _ports(text: str | None) -> range:
    """Return the ports of `80`, `80-85` or `any`."""
    if text in {None, "", "any"}:
        return range(1, LAST_PORT + 1)
    first, _, last = str(text).partition("-")
    return range(int(first), int(last or first) + 1)
