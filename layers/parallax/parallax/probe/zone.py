"""Zone: the answers of the name servers of a name's own zone.

In: a name, and resolvers that can find its zone. Out: one `Resolution` for each of the
zone's name servers, since their answers may differ.
It does not: query a server whose address is not public.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import dns.asyncresolver
import dns.name

from parallax.model.probe import Resolution
from parallax.probe.address import LOOPBACK, permitted
from parallax.probe.egress import has_route
from parallax.probe.name_query import Answer, Terms, problem, query_server, texts

ANY_SERVER = "authoritative"
"""The resolver's name in a resolution if no name server of the zone was found."""
_ALIASES = 4
"""Zones that a chain of CNAMEs may cross."""
_WAYS = 2
"""Most aliases to follow from one zone whose servers differ: an old and a new one.

Each alias has its own zone: without a limit there could be hundreds."""
_NAME_SERVERS = 4
"""Name servers of one zone; most zones have two to four."""
_SHARE = 0.4
"""Share of the time for one server; the rest is for finding the zone."""


async def ask_zone(
    name: dns.name.Name, resolvers: Sequence[str], terms: Terms
) -> tuple[Resolution, ...]:
    """Query the zone within `terms.seconds`, and follow CNAMEs to other zones."""
    finder = dns.asyncresolver.Resolver(configure=False)
    finder.nameservers = list(resolvers)
    finder.port = terms.port
    finder.timeout = terms.seconds / 5  # a dead resolver must not use up the time
    finder.lifetime = terms.seconds
    each = replace(terms, seconds=terms.seconds * _SHARE)
    try:
        async with asyncio.timeout(terms.seconds):
            resolutions = await _follow(name, finder, each, None, _ALIASES)
    except Exception as error:  # noqa: BLE001 - `problem` raises other errors
        resolutions = [_not_resolved(problem(error))]
    return tuple(resolutions)


async def _follow(
    name: dns.name.Name,
    finder: dns.asyncresolver.Resolver,
    terms: Terms,
    bound: int | None,
    aliases: int,
) -> list[Resolution]:
    """Query the servers of a name's zone, and of the zones of its aliases.

    `bound` is the shortest TTL of the aliases so far: a cache keeps alias and address.
    """
    if not aliases:
        return [_not_resolved("no_address")]
    zone = await dns.asyncresolver.zone_for_name(name, resolver=finder)
    labels = sorted(texts(await finder.resolve(zone, "NS")))[:_NAME_SERVERS]
    answers = await asyncio.gather(
        *(_answer(name, label, finder, terms) for label in labels)
    )
    resolutions: list[Resolution] = []
    onward: dict[dns.name.Name, int] = {}
    for label, answer in zip(labels, answers, strict=True):
        if answer.addresses or answer.alias == name:
            server = label.rstrip(".")
            resolutions.append(
                answer.resolution(server, authoritative=True, bound=bound)
            )
        else:
            ttls = (answer.alias_ttl, bound, onward.get(answer.alias))
            onward[answer.alias] = min(ttl for ttl in ttls if ttl is not None)
    for alias, ttl in islice(onward.items(), _WAYS):
        resolutions += await _follow(alias, finder, terms, ttl, aliases - 1)
    return resolutions


async def _answer(
    name: dns.name.Name, label: str, finder: dns.asyncresolver.Resolver, terms: Terms
) -> Answer:
    """Query one name server at one of its addresses."""
    try:
        addresses = await _addresses(label, finder)
    except Exception as error:  # noqa: BLE001 - `problem` raises other errors
        return Answer(alias=name, error_type=problem(error))
    if not addresses:
        return Answer(alias=name, error_type="unreachable")
    # A private name server may be on this machine, but not a metadata service.
    if not permitted(addresses[0], LOOPBACK, allow_private=terms.allow_private):
        return Answer(alias=name, error_type="address_not_allowed")
    return await query_server(name, addresses[0], terms, recurse=False)


async def _addresses(label: str, finder: dns.asyncresolver.Resolver) -> list[str]:
    """Return a name server's addresses that this machine has a route to, IPv4 first."""
    for kind in ("A", "AAAA"):
        answer = await finder.resolve(label, kind, raise_on_no_answer=False)
        reachable = [address for address in texts(answer.rrset) if has_route(address)]
        if reachable:
            return reachable
    return []


def _not_resolved(error_type: str) -> Resolution:
    return Resolution(resolver=ANY_SERVER, authoritative=True, error_type=error_type)
