"""HTTP body: the whole body of a response, within a limit of bytes and of seconds.

In: a response of urllib3, alone or inside one of requests, and the pieces of its body.
Out: the body. It does not: send a request, or limit the time until the headers.

The read timeout of both libraries applies to each read alone, and neither limits the
bytes: a server that keeps sending would fill the memory, or block the reader forever.
The timer also ends reads that return no piece: trailers, and a chunk that arrives
slowly.
"""

import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, cast

from urllib3 import BaseHTTPResponse
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
    late = threading.Event()

    def close_socket() -> None:
        late.set()
        # `response.shutdown` only ends reading: Linux still delivers what a server
        # keeps sending. After a shutdown of both directions it resets the connection.
        shutdown = getattr(cast("Any", response), "_sock_shutdown", None)
        if shutdown is not None:
            with suppress(OSError):
                shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, close_socket)
    timer.daemon = True
    timer.start()
    try:
        body = _joined(pieces, most)
    except Exception:
        if not late.is_set():
            raise
    else:
        if not late.is_set():
            return body
    finally:
        timer.cancel()
    raise TimeoutError(f"no complete response body within {seconds:.3g} s")


def _joined(pieces: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise TooLargeError(f"the response body is larger than {most:,} bytes")
    return bytes(body)
