"""Responses: what a target's server sends after the connection is open.

In: recorded responses. Out: the entry of a whole probe, from bytes to `Probe`.
It does not: open a socket; the bytes come in pieces whose sizes they decide themselves.
"""

import asyncio
from functools import cache
from typing import Any

from fuzz.entries.recorded import CAPTURES
from fuzz.entry import Entry
from parallax.model.probe import ErrorType, Role
from parallax.model.target import Healthy
from parallax.model.wire import encode
from parallax.probe import transport
from parallax.probe.fetch import fetch
from parallax.probe.probe_request import ProbeRequest

REQUEST = ProbeRequest(
    role=Role.FIRST, url="http://a.example/", healthy=Healthy(), timeout=30.0
)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n"
MADE = (
    CHUNKED + b"5\r\nhello\r\n0\r\nX-A: b\r\n\r\n",
    CHUNKED + b"5;ext=1\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx",
    b"HTTP/1.1 302 Found\r\nLocation: http://[::1]/%0d%0a\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk",
    b"HTTP/1.0 200\r\nSet-Cookie: a=secret\r\nAuthorization: Bearer x\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\nPRI * HTTP/2.0",
    b"SSH-2.0-OpenSSH_9.9\r\n",
)


class DefectError(Exception):
    """The probe reports a defect of our own instead of the server's failure."""


class Pieces:
    """A connection that has received everything already."""

    tls = None

    def __init__(self, data: bytes) -> None:
        size = 1 + (data[-1] if data else 0) * 16
        self._pieces = [data[i : i + size] for i in range(0, len(data), size)]
        self.received = 0

    async def send(self, _message: bytes) -> None:
        """Take the request."""

    async def receive(self) -> bytes:
        """Return the next piece."""
        if not self._pieces:
            return b""
        self.received += len(self._pieces[0])
        return self._pieces.pop(0)

    def close(self) -> None:
        """Close nothing."""


@cache
def runner() -> asyncio.Runner:
    """Return the event loop of all inputs."""
    return asyncio.Runner()


def _probe(data: bytes) -> None:
    async def reach(*_: Any) -> Any:
        return Pieces(data)

    real, transport._reach = transport._reach, reach
    try:
        probe = runner().run(fetch(REQUEST))
    finally:
        transport._reach = real
    if probe.error_type is ErrorType.OTHER:
        raise DefectError(probe.error_detail)
    encode(probe)


def _captures() -> list[bytes]:
    return [*(file.read_bytes() for file in sorted(CAPTURES.rglob("*.http"))), *MADE]


ENTRIES = (Entry(name="response", seeds=_captures, call=_probe, share=12),)
