"""Several name servers asked about one name, over real UDP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from parallax.model.probe import Resolution
from parallax.probe.resolvers import compare

ZONE = {
    ("keybuzz.test.", "SOA"): "ns1.keybuzz.test. x.keybuzz.test. 1 2 3 4 5",
    ("keybuzz.test.", "NS"): "ns1.keybuzz.test.",
    ("ns1.keybuzz.test.", "A"): "127.0.0.1",
    ("app.keybuzz.test.", "A"): "203.0.113.20",
    ("www.keybuzz.test.", "CNAME"): "edge.cdn.test.",
    ("cdn.test.", "SOA"): "ns1.keybuzz.test. x.cdn.test. 1 2 3 4 5",
    ("cdn.test.", "NS"): "ns1.keybuzz.test.",
    ("edge.cdn.test.", "A"): "203.0.113.80",
}
"""One server is the resolver and both zones' own server."""


class NameServer(asyncio.DatagramProtocol):
    """Answers from a dict; `mute` answers nothing."""

    def __init__(self, *, mute: bool = False) -> None:
        self.mute = mute
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.DatagramTransport)
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question; without RD as the zone itself, TTL 60, else 7."""
        if self.mute:
            return
        query = dns.message.from_wire(data)
        response = dns.message.make_response(query)
        recursive = bool(query.flags & dns.flags.RD)
        name, kind = query.question[0].name, query.question[0].rdtype.name
        ttl = 7 if recursive else 60
        alias = ZONE.get((f"{name}", "CNAME"))
        if alias:
            response.answer.append(dns.rrset.from_text(name, ttl, "IN", "CNAME", alias))
        value = ZONE.get((alias if alias and recursive else f"{name}", kind))
        if value:
            owner = alias if alias and recursive else name
            response.answer.append(dns.rrset.from_text(owner, ttl, "IN", kind, value))
        if not any(known == f"{name}" for known, _ in ZONE):
            response.set_rcode(dns.rcode.NXDOMAIN)
        assert self.transport is not None
        self.transport.sendto(response.to_wire(), addr)


@asynccontextmanager
async def name_server(*, mute: bool = False) -> AsyncIterator[int]:
    """Serve on a free UDP port of loopback."""
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: NameServer(mute=mute), local_addr=("127.0.0.1", 0)
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


def ask(
    host: str, *, mute: bool = False, private: bool = True
) -> tuple[Resolution, ...]:
    """Compare the resolver's answer with the zone's own."""

    async def run() -> tuple[Resolution, ...]:
        """Ask within one event loop."""
        async with name_server(mute=mute) as port:
            return await compare(
                host, ["127.0.0.1"], 0.5, allow_private=private, port=port
            )

    return asyncio.run(run())


def test_resolver_and_zone_are_told_apart_with_their_ttl() -> None:
    """The resolver's rest of a TTL, and the zone's whole one."""
    resolver, zone = ask("app.keybuzz.test")
    assert resolver == Resolution(
        resolver="127.0.0.1", addresses=("203.0.113.20",), ttl=7
    )
    assert zone == Resolution(
        resolver="ns1.keybuzz.test",
        authoritative=True,
        addresses=("203.0.113.20",),
        ttl=60,
    )


def test_the_zone_s_aliases_are_followed() -> None:
    """A CNAME into a CDN's zone ends at the CDN's addresses."""
    resolver, zone = ask("www.keybuzz.test")
    assert resolver.addresses == zone.addresses == ("203.0.113.80",)


def test_a_missing_name_is_told() -> None:
    """NXDOMAIN is an answer of its own, from both."""
    resolver, _ = ask("gone.keybuzz.test")
    assert (resolver.addresses, resolver.error_type) == ((), "nxdomain")


def test_a_silent_server_is_bounded_in_time() -> None:
    """No answer within the time is a timeout, and nothing waits longer."""
    assert [r.error_type for r in ask("app.keybuzz.test", mute=True)] == ["timeout"] * 2


def test_a_zone_cannot_lead_us_home() -> None:
    """A name server with a private address is not asked."""
    _, zone = ask("app.keybuzz.test", private=False)
    assert (zone.authoritative, zone.error_type) == (True, "address_not_allowed")
