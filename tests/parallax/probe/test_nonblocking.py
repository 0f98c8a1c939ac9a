"""A socket that never blocks the event loop."""

import asyncio
import errno
import socket

import pytest

from parallax.probe import nonblocking

MEGABYTE = b"x" * 1024 * 1024


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected sockets that do not block."""
    one, other = socket.socketpair()
    for end in (one, other):
        end.settimeout(0)
    return one, other


async def received(sock: socket.socket, count: int) -> bytes:
    """Receive so many bytes."""
    found = b""
    while len(found) < count:
        found += await nonblocking.receive(sock, 65536)
    return found


def test_a_message_larger_than_the_buffer_arrives_whole() -> None:
    """The sender waits while the receiver reads."""

    async def run() -> bytes:
        """Use both ends."""
        one, other = pair()
        with one, other:
            sending = asyncio.ensure_future(nonblocking.send(one, MEGABYTE))
            found = await received(other, len(MEGABYTE))
            await sending
        return found

    assert asyncio.run(run()) == MEGABYTE


def test_a_receiver_waits_for_bytes_and_sees_the_end() -> None:
    """Other tasks run meanwhile; after the end it returns empty bytes."""

    async def run() -> tuple[bytes, bytes]:
        """Use both ends."""
        one, other = pair()
        with other:
            waiting = asyncio.ensure_future(nonblocking.receive(other, 10))
            await asyncio.sleep(0)
            assert not waiting.done()
            await nonblocking.send(one, b"hello")
            first = await waiting
            one.close()
            return first, await nonblocking.receive(other, 10)

    assert asyncio.run(run()) == (b"hello", b"")


def test_a_receiver_that_gave_up_leaves_no_trace() -> None:
    """The next one on the same socket gets the bytes."""

    async def run() -> bytes:
        """Use both ends."""
        one, other = pair()
        with one, other:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await nonblocking.receive(other, 10)
            assert not asyncio.get_running_loop().remove_reader(other.fileno())
            await nonblocking.send(one, b"late")
            return await nonblocking.receive(other, 10)

    assert asyncio.run(run()) == b"late"


def test_a_refused_connection_is_the_system_s_error() -> None:
    """Nothing listens on a port that was free a moment ago."""

    async def run() -> None:
        """Connect."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            with socket.socket() as sock:
                sock.settimeout(0)
                await nonblocking.connect(sock, *free.getsockname())

    with pytest.raises(OSError, match="refused") as caught:
        asyncio.run(run())
    assert caught.value.errno == errno.ECONNREFUSED
