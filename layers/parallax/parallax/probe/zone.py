"""Zone: what the name servers of a name's own zone say about it.

In: a name, and resolvers to find its zone with. Out: one `Resolution` for each of
the zone's name servers, since they need not agree.
It does not: ask a server whose address the internet could not reach.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import dns.asyncresolver
import dns.name

from parallax.model.probe import Resolution
from parallax.probe.address import allowed
from parallax.probe.name_query import Answer, Terms, ask, problem, texts
from parallax.probe.way_out import has_route

UNFOUND = "authoritative"
"""Stands for the zone's name servers where none was found."""
_ALIASES = 4
"""Zones that a chain of CNAMEs may cross."""
_WAYS = 2
"""Aliases followed from one zone, where its servers disagree: an old and a new one.

Each leads to a zone of its own: servers that all differ would make hundreds."""
_NAME_SERVERS = 4
"""Of one zone; most have two to four."""
_SHARE = 0.4
"""Of the time for one server: the zone must be found within the rest."""


async def ask_zone(
    name: dns.name.Name, resolvers: Sequence[str], terms: Terms
) -> tuple[Resolution, ...]:
    """Ask the zone itself within `terms.seconds`, following CNAMEs to other zones."""
    finder = dns.asyncresolver.Resolver(configure=False)
    finder.nameservers = list(resolvers)
    finder.port = terms.port
    finder.timeout = terms.seconds / 5  # a dead resolver must not use up the time
    finder.lifetime = terms.seconds
    each = replace(terms, seconds=terms.seconds * _SHARE)
    try:
        async with asyncio.timeout(terms.seconds):
            found = await _follow(name, finder, each, None, _ALIASES)
    except Exception as error:  # noqa: BLE001 - `problem` raises what it does not know
        found = [_unfound(problem(error))]
    return tuple(found)


async def _follow(
    name: dns.name.Name,
    finder: dns.asyncresolver.Resolver,
    terms: Terms,
    bound: int | None,
    aliases: int,
) -> list[Resolution]:
    """Ask the servers of a name's zone, and of those that its aliases lead to.

    `bound` is the least TTL on the way here: who keeps the alias keeps its end.
    """
    if not aliases:
        return [_unfound("no_address")]
    zone = await dns.asyncresolver.zone_for_name(name, resolver=finder)
    labels = sorted(texts(await finder.resolve(zone, "NS")))[:_NAME_SERVERS]
    answers = await asyncio.gather(
        *(_answer(name, label, finder, terms) for label in labels)
    )
    found: list[Resolution] = []
    onward: dict[dns.name.Name, int] = {}
    for label, answer in zip(labels, answers, strict=True):
        if answer.addresses or answer.alias == name:
            server = label.rstrip(".")
            found.append(answer.resolution(server, authoritative=True, bound=bound))
        else:
            ttls = (answer.alias_ttl, bound, onward.get(answer.alias))
            onward[answer.alias] = min(ttl for ttl in ttls if ttl is not None)
    for alias, ttl in islice(onward.items(), _WAYS):
        found += await _follow(alias, finder, terms, ttl, aliases - 1)
    return found


async def _answer(
    name: dns.name.Name, label: str, finder: dns.asyncresolver.Resolver, terms: Terms
) -> Answer:
    """Ask one name server at one of its addresses."""
    try:
        addresses = await _addresses(label, finder)
    except Exception as error:  # noqa: BLE001 - `problem` raises what it does not know
        return Answer(alias=name, error_type=problem(error))
    if not addresses:
        return Answer(alias=name, error_type="unreachable")
    if not terms.allow_private and not allowed(addresses[0]):
        return Answer(alias=name, error_type="address_not_allowed")
    return await ask(name, addresses[0], terms, recurse=False)


async def _addresses(label: str, finder: dns.asyncresolver.Resolver) -> list[str]:
    """Return a name server's addresses that have a route from here, IPv4 first."""
    for kind in ("A", "AAAA"):
        answer = await finder.resolve(label, kind, raise_on_no_answer=False)
        found = [address for address in texts(answer.rrset) if has_route(address)]
        if found:
            return found
    return []


def _unfound(error_type: str) -> Resolution:
    return Resolution(resolver=UNFOUND, authoritative=True, error_type=error_type)
