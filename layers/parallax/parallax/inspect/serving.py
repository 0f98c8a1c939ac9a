"""Serving: which load balancers serve a target, and how they were matched.

In: a target, the addresses that its name resolved to, the project's load balancers and
servers. Out: the load balancer and how it was matched, or why there is none.
It does not: resolve names, or call the API; it is pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv6Address, ip_address

from parallax.inspect.servers import Server
from parallax.model.balancer import LoadBalancer
from parallax.model.probe import AS_A_USER, ProbeRun
from parallax.model.target import Target

SHOWN = 10
"""Most load balancer names in a reading; a project may have hundreds."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The load balancer of a target and how it was matched, or why there is none.

    `others` have an address of the target's name too.
    """

    balancer: LoadBalancer | None
    why: str
    others: tuple[LoadBalancer, ...] = ()


def resolved_addresses(run: ProbeRun) -> tuple[str, ...]:
    """Return the addresses that a run's name resolved to.

    The zone's own name servers come first, then the resolvers; a run without either
    has the address that it connected to.
    """
    zone = [a for r in run.resolutions if r.authoritative for a in r.addresses]
    any_server = [a for r in run.resolutions for a in r.addresses]
    users = run.by_role(*AS_A_USER)
    peers = [p.peer_address for p in users if p.peer_address]
    return tuple(dict.fromkeys(zone or any_server or peers))


def serving(
    target: Target,
    addresses: Sequence[str],
    balancers: Sequence[LoadBalancer],
    servers: Sequence[Server] = (),
) -> Serving:
    """Return the load balancers that serve a target, matched by name or address."""
    name = target.reached.load_balancer
    if name is None:
        return _by_address(target, addresses, balancers, servers)
    # A token opens one project, and in a project Hetzner allows each name once.
    for balancer in balancers:
        if balancer.name == name:
            every = () if target.reached.cdn else addresses
            beside = _matches(target, every, balancers)
            others = (b for b, _ in beside if b.id != balancer.id)
            return Serving(balancer, "by name", tuple(others))
    likely = _by_address(target, addresses, balancers, servers)
    reasons = [f"no load balancer is named {name!r}", _all_names(balancers, name)]
    if likely.balancer:
        # Before the names: a line of the path shows only the beginning.
        renamed = f"it may be renamed: {likely.balancer.name!r} serves the target"
        reasons.insert(1, f"{renamed} ({likely.why})")
    elif addresses:
        reasons.append(likely.why)
    found = (likely.balancer, *likely.others) if likely.balancer else ()
    return Serving(None, "; ".join(reasons), found)


def list_names(balancers: Sequence[LoadBalancer], like: str) -> str:
    """Return the load balancers' names; of many, those most similar to `like`."""
    names = sorted(b.name for b in balancers)
    if len(names) <= SHOWN:
        return ", ".join(names)
    near = get_close_matches(like, names, SHOWN, cutoff=0)
    return f"{', '.join(near)} and {len(names) - len(near)} others"


def _all_names(balancers: Sequence[LoadBalancer], name: str = "") -> str:
    if not balancers:
        return "the project has no load balancer: check that the token is the project's"
    return f"the project has: {list_names(balancers, name)}"


def _by_address(
    target: Target,
    addresses: Sequence[str],
    balancers: Sequence[LoadBalancer],
    servers: Sequence[Server],
) -> Serving:
    host = target.host
    if target.reached.cdn:
        return Serving(
            None,
            f"{host} is behind a CDN, so its addresses do not identify the load"
            " balancer; name it as reached.load_balancer",
        )
    if not addresses:
        return Serving(None, f"no probe has resolved an address of {host} yet")
    matches = _matches(target, addresses, balancers)
    if not matches:
        return Serving(None, _no_match(host, addresses, balancers, servers))
    each = "; ".join(f"{b.name}: {why}" for b, why in matches)
    if len({why for _, why in matches}) < len(matches):
        return Serving(
            None,
            f"more than one load balancer has the same address of {host} ({each});"
            " name one as reached.load_balancer",
        )
    (first, why), *rest = matches
    return Serving(first, each if rest else why, tuple(b for b, _ in rest))


def _matches(
    target: Target, addresses: Sequence[str], balancers: Sequence[LoadBalancer]
) -> list[tuple[LoadBalancer, str]]:
    """Return the load balancers that have one of these addresses, and which one.

    They are sorted by id: DNS returns addresses in any order.
    """
    wanted = {_normalized(address) for address in addresses}
    ordered = sorted(balancers, key=lambda b: b.id)
    return [(b, why) for b in ordered if (why := _match(target, b, wanted))]


def _no_match(
    host: str,
    addresses: Sequence[str],
    balancers: Sequence[LoadBalancer],
    servers: Sequence[Server],
) -> str:
    """Return what the addresses belong to instead, if the project shows it."""
    listed = ", ".join(addresses)
    text = f"no load balancer of the project has an address of {host} ({listed})"
    if not balancers:
        return f"{text}; {_all_names(balancers)}"
    direct = [(a, s.name) for a in addresses for s in servers if _has_address(s, a)]
    if direct:
        owners = ", ".join(
            f"{address} belongs to server {name}" for address, name in direct
        )
        return f"{text}: {owners}, so requests reach it without a load balancer"
    return (
        f"{text}: it may belong to a CDN (then set reached.cdn), a floating IP or"
        " another project, or the name resolves to the wrong address"
    )


def _match(target: Target, balancer: LoadBalancer, wanted: set[str]) -> str | None:
    """Return which of the addresses is the load balancer's.

    A private address counts only if the target may have one: many networks use the
    same address.
    """
    own = [(balancer.ipv4, "public IPv4"), (balancer.ipv6, "public IPv6")]
    own = own if balancer.public_interface else []
    if target.allow_private_addresses:
        own += [(ip, "private address") for ip in balancer.private_ips]
    for address, kind in own:
        if address and _normalized(address) in wanted:
            return f"{address} is its {kind}"
    return None


def _has_address(server: Server, address: str) -> bool:
    """Return whether an address is the server's own; of IPv6 it has a network."""
    try:
        wanted = ip_address(address)
    except ValueError:
        return False
    if isinstance(wanted, IPv6Address):
        return server.ipv6 is not None and wanted in server.ipv6
    return server.ipv4 is not None and _normalized(server.ipv4) == str(wanted)


def _normalized(address: str) -> str:
    """Return an address in its shortest form."""
    try:
        return str(ip_address(address))
    except ValueError:
        return address
