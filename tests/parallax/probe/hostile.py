"""Hostile servers on loopback: each sends one thing without an end.

In: what is sent first and what is repeated. Out: a port, and how much was sent.
It does not: wait or sleep; a thread in a blocking send keeps the socket full.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
AT_ONCE = 1024 * 1024
"""Bytes of one send: far more than one read takes."""
HELLO_REQUEST = b"\x16\x03\x03\x00\x04\x00\x00\x00\x00"
"""A TLS record that a client in its handshake ignores (RFC 5246, 7.4.1.1)."""


@dataclass
class Flood:
    """What a server sends, again and again, until the peer closes the connection."""

    first: bytes
    again: bytes
    reads: bytes = b"\r\n\r\n"
    """What it waits for; empty: for any byte."""
    sent: int = 0

    def serve(self, connection: socket.socket) -> None:
        """Read the request, then send as fast as the peer takes it."""
        request = b""
        while not request or self.reads not in request:
            piece = connection.recv(65536)
            if not piece:
                return
            request += piece
        connection.sendall(self.first)
        piece = self.again * (AT_ONCE // len(self.again))
        while True:
            connection.sendall(piece)
            self.sent += len(piece)


FLOODS: dict[str, tuple[bytes, bytes]] = {
    "of headers": (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "bytes of headers": (b"HTTP/1.1 200 OK\r\nX-A: ", b"b"),
    "65536 bytes of headers": (b"HTTP/1.1 200 ", b"reason "),
    "interim responses (1xx)": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
    "in the size line of a chunk": (HEAD + b"5;", b"extension"),
    "the size line of a chunk": (HEAD, b"0"),
    "in the trailer": (HEAD + b"2\r\nok\r\n0\r\n", b"X-A: b\r\n"),
    "the trailer of the body": (HEAD + b"2\r\nok\r\n0\r\nX-A: ", b"b"),
}
"""The unfinished part in the error -> the first bytes to send, and those to repeat."""


def mute(connection: socket.socket) -> None:
    """Read until the peer closes the connection, and send nothing."""
    while connection.recv(65536):
        pass


@contextmanager
def flooding(
    serve: Callable[[socket.socket], None], context: ssl.SSLContext | None = None
) -> Iterator[int]:
    """Serve each connection in a thread of its own, over TLS with a context."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    threads: list[threading.Thread] = []
    taken: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        """Serve one connection until the peer has had enough."""
        with contextlib.suppress(OSError), connection:
            if context is None:
                serve(connection)
            else:
                with context.wrap_socket(connection, server_side=True) as secure:
                    serve(secure)

    def accept() -> None:
        """Take connections until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                taken.append(connection)
                threads.append(threading.Thread(target=handle, args=[connection]))
                threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join()
        listener.close()
        for connection in taken:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
