"""HTTP limits: the head and the body of a response, within bytes and seconds.

In: a response of urllib3, alone or inside one of requests, and the pieces of its
body. Out: the body; connection pools of urllib3 that limit the head.
It does not: send a request, or limit the TLS handshake.

The read timeout of both libraries applies to each read alone, and neither limits the
bytes: a server that keeps sending would fill the memory, or block the reader forever.
The timer also ends reads that return no piece: trailers, and a chunk that arrives
slowly.
"""

import socket
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Any, cast, override

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3 import HTTPResponse as Response
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

PIECE_BYTES = 65536


class TooLargeError(HTTPError):
    """The body has more bytes than the limit."""


def whole_body(
    pieces: Iterable[bytes], response: BaseHTTPResponse, most: int, seconds: float
) -> bytes:
    """Return the pieces of a response's body as one.

    Raises `TooLargeError` after `most` bytes, `TimeoutError` after `seconds`, or what
    the pieces raise. The caller closes the response.
    """
    # `response.shutdown` only ends reading: Linux still delivers what a server keeps
    # sending. After a shutdown of both directions it resets the connection.
    shutdown = getattr(cast("Any", response), "_sock_shutdown", None)
    with _ended_after(seconds, shutdown):
        return _joined(pieces, most)


@contextmanager
def _ended_after(
    seconds: float, shutdown: Callable[[int], None] | None
) -> Generator[None]:
    """Shut a socket down after so many seconds, and raise `TimeoutError`."""
    late = threading.Event()

    def close_socket() -> None:
        late.set()
        if shutdown is not None:
            with suppress(OSError):
                shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, close_socket)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        if not late.is_set():
            raise
    finally:
        timer.cancel()
    if late.is_set():
        raise TimeoutError(f"no complete response within {seconds:.3g} s")


def _joined(pieces: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise TooLargeError(f"the response body is larger than {most:,} bytes")
    return bytes(body)


class _Http(HTTPConnection):
    @override
    def getresponse(self) -> Response:
        """Read the head, informational responses too, within one read timeout."""
        return _head(self, super().getresponse)


class _Https(HTTPSConnection):
    @override
    def getresponse(self) -> Response:
        """Read the head, informational responses too, within one read timeout."""
        return _head(self, super().getresponse)


def _head(connection: HTTPConnection, read: Callable[[], Response]) -> Response:
    seconds: Any = connection.timeout
    if not isinstance(seconds, int | float):
        return read()
    with _ended_after(seconds, cast("Any", connection).sock.shutdown):
        return read()


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http  # pyright: ignore[reportAssignmentType] - of urllib3's protocol


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https  # pyright: ignore[reportAssignmentType] - as above


POOLS = {"http": _HttpPool, "https": _HttpsPool}
"""For `pool_classes_by_scheme` of a pool manager."""
