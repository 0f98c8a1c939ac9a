"""Serving: which balancer serves a target, and how that is known.

In: a target, the addresses that its name was answered with, the project's
balancers and servers. Out: the balancer with the reason in words, or why none is named.
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
"""Names of balancers that a reading tells at most; a project may have hundreds."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The balancer of a target and why it is this one, or why there is none."""

    balancer: LoadBalancer | None
    why: str


def answered(run: ProbeRun) -> tuple[str, ...]:
    """Return the addresses that a run's name was answered with.

    The zone's own servers know best, then the resolvers; a run without either
    shows the address that it connected to.
    """
    zone = [a for r in run.resolutions if r.authoritative for a in r.addresses]
    told = [a for r in run.resolutions for a in r.addresses]
    users = run.by_role(*AS_A_USER)
    peers = [p.peer_address for p in users if p.peer_address]
    return tuple(dict.fromkeys(zone or told or peers))


def serving(
    target: Target,
    addresses: Sequence[str],
    balancers: Sequence[LoadBalancer],
    servers: Sequence[Server] = (),
) -> Serving:
    """Return the balancer that serves a target, by its name or by its address."""
    name = target.reached.load_balancer
    if name is None:
        return _by_address(target, addresses, balancers, servers)
    # Within a project, which is what a token opens, Hetzner takes no name twice.
    for balancer in balancers:
        if balancer.name == name:
            return Serving(balancer, "by name")
    likely = _by_address(target, addresses, balancers, servers)
    told = [f"no load balancer is named {name!r}", _known(balancers, name)]
    if likely.balancer:
        # Before the names: a line of the path holds the beginning only.
        told.insert(1, f"renamed? {likely.balancer.name!r} serves it: {likely.why}")
    elif addresses:
        told.append(likely.why)
    return Serving(None, "; ".join(told))


def names(balancers: Sequence[LoadBalancer], like: str) -> str:
    """Return the balancers' names; of many, those most like what is looked for."""
    known = sorted(b.name for b in balancers)
    if len(known) <= SHOWN:
        return ", ".join(known)
    near = get_close_matches(like, known, SHOWN, cutoff=0)
    return f"{', '.join(near)} and {len(known) - len(near)} others"


def _known(balancers: Sequence[LoadBalancer], name: str = "") -> str:
    if not balancers:
        return "the project has none at all: is the token one of the right project?"
    return f"the project has: {names(balancers, name)}"


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
            f"{host} stands behind a CDN: its addresses are the CDN's and do not tell"
            " which load balancer serves it; name one as reached.load_balancer",
        )
    if not addresses:
        return Serving(None, f"no address of {host} is known from a probe yet")
    asked = {_same(address) for address in addresses}
    found = [(b, why) for b in balancers if (why := _has(target, b, asked))]
    if len(found) == 1:
        return Serving(*found[0])
    if found:
        told = "; ".join(f"{b.name}: {why}" for b, why in found)
        return Serving(
            None,
            f"{host} has the addresses of more than one load balancer ({told});"
            " name one as reached.load_balancer",
        )
    return Serving(None, _nobody(host, addresses, balancers, servers))


def _nobody(
    host: str,
    addresses: Sequence[str],
    balancers: Sequence[LoadBalancer],
    servers: Sequence[Server],
) -> str:
    """Say whose the addresses are instead, as far as the project tells."""
    told = ", ".join(addresses)
    text = f"no load balancer of the project has an address of {host} ({told})"
    if not balancers:
        return f"{text}; {_known(balancers)}"
    direct = [(a, s.name) for a in addresses for s in servers if _servers(s, a)]
    if direct:
        whose = ", ".join(
            f"{address} is server {name}'s own" for address, name in direct
        )
        return f"{text}: {whose}, so no load balancer stands before it"
    return (
        f"{text}: a CDN's (then set reached.cdn), a floating IP, or another"
        " project's; or the name leads to the wrong place"
    )


def _has(target: Target, balancer: LoadBalancer, asked: set[str]) -> str | None:
    """Say which of the addresses is the balancer's.

    A private one counts only where the target may have one: the same address
    stands in many a network.
    """
    own = [(balancer.ipv4, "public IPv4"), (balancer.ipv6, "public IPv6")]
    own = own if balancer.public_interface else []
    if target.allow_private_addresses:
        own += [(ip, "private address") for ip in balancer.private_ips]
    for address, kind in own:
        if address and _same(address) in asked:
            return f"{address} is its {kind}"
    return None


def _servers(server: Server, address: str) -> bool:
    """Say whether an address is a server's own; of IPv6 it has a network."""
    try:
        asked = ip_address(address)
    except ValueError:
        return False
    if isinstance(asked, IPv6Address):
        return server.ipv6 is not None and asked in server.ipv6
    return server.ipv4 is not None and _same(server.ipv4) == str(asked)


def _same(address: str) -> str:
    """Return an address in its one shortest spelling."""
    try:
        return str(ip_address(address))
    except ValueError:
        return address
