"""Endless: bare sockets that send a response piece by piece, possibly without end."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
type Serve = Callable[[Iterator[bytes]], str]


def endless(first: bytes, piece: bytes) -> Iterator[bytes]:
    """Yield a response that never ends."""
    yield first
    while True:
        yield piece


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Send pieces of a response to one client, until it disconnects."""
    listening: list[socket.socket] = []

    def send(server: socket.socket, pieces: Iterator[bytes]) -> None:
        with suppress(OSError):
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                for piece in pieces:
                    connection.sendall(piece)

    def start(pieces: Iterator[bytes]) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)
        threading.Thread(target=send, args=(server, pieces), daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/"

    yield start
    for server in listening:
        server.close()
