"""Resolvers: what several name servers say about one name, side by side.

In: a host, the resolvers to ask. Out: one `Resolution` each, its error named.
It does not: choose between them, or resolve for the probe itself (that is
`parallax.probe.resolve`).
Imported only when a target fails: dnspython costs a cold start, and a healthy
target never needs it.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence

import dns.asyncquery
import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.resolver

from parallax.model.probe import Resolution
from parallax.probe.address import allowed

SYSTEM = "system"
"""Stands for the name servers of this machine's resolv.conf."""
_ALIASES = 4
"""Zones that a chain of CNAMEs may cross."""
_SYSTEM_LIMIT = 2


class _Unanswered(Exception):  # noqa: N818 - a fact about DNS, no error of ours
    """A name server gave no address; the text says why."""


async def compare(
    host: str,
    resolvers: Sequence[str],
    seconds: float,
    *,
    allow_private: bool = False,
    port: int = 53,
) -> tuple[Resolution, ...]:
    """Ask each resolver, and the zone's own name server, within `seconds`.

    A TTL is in seconds: a resolver's is what is left of it, the zone's own the
    whole. `error_type` is the DNS response code in lower case, `timeout`,
    `unreachable`, `no_address`, or `address_not_allowed`.
    """
    servers = _servers(resolvers)
    name = dns.name.from_text(host)
    asked = [
        _bounded(_recursive(name, server, port), server, seconds) for server in servers
    ]
    own = _authoritative(name, servers, port, allow_private=allow_private)
    return tuple(
        await asyncio.gather(*asked, _bounded(own, "authoritative", seconds, own=True))
    )


def _servers(resolvers: Sequence[str]) -> list[str]:
    """Return addresses: `system` becomes what resolv.conf names."""
    servers: list[str] = []
    for resolver in resolvers:
        if resolver != SYSTEM:
            servers.append(resolver)
            continue
        try:
            configured = dns.resolver.Resolver().nameservers
        except dns.exception.DNSException:
            continue  # a machine without resolv.conf
        servers += [f"{server}" for server in configured[:_SYSTEM_LIMIT]]
    return list(dict.fromkeys(servers))


async def _bounded(
    asking: Coroutine[None, None, Resolution],
    resolver: str,
    seconds: float,
    *,
    own: bool = False,
) -> Resolution:
    """Turn whatever goes wrong into a `Resolution` that says so."""
    try:
        async with asyncio.timeout(seconds):
            return await asking
    except _Unanswered as error:
        problem = f"{error}"
    except (TimeoutError, dns.exception.Timeout):
        problem = "timeout"
    except (OSError, dns.resolver.NoNameservers):
        problem = "unreachable"
    except dns.exception.DNSException as error:
        problem = type(error).__name__.lower()
    return Resolution(resolver=resolver, authoritative=own, error_type=problem)


async def _recursive(name: dns.name.Name, server: str, port: int) -> Resolution:
    addresses, ttl, _ = await _ask(name, server, port)
    if not addresses:
        raise _Unanswered("no_address")
    return Resolution(resolver=server, addresses=addresses, ttl=ttl)


async def _authoritative(
    name: dns.name.Name, servers: Sequence[str], port: int, *, allow_private: bool
) -> Resolution:
    """Ask the zone itself, following CNAMEs into the zones they lead to."""
    finder = dns.asyncresolver.Resolver(configure=False)
    finder.nameservers = list(servers)
    finder.port = port
    shortest: int | None = None
    for _ in range(_ALIASES):
        label, address = await _name_server(name, finder)
        if not allow_private and not allowed(address):
            raise _Unanswered("address_not_allowed")
        addresses, ttl, alias = await _ask(name, address, port, recurse=False)
        shortest = ttl if shortest is None else min(shortest, ttl)
        if addresses:
            return Resolution(
                resolver=label, authoritative=True, addresses=addresses, ttl=shortest
            )
        if alias == name:
            break
        name = alias
    raise _Unanswered("no_address")


async def _name_server(
    name: dns.name.Name, finder: dns.asyncresolver.Resolver
) -> tuple[str, str]:
    """Return name and address of one name server of a name's zone."""
    zone = await dns.asyncresolver.zone_for_name(name, resolver=finder)
    servers = sorted(f"{record.target}" for record in await finder.resolve(zone, "NS"))
    for server in servers:
        answer = await finder.resolve(server, "A", raise_on_no_answer=False)
        for address in _texts(answer.rrset):
            return server.rstrip("."), address
    raise _Unanswered("no_address")


async def _ask(
    name: dns.name.Name, server: str, port: int, *, recurse: bool = True
) -> tuple[tuple[str, ...], int, dns.name.Name]:
    """Ask one server for both address families.

    Returns addresses, the shortest TTL in seconds, and the name at the end of
    the CNAMEs. What IPv6 lacks is no problem where IPv4 answers.
    """
    ipv4, ipv6 = await asyncio.gather(
        _query(name, "A", server, port, recurse=recurse),
        _query(name, "AAAA", server, port, recurse=recurse),
        return_exceptions=True,
    )
    if isinstance(ipv4, BaseException):
        raise ipv4
    chains = [ipv4] if isinstance(ipv6, BaseException) else [ipv4, ipv6]
    answered = [chain for chain in chains if chain.answer is not None]
    addresses = (text for chain in answered for text in _texts(chain.answer))
    shortest = min(chain.minimum_ttl for chain in answered or chains)
    return tuple(sorted(addresses)), shortest, ipv4.canonical_name


def _texts(records: Iterable[object] | None) -> list[str]:
    """Return records as text; dnspython's own type for them is untyped."""
    return [f"{record}" for record in records or ()]


async def _query(
    name: dns.name.Name, kind: str, server: str, port: int, *, recurse: bool
) -> dns.message.ChainingResult:
    question = dns.message.make_query(name, kind)
    if not recurse:
        question.flags &= ~dns.flags.RD
    response, _ = await dns.asyncquery.udp_with_fallback(question, server, port=port)
    if response.rcode() != dns.rcode.NOERROR:
        raise _Unanswered(dns.rcode.to_text(response.rcode()).lower())
    assert isinstance(response, dns.message.QueryMessage)  # noqa: S101 - for the type checker
    return response.resolve_chaining()
