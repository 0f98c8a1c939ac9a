"""Endless: bare sockets that send an answer piece by piece, and need not stop.

In: pieces of an answer. Out: the URL of a server that sends them to its one client.
It does not: read more than a request's beginning, or outlive its test.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

type Serve = Callable[[Iterator[bytes]], str]


def endless(first: bytes, piece: bytes) -> Iterator[bytes]:
    """Yield an answer that never ends."""
    yield first
    while True:
        yield piece


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve pieces of an answer to one client, until it hangs up."""
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
