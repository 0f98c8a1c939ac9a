"""Connection: one new TCP connection, optionally with TLS.

In: an address, a port, a name for TLS. Out: bytes sent and received.
It does not: resolve names, implement HTTP, or measure time; its caller does. It yields
to the event loop every few reads, so that the caller's timeout takes effect even if a
peer sends faster than we read.
"""

import asyncio
import socket
import ssl
from typing import Any

from parallax.model.probe import ErrorType
from parallax.probe import nonblocking
from parallax.probe.failure import Failure, from_os
from parallax.probe.handshake import Handshake

_CHUNK = 64 * 1024
_RECORDS = 256 * 1024
"""Bytes of TLS without application data; OpenSSL accepts 100 KiB of certificates.

Source: SSL_CTX_set_max_cert_list(3)."""

_UNFINISHED = "of an unfinished TLS handshake"
_WITHOUT_DATA = "of TLS records without data"
_EAGER, _READ = 16 * 1024, 1024
"""Bytes that are read before others get a turn, and what each read counts in addition.

Most responses are smaller; a peer that always sends delays others by 16 reads."""


class Connection:
    """A non-blocking socket, and TLS in memory over it."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._handshake: Handshake | None = None
        self._without_data = 0
        self._eager = 0
        self.received = 0
        """Bytes received from the peer so far, including those of TLS."""

    @property
    def tls(self) -> ssl.SSLObject | None:
        """The TLS session; None without TLS."""
        return self._handshake and self._handshake.tls

    async def start_tls(self, handshake: Handshake) -> ssl.SSLObject:
        """Do the handshake; the last flight is sent with the first `send`.

        Raises `Failure`: TLS, or CONNECTION_CLOSED if the peer closed the connection
        before it sent a byte (as a TCP load balancer without targets does).
        """
        self._handshake = handshake
        if handshake.outgoing.pending:  # it has begun, and waits for the peer
            await self._flush(handshake)
            await self._fill(handshake, _UNFINISHED)
        while True:
            try:
                handshake.tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush(handshake)
                await self._fill(handshake, _UNFINISHED)
            except ssl.SSLError as error:
                if not self.received:
                    detail = "connection closed during the TLS handshake"
                    raise Failure(ErrorType.CONNECTION_CLOSED, detail) from error
                raise Failure(ErrorType.TLS, _reason(error)) from error
            else:
                self._without_data = 0
                return handshake.tls

    async def send(self, message: bytes) -> None:
        """Send all of a message."""
        if self._handshake is None:
            await self._send(message)
        else:
            self._handshake.tls.write(message)
            await self._flush(self._handshake)

    async def receive(self) -> bytes:
        """Return the next bytes; none at the end of the connection.

        An end without TLS' close_notify counts as an end: many servers omit it,
        and HTTP's own framing shows a truncated body.
        """
        handshake = self._handshake
        if handshake is None:
            return await self._receive()
        if handshake.is_drained:  # reading would only raise
            await self._flush(handshake)
            await self._fill(handshake, _WITHOUT_DATA)
        while True:
            try:
                data = handshake.tls.read(_CHUNK)
            except ssl.SSLWantReadError:
                await self._flush(handshake)  # a key update needs a response
                await self._fill(handshake, _WITHOUT_DATA)
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
            except ssl.SSLError as error:
                raise Failure(ErrorType.TLS, _reason(error)) from error
            else:
                self._without_data = 0
                return data

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    async def _fill(self, handshake: Handshake, unfinished: str) -> None:
        if self._without_data > _RECORDS:
            raise Failure(ErrorType.TLS, f"more than {_RECORDS} bytes {unfinished}")
        received = await self._receive()
        self._without_data += len(received)
        if received:
            handshake.incoming.write(received)
        else:
            handshake.incoming.write_eof()

    async def _flush(self, handshake: Handshake) -> None:
        if handshake.outgoing.pending:
            await self._send(handshake.outgoing.read())

    async def _send(self, message: bytes) -> None:
        try:
            await nonblocking.send(self._socket, message)
        except OSError as error:
            raise from_os(error) from error

    async def _receive(self) -> bytes:
        # `receive` returns at once if bytes are waiting: a peer that always sends
        # would block timeouts and all other probes.
        if self._eager > _EAGER:
            self._eager = 0
            await asyncio.sleep(0)
        try:
            received = await nonblocking.receive(self._socket, _CHUNK)
        except OSError as error:
            raise from_os(error) from error
        self.received += len(received)
        self._eager += len(received) + _READ
        return received


async def connect(
    address: str, port: int, source: str | None, *, proxy_protocol: bool = False
) -> Connection:
    """Open a TCP connection to an address, from a source address if given.

    With `proxy_protocol` it begins with a PROXY line that names this machine.
    Raises `Failure` with the operating system's error.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise from_os(error) from error
    try:
        sock.setblocking(False)  # noqa: FBT003 - the standard library's signature
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source is not None:
            sock.bind((source, 0))
        await nonblocking.connect(sock, address, port)
        if proxy_protocol:
            own = sock.getsockname()
            await nonblocking.send(sock, proxy_line(own, (address, port)))
    except OSError as error:
        sock.close()
        raise from_os(error) from error
    except BaseException:
        sock.close()
        raise
    return Connection(sock)


def proxy_line(own: tuple[Any, ...], peer: tuple[str, int]) -> bytes:
    """Return the line of PROXY protocol version 1 with this machine as the client.

    The addresses are as `getsockname` returns them, IPv6 with scope. Source: HAProxy,
    proxy-protocol.txt, section 2.1.
    """
    family = "TCP6" if ":" in peer[0] else "TCP4"
    source, destination = (end[0].partition("%")[0] for end in (own, peer))
    return f"PROXY {family} {source} {destination} {own[1]} {peer[1]}\r\n".encode()


def _reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate verification failed: {error.verify_message}"
    return (error.reason or f"{error}").lower().replace("_", " ")
