"""One name server queried for both address families."""

import asyncio
import errno

import dns.exception
import dns.message
import dns.name
import dns.resolver
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.probe.failure import NotSentError
from parallax.probe.name_query import (
    MOST_ADDRESSES,
    Answer,
    Terms,
    problem,
    query_server,
)
from tests.parallax.probe.name_servers import ZONE, Records, Says, name_servers


def query(host: str, says: Says | None = None, seconds: float = 5.0) -> Answer:
    """Ask one server at 127.0.0.1."""

    async def run() -> Answer:
        """Ask within one event loop."""
        async with name_servers(says or Says(ZONE)) as port:
            terms = Terms(seconds=seconds, port=port)
            return await query_server(dns.name.from_text(host), "127.0.0.1", terms)

    return asyncio.run(run())


def test_both_families_come_with_their_own_ttl() -> None:
    """IPv4 first, each family's addresses in order; the shorter TTL is the name's."""
    answer = query("both.keybuzz.test")
    assert answer.addresses == ("203.0.113.20", "203.0.113.21", "2001:db8::20")
    assert (answer.ttl_ipv4, answer.ttl_ipv6, answer.error_type) == (7, 8, None)
    assert answer.resolution("x").ttl == 7


def test_a_name_may_have_ipv6_alone() -> None:
    """A missing IPv4 address gives neither an error nor a TTL."""
    answer = query("six.keybuzz.test")
    assert (answer.addresses, answer.error_type) == (("2001:db8::20",), None)
    assert (answer.ttl_ipv4, answer.ttl_ipv6) == (None, 8)
    assert answer.resolution("x").ttl == 8


def test_a_family_without_an_answer_costs_only_itself() -> None:
    """The other family's addresses stay, with the error beside them."""
    answer = query("both.keybuzz.test", Says(ZONE, ("AAAA",)), seconds=4.0)
    assert answer.addresses == ("203.0.113.20", "203.0.113.21")
    assert answer.error_type == "timeout"


def test_of_thousands_of_addresses_the_first_are_kept() -> None:
    """As many of each family, in order, so that the other family is not hidden."""
    many: Records = {
        ("many.test.", "A"): tuple(f"203.0.{n // 250}.{n % 250}" for n in range(3000)),
        ("many.test.", "AAAA"): tuple(f"2001:db8::{n:x}" for n in range(1, 2000)),
    }
    found = query("many.test", Says(many)).addresses
    assert len(found) == 2 * MOST_ADDRESSES
    assert sum(":" in address for address in found) == MOST_ADDRESSES
    assert (found[0], found[MOST_ADDRESSES]) == ("203.0.0.0", "2001:db8::1")


def test_a_name_without_addresses_is_reported() -> None:
    """It is there, and leads nowhere."""
    assert query("empty.keybuzz.test").error_type == "no_address"


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (TimeoutError(), "timeout"),
        (dns.exception.Timeout(), "timeout"),
        (ConnectionRefusedError(), "unreachable"),
        (EOFError(), "connection_closed"),
        (dns.resolver.NoNameservers(), "unreachable"),
        (dns.resolver.NoRootSOA(), "no_zone"),
        (dns.resolver.NXDOMAIN(), "nxdomain"),
    ],
)
def test_every_failure_has_an_error_type(error: Exception, word: str) -> None:
    """A failure of the network is reported as one word."""
    assert problem(error) == word


def test_a_defect_of_ours_has_no_error_type() -> None:
    """It is raised, for no name server is to blame."""
    with pytest.raises(ZeroDivisionError):
        problem(ZeroDivisionError())


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_garbage_has_an_error_type(garbage: bytes) -> None:
    """A server that sends no DNS gives no address and raises nothing."""

    class Babbler(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            """Keep the way back."""
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            """Answer with the question's id and rubbish."""
            transport = self.transport
            assert isinstance(transport, asyncio.DatagramTransport)
            transport.sendto(data[:2] + garbage, addr)

    async def run() -> Answer:
        """Ask within one event loop."""
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            Babbler, local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        try:
            terms = Terms(seconds=0.05, port=port)
            return await query_server(dns.name.from_text("a.test"), "127.0.0.1", terms)
        finally:
            transport.close()

    answer = asyncio.run(run())
    assert answer.addresses == ()
    assert answer.error_type


NONE_LEFT = OSError(errno.EMFILE, "Too many open files")


@pytest.mark.parametrize(
    "error",
    [
        NONE_LEFT,
        dns.resolver.NoNameservers(
            request=dns.message.make_query("x.test", "A"),
            errors=[("192.0.2.1", 0, 53, "SERVFAIL"), ("192.0.2.1", 0, 53, NONE_LEFT)],
        ),
    ],
)
def test_a_process_without_a_socket_blames_no_name_server(error: Exception) -> None:
    """Nothing was sent, so there is no error type of the server."""
    with pytest.raises(NotSentError, match="Too many open files"):
        problem(error)
