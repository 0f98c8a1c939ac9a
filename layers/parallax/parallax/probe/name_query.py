"""Name query: one name server asked for both address families of one name.

In: a name and a name server's address. Out: an `Answer`, its error named.
It does not: raise for what the network does, or ask a second server.
Imported only when a target fails: dnspython costs a cold start, and a healthy
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
from parallax.probe.failure import NotSentError, is_our_own

MOST_ADDRESSES = 32
"""Of one family in one answer; over TCP thousands fit, and nobody has use for them."""
_ATTEMPTS = 2
"""UDP loses packets; one lost is no silence yet."""

type _Family = dns.message.ChainingResult | str
"""What came for A or AAAA, or the word for why nothing did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How name servers are asked; `seconds` bound each answer."""

    seconds: float
    port: int = 53
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one name server said; TTLs in seconds.

    `alias` is the name at the end of the CNAMEs; without addresses it leads into
    another zone. `error_type` beside addresses: only one family was answered.
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
        """Return it under a resolver's name; no TTL outlasts `bound` seconds."""
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


async def ask(
    name: dns.name.Name, server: str, terms: Terms, *, recurse: bool = True
) -> Answer:
    """Ask one server for A and AAAA side by side.

    What one family lacks is no problem where the other answers: a name may have
    either, and some servers drop the question for the one they do not know.
    """
    ipv4, ipv6 = await asyncio.gather(
        _family(name, "A", server, terms, recurse=recurse),
        _family(name, "AAAA", server, terms, recurse=recurse),
    )
    heard = [found for found in (ipv4, ipv6) if not isinstance(found, str)]
    failed = [found for found in (ipv4, ipv6) if isinstance(found, str)]
    if not heard:
        return Answer(alias=name, error_type=failed[0])
    addresses = (*_addresses(ipv4), *_addresses(ipv6))
    alias = heard[0].canonical_name
    nothing = not addresses and alias == name
    return Answer(
        alias=alias,
        addresses=addresses,
        ttl_ipv4=_ttl(ipv4),
        ttl_ipv6=_ttl(ipv6),
        alias_ttl=heard[0].minimum_ttl,
        error_type=failed[0] if failed else "no_address" if nothing else None,
    )


def problem(error: Exception) -> str:
    """Return the word for why a name server gave nothing; raises what is no such.

    Raises `NotSentError` where it was this machine that could not ask.
    """
    details: dict[str, Any] = getattr(error, "kwargs", {})
    # One tuple an attempt; the fourth says what went wrong, as text or exception.
    causes = [error, *(attempt[3] for attempt in details.get("errors", ()))]
    if ours := next(filter(is_our_own, causes), None):
        raise NotSentError(f"{ours}") from error
    match error:
        case TimeoutError() | dns.exception.Timeout():
            return "timeout"
        case OSError() | dns.resolver.NoNameservers():
            return "unreachable"
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
    question = dns.message.make_query(name, kind)
    if not recurse:
        question.flags &= ~dns.flags.RD
    try:
        async with asyncio.timeout(terms.seconds):
            response = await _response(question, server, terms)
        if response.rcode() != dns.rcode.NOERROR:
            return dns.rcode.to_text(response.rcode()).lower()
        assert isinstance(response, dns.message.QueryMessage)  # noqa: S101 - for the type checker
        return response.resolve_chaining()
    except Exception as error:  # noqa: BLE001 - `problem` raises what it does not know
        return problem(error)


async def _response(
    question: dns.message.Message, server: str, terms: Terms
) -> dns.message.Message:
    """Send the question, and once more where nobody answered the first."""
    for left in reversed(range(_ATTEMPTS)):
        try:
            response, _ = await dns.asyncquery.udp_with_fallback(
                question, server, terms.seconds / _ATTEMPTS, terms.port
            )
        except dns.exception.Timeout:
            if not left:
                raise
        else:
            return response
    raise TimeoutError


def _addresses(found: _Family) -> list[str]:
    """Return the first addresses in order, so that all servers' can be compared."""
    if isinstance(found, str):
        return []
    return sorted(texts(found.answer))[:MOST_ADDRESSES]


def _ttl(found: _Family) -> int | None:
    if isinstance(found, str) or found.answer is None:
        return None
    return found.minimum_ttl


def _least(ttl: int | None, bound: int | None) -> int | None:
    return ttl if ttl is None or bound is None else min(ttl, bound)
