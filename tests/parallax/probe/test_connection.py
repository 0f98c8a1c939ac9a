"""The first bytes of a connection: the PROXY line, if the ingress requires one."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.model.probe import ErrorType, Probe
from parallax.probe import fetch
from parallax.probe.connection import connect, proxy_line
from tests.parallax.probe.servers import Handler, question, serving

PORTS = st.integers(1, 65535)
PAIRS = st.tuples(st.ip_addresses(v=4), st.ip_addresses(v=4)) | st.tuples(
    st.ip_addresses(v=6), st.ip_addresses(v=6)
)


@settings(deadline=None)
@given(pair=PAIRS, own=PORTS, peer=PORTS, scope=st.sampled_from(["", "%eth0"]))
def test_the_line_names_both_ends_of_the_connection(
    pair: tuple[IPv4Address | IPv6Address, ...], own: int, peer: int, scope: str
) -> None:
    """Family, both addresses and both ports can be read back, in 107 bytes at most."""
    source, destination = pair
    mark = scope if source.version == 6 else ""
    line = proxy_line((f"{source}{mark}", own, 0, 0), (str(destination), peer))
    assert len(line) <= 107
    assert line.endswith(b"\r\n")
    word, family, *ends = line.decode().split()
    assert (word, family) == ("PROXY", f"TCP{source.version}")
    assert [ip_address(end) for end in ends[:2]] == [source, destination]
    assert [int(end) for end in ends[2:]] == [own, peer]


def listening(lines: list[bytes], *, plain: bool) -> Handler:
    """Note the first line, then respond with 200; for TLS, note the first byte."""

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take one connection and what it begins with."""
        lines.append(await reader.readline())
        if plain:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
        else:
            lines.append(await reader.readexactly(1))

    return handle


def ask(lines: list[bytes], scheme: str, *, proxy_protocol: bool = True) -> Probe:
    """Ask a server that notes the first line it reads."""

    async def run() -> Probe:
        """Ask within one event loop."""
        async with serving(listening(lines, plain=scheme == "http")) as port:
            asked = question(port, scheme, proxy_protocol=proxy_protocol)
            return await fetch(asked)

    return asyncio.run(run())


def test_the_line_goes_before_the_request() -> None:
    """The server first receives the client's address; the probe records the line."""
    lines: list[bytes] = []
    probe = ask(lines, "http")
    assert (probe.healthy, probe.proxy_protocol) == (True, True)
    assert lines[0].startswith(b"PROXY TCP4 127.0.0.1 127.0.0.1 ")


def test_the_line_goes_before_tls() -> None:
    """If TLS ends at the ingress, the line is still sent in clear text."""
    lines: list[bytes] = []
    probe = ask(lines, "https")
    assert lines[0].startswith(b"PROXY TCP4 ")
    assert lines[1] == b"\x16"
    assert probe.error_type is ErrorType.CONNECTION_CLOSED
    assert probe.error_phase == "tls"


def test_without_the_option_no_line_is_sent() -> None:
    """Without it the request line comes first."""
    lines: list[bytes] = []
    probe = ask(lines, "http", proxy_protocol=False)
    assert lines[0].startswith(b"GET ")
    assert not probe.proxy_protocol


def test_a_peer_that_never_reads_is_cut_off_in_time() -> None:
    """Sending waits without holding anybody up, and the caller's limit ends it."""

    async def run(port: int) -> None:
        """Send more than the sockets hold."""
        connection = await connect("127.0.0.1", port, None)
        try:
            async with asyncio.timeout(0.2):
                await connection.send(b"a" * 64 * 1024 * 1024)
        finally:
            connection.close()

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(TimeoutError),
    ):
        asyncio.run(run(listener.getsockname()[1]))
