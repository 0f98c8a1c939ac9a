"""Resolvers: the answers of several name servers for one name.

In: a host, the resolvers to query. Out: one `Resolution` each, with an error if it
failed. It does not: choose between them, or resolve for the probe itself
(`parallax.probe.resolve` does).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import dns.exception
import dns.name
import dns.resolver

from parallax.model.probe import Resolution
from parallax.probe.failure import NotSentError
from parallax.probe.name_query import Terms, query_server
from parallax.probe.zone import ask_zone
from parallax.settings import SYSTEM_RESOLVER

MOST = 32
"""Most resolutions of one name: a few resolvers, and the servers of a few zones."""
_SYSTEM_LIMIT = 2


async def compare(
    host: str,
    resolvers: Sequence[str],
    seconds: float,
    *,
    allow_private: bool = False,
    port: int = 53,
) -> tuple[Resolution, ...]:
    """Query each resolver, and each of the zone's own name servers, within `seconds`.

    A TTL is in seconds: of a resolver the remaining time, of the zone the full TTL.
    `error_type` is the DNS response code in lower case, `timeout`, `unreachable`,
    `connection_closed`, `no_address`, `no_zone`, or `address_not_allowed`. Raises
    `NotSentError` if this machine has no resources left to query.
    """
    servers = _servers(resolvers)
    name = dns.name.from_text(host)
    terms = Terms(seconds=seconds, port=port, allow_private=allow_private)
    try:
        async with asyncio.TaskGroup() as group:
            queries = [group.create_task(_recursive(name, s, terms)) for s in servers]
            own = group.create_task(_own(name, queries, terms))
    except* NotSentError as errors:
        raise errors.exceptions[0] from errors
    return (*(task.result() for task in queries), *own.result())[:MOST]


def _servers(resolvers: Sequence[str]) -> list[str]:
    """Return addresses; `system` becomes the name servers of resolv.conf."""
    servers: list[str] = []
    for resolver in resolvers:
        if resolver != SYSTEM_RESOLVER:
            servers.append(resolver)
            continue
        try:
            configured = dns.resolver.Resolver().nameservers
        except dns.exception.DNSException:
            continue  # a machine without resolv.conf
        servers += [f"{server}" for server in configured[:_SYSTEM_LIMIT]]
    return list(dict.fromkeys(servers))


async def _recursive(name: dns.name.Name, server: str, terms: Terms) -> Resolution:
    answer = await query_server(name, server, terms)
    if answer.addresses or answer.error_type:
        return answer.resolution(server)
    # A resolver that returns only an alias has resolved nothing.
    return Resolution(resolver=server, error_type="no_address")


async def _own(
    name: dns.name.Name, queries: Sequence[asyncio.Task[Resolution]], terms: Terms
) -> tuple[Resolution, ...]:
    """Query the zone's name servers, which a resolver that responds has to find.

    It waits for the first answer: a dead resolver at the head of the list would use up
    the time.
    """
    began = asyncio.get_running_loop().time()
    order: list[str] = []
    for next_one in asyncio.as_completed(queries):
        resolution = await next_one
        order.append(resolution.resolver)
        if resolution.addresses:
            order.reverse()
            break
    left = began + terms.seconds - asyncio.get_running_loop().time()
    return await ask_zone(name, order, replace(terms, seconds=left))
