"""Real name servers on loopback, over UDP, for the tests of the probe.

In: the records of name servers. Out: the one port that all of them listen on.
It does not: send complete responses over TCP, or have a resolver's cache; the lab has
real resolvers.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

type Records = Mapping[tuple[str, str], str | tuple[str, ...]]
"""Name and kind -> what is there."""

ZONE: Records = {
    ("keybuzz.test.", "SOA"): "ns1.keybuzz.test. x.keybuzz.test. 1 2 3 4 5",
    ("keybuzz.test.", "NS"): "ns1.keybuzz.test.",
    ("ns1.keybuzz.test.", "A"): "127.0.0.1",
    ("app.keybuzz.test.", "A"): "203.0.113.20",
    ("both.keybuzz.test.", "A"): ("203.0.113.21", "203.0.113.20"),
    ("both.keybuzz.test.", "AAAA"): "2001:db8::20",
    ("six.keybuzz.test.", "AAAA"): "2001:db8::20",
    ("empty.keybuzz.test.", "TXT"): "nothing",
    ("www.keybuzz.test.", "CNAME"): "edge.cdn.test.",
    ("lost.keybuzz.test.", "CNAME"): "empty.keybuzz.test.",
    ("cdn.test.", "SOA"): "ns1.keybuzz.test. x.cdn.test. 1 2 3 4 5",
    ("cdn.test.", "NS"): "ns1.keybuzz.test.",
    ("edge.cdn.test.", "A"): "203.0.113.80",
}
"""One server is the resolver and both zones' own server."""


@dataclass(frozen=True)
class Says:
    """The records of a name server; it does not respond for the kinds in `mute`.

    `asked` records the names that were queried. With `over_tcp` a UDP response has
    the flag TC; over TCP the server sends these bytes, then closes the connection.
    """

    records: Records
    mute: tuple[str, ...] = ()
    over_tcp: bytes | None = None
    asked: list[str] = field(default_factory=list[str])


NOTHING = Says({}, ("A", "AAAA", "NS", "SOA"))


class NameServer(asyncio.DatagramProtocol):
    """Answers from a dict; TTL 7 as a resolver, 60 as the zone, one more for IPv6."""

    def __init__(self, says: Says) -> None:
        self.says = says
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.DatagramTransport)
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question; without RD as the zone itself."""
        query = dns.message.from_wire(data)
        kind = query.question[0].rdtype.name
        self.says.asked.append(f"{query.question[0].name}")
        if kind in self.says.mute:
            return
        assert self.transport is not None
        response = self.answer(query, kind)
        if self.says.over_tcp is not None:
            response.flags |= dns.flags.TC
        self.transport.sendto(response.to_wire(), addr)

    def answer(self, query: dns.message.Message, kind: str) -> dns.message.Message:
        """Make the answer; the zone itself does not follow its aliases."""
        records = self.says.records
        response = dns.message.make_response(query)
        recursive = bool(query.flags & dns.flags.RD)
        ttl = (7 if recursive else 60) + (kind == "AAAA")
        owner = f"{query.question[0].name}"
        alias = records.get((owner, "CNAME"))
        if isinstance(alias, str):
            response.answer.append(
                dns.rrset.from_text(owner, ttl, "IN", "CNAME", alias)
            )
            owner = alias if recursive else owner
        if value := records.get((owner, kind)):
            texts = (value,) if isinstance(value, str) else value
            response.answer.append(dns.rrset.from_text(owner, ttl, "IN", kind, *texts))
        if not any(known == owner for known, _ in records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response


@asynccontextmanager
async def name_servers(*all_say: Says) -> AsyncIterator[int]:
    """Serve at 127.0.0.1, 127.0.0.2 and so on, all on one free port."""
    loop = asyncio.get_running_loop()
    port = 0
    async with AsyncExitStack() as stack:
        for last, says in enumerate(all_say, 1):
            transport, _ = await loop.create_datagram_endpoint(
                lambda says=says: NameServer(says),
                local_addr=(f"127.0.0.{last}", port),
            )
            stack.callback(transport.close)
            port = transport.get_extra_info("sockname")[1]
            if says.over_tcp is not None:
                await stack.enter_async_context(
                    await asyncio.start_server(
                        lambda reader, writer, says=says: _send_and_close(
                            reader, writer, says.over_tcp or b""
                        ),
                        f"127.0.0.{last}",
                        port,
                    )
                )
        yield port


async def _send_and_close(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: bytes
) -> None:
    """Read the query, send a few bytes, and close the connection."""
    length = int.from_bytes(await reader.readexactly(2))
    await reader.readexactly(length)
    writer.write(first)
    writer.close()
    await writer.wait_closed()
