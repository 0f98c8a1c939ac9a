"""Connection: one fresh TCP connection, with TLS over it where asked.

In: an address, a port, a name for TLS. Out: bytes there and back.
It does not: resolve, speak HTTP, or keep time; its caller bounds and stamps it. It
lets the event loop run at every read, so that the caller's time limit takes effect
also where a peer sends faster than we read.
"""

import asyncio
import socket
import ssl
from typing import Any

from parallax.model.probe import ErrorType
from parallax.probe.failure import Failure, from_os

_CHUNK = 64 * 1024
_RECORDS = 256 * 1024
"""Bytes of TLS without one for the reader; OpenSSL takes 100 KiB of certificates.

Source: SSL_CTX_set_max_cert_list(3)."""


class Connection:
    """A non-blocking socket, and TLS in memory over it."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._loop = asyncio.get_running_loop()
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._without_data = 0
        self.received = 0
        """Bytes that have come from the peer so far, those of TLS among them."""
        self._tls: ssl.SSLObject | None = None

    async def start_tls(self, context: ssl.SSLContext, name: str) -> ssl.SSLObject:
        """Shake hands; the last flight goes out with the first `send`.

        Raises `Failure`: TLS, or CONNECTION_CLOSED if the peer hung up before
        it said a byte (a TCP balancer without targets does).
        """
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=name
        )
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill("of a TLS handshake without an end")
            except ssl.SSLError as error:
                if not self.received:
                    detail = "closed during the TLS handshake"
                    raise Failure(ErrorType.CONNECTION_CLOSED, detail) from error
                raise Failure(ErrorType.TLS, _reason(error)) from error
            else:
                self._without_data = 0
                return self._tls

    async def send(self, message: bytes) -> None:
        """Send all of a message."""
        if self._tls is None:
            await self._send(message)
        else:
            self._tls.write(message)
            await self._flush()

    async def receive(self) -> bytes:
        """Return the next bytes; nothing at the end of the connection.

        An end without TLS' close_notify counts as an end: many servers skip it,
        and HTTP's own framing tells a cut body.
        """
        if self._tls is None:
            return await self._receive()
        while True:
            try:
                data = self._tls.read(_CHUNK)
            except ssl.SSLWantReadError:
                await self._flush()  # key updates want an answer
                await self._fill("of TLS records without data")
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
            except ssl.SSLError as error:
                raise Failure(ErrorType.TLS, _reason(error)) from error
            else:
                self._without_data = 0
                return data

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    async def _fill(self, endless: str) -> None:
        if self._without_data > _RECORDS:
            raise Failure(ErrorType.TLS, f"more than {_RECORDS} bytes {endless}")
        received = await self._receive()
        self._without_data += len(received)
        if received:
            self._incoming.write(received)
        else:
            self._incoming.write_eof()

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._send(self._outgoing.read())

    async def _send(self, message: bytes) -> None:
        try:
            await self._loop.sock_sendall(self._socket, message)
        except OSError as error:
            raise from_os(error) from error

    async def _receive(self) -> bytes:
        # `sock_recv` returns at once where bytes are waiting: a peer that always has
        # some would let neither time limits nor other probes run.
        if self.received:
            await asyncio.sleep(0)
        try:
            received = await self._loop.sock_recv(self._socket, _CHUNK)
        except OSError as error:
            raise from_os(error) from error
        self.received += len(received)
        return received


async def connect(
    address: str, port: int, source: str | None, *, proxy_protocol: bool = False
) -> Connection:
    """Open a TCP connection to an address, from a source address if given.

    With `proxy_protocol` it begins with a PROXY line that names ourselves.
    Raises `Failure` with what the operating system said.
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
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, (address, port))
        if proxy_protocol:
            own = sock.getsockname()
            await loop.sock_sendall(sock, proxy_line(own, (address, port)))
    except OSError as error:
        sock.close()
        raise from_os(error) from error
    except BaseException:
        sock.close()
        raise
    return Connection(sock)


def proxy_line(own: tuple[Any, ...], peer: tuple[str, int]) -> bytes:
    """Write PROXY protocol, version 1, as a balancer would whose client we are.

    The ends are as `getsockname` gives them, IPv6 with scope. Source: HAProxy,
    proxy-protocol.txt, section 2.1.
    """
    family = "TCP6" if ":" in peer[0] else "TCP4"
    source, destination = (end[0].partition("%")[0] for end in (own, peer))
    return f"PROXY {family} {source} {destination} {own[1]} {peer[1]}\r\n".encode()


def _reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate does not verify: {error.verify_message}"
    return (error.reason or f"{error}").lower().replace("_", " ")
