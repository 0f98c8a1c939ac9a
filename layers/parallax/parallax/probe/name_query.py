"""Name query: query one name server for both address families of one name.

In: a name and a name server's address. Out: an `Answer`, with an error if it failed.
It does not: raise for a failure of the network, or query a second server.
It is imported only when a target fails: dnspython slows a cold start, and a healthy
target never needs it.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.resolver

from parallax.model.probe import Resolution
from parallax.probe.failure import NotSentError, is_local

MOST_ADDRESSES = 32
"""Addresses of one family in one answer; over TCP thousands would fit."""
_ATTEMPTS = 2
"""UDP loses packets: a lost one is sent again once."""

type _Family = dns.message.ChainingResult | str
"""The answer for A or AAAA, or the error type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How to query name servers; each answer may take `seconds`."""

    seconds: float
    port: int = 53
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer of one name server; TTLs in seconds.

    `alias` is the name at the end of the CNAMEs; without addresses it belongs to
    another zone. `error_type` beside addresses: the query for one family failed.
    """

    alias: dns.name.Name
    addresses: tuple[str, ...] = ()
    ttl_ipv4: int | None = None
    ttl_ipv6: int | None = None
    alias_ttl: int | None = None
    error_type: str | None = None

    def resolution(
        self, resolver: str, *, authoritative: bool = False, bound: int | None = None
    ) -> Resolution:
        """Return it as a resolver's resolution; no TTL exceeds `bound` seconds."""
        ipv4, ipv6 = _least(self.ttl_ipv4, bound), _least(self.ttl_ipv6, bound)
        given = [ttl for ttl in (ipv4, ipv6) if ttl is not None]
        return Resolution(
            resolver=resolver,
            authoritative=authoritative,
            addresses=self.addresses,
            ttl=min(given, default=None),
            ttl_ipv4=ipv4,
            ttl_ipv6=ipv6,
            error_type=self.error_type,
        )


async def query_server(
    name: dns.name.Name, server: str, terms: Terms, *, recurse: bool = True
) -> Answer:
    """Query one server for A and AAAA concurrently.

    An error for one family does not matter if the other has addresses: a name may have
    either, and some servers drop queries for a type that they do not support.
    """
    ipv4, ipv6 = await asyncio.gather(
        _family(name, "A", server, terms, recurse=recurse),
        _family(name, "AAAA", server, terms, recurse=recurse),
    )
    answers = [family for family in (ipv4, ipv6) if not isinstance(family, str)]
    errors = [family for family in (ipv4, ipv6) if isinstance(family, str)]
    if not answers:
        return Answer(alias=name, error_type=errors[0])
    addresses = (*_addresses(ipv4), *_addresses(ipv6))
    alias = answers[0].canonical_name
    nothing = not addresses and alias == name
    return Answer(
        alias=alias,
        addresses=addresses,
        ttl_ipv4=_ttl(ipv4),
        ttl_ipv6=_ttl(ipv6),
        alias_ttl=answers[0].minimum_ttl,
        error_type=errors[0] if errors else "no_address" if nothing else None,
    )


def problem(error: Exception) -> str:
    """Return the error type of a failed query; raises any other exception again.

    Raises `NotSentError` if this machine could not send the query.
    """
    details: dict[str, Any] = getattr(error, "kwargs", {})
    # One tuple per attempt; its fourth item is the error, as text or exception.
    causes = [error, *(attempt[3] for attempt in details.get("errors", ()))]
    if local := next(filter(is_local, causes), None):
        raise NotSentError(f"{local}") from error
    match error:
        case TimeoutError() | dns.exception.Timeout():
            return "timeout"
        case OSError() | dns.resolver.NoNameservers():
            return "unreachable"
        case EOFError():  # dnspython: the server closed TCP before its response ended
            return "connection_closed"
        case dns.resolver.NoRootSOA() | dns.resolver.NoAnswer():
            return "no_zone"
        case dns.exception.DNSException():
            return type(error).__name__.lower()
        case _:
            raise error


def texts(records: Iterable[object] | None) -> list[str]:
    """Return records as text; dnspython's own type for them is untyped."""
    return [f"{record}" for record in records or ()]


async def _family(
    name: dns.name.Name, kind: str, server: str, terms: Terms, *, recurse: bool
) -> _Family:
    query = dns.message.make_query(name, kind)
    if not recurse:
        query.flags &= ~dns.flags.RD
    try:
        async with asyncio.timeout(terms.seconds):
            response = await _response(query, server, terms)
        if response.rcode() != dns.rcode.NOERROR:
            return dns.rcode.to_text(response.rcode()).lower()
        if not isinstance(response, dns.message.QueryMessage):
            return "badresponse"  # it answers an update, or another kind of message
        return response.resolve_chaining()
    except Exception as error:  # noqa: BLE001 - `problem` raises other errors
        return problem(error)


async def _response(
    query: dns.message.Message, server: str, terms: Terms
) -> dns.message.Message:
    """Send the query, and once more if there is no response."""
    for left in reversed(range(_ATTEMPTS)):
        try:
            response, _ = await dns.asyncquery.udp_with_fallback(
                query, server, terms.seconds / _ATTEMPTS, terms.port
            )
        except dns.exception.Timeout:
            if not left:
                raise
        else:
            return response
    raise TimeoutError


def _addresses(family: _Family) -> list[str]:
    """Return the first addresses, sorted, so that servers can be compared."""
    if isinstance(family, str):
        return []
    return sorted(texts(family.answer))[:MOST_ADDRESSES]


def _ttl(family: _Family) -> int | None:
    if isinstance(family, str) or family.answer is None:
        return None
    return family.minimum_ttl


def _least(ttl: int | None, bound: int | None) -> int | None:
    return ttl if ttl is None or bound is None else min(ttl, bound)
