"""Post: one request to `ingest`, limited in time and in bytes read.

In: a URL, a body, headers. Out: the status of the response and the beginning of its
body.
It does not: retry, follow redirects, or decompress a response.

httpx's own timeouts apply to each read alone: a server or proxy that keeps sending
would block the sender forever. In an event loop one timeout covers everything: name
resolution, connecting, TLS, the request, any number of headers, the body. One event
loop per push costs a millisecond. It also means that no connection is reused, but httpx
would close it after 5 seconds anyway.
"""

import asyncio
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, override

import httpx

from parallax.model.plain import plain_line
from parallax.probe.failure import Failure, NotSentError
from parallax.probe.resolve import lookup

ANSWER_BYTES = 1_048_576
"""Bytes read of a body; `ingest` names each target that needs reports."""
SHOWN = 500
"""Characters of a response in a log line."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status and the part of the body that was read."""

    status_code: int
    body: bytes

    @property
    def shown(self) -> str:
        """The beginning of the body on one line, for the log."""
        return plain_line(self.body[: 4 * SHOWN].decode(errors="replace")[:SHOWN])

    def number(self, name: str) -> float:
        """Return a number from the body's JSON; 0 if there is none."""
        try:
            value = json.loads(self.body)[name]
            return float(value) if isinstance(value, int | float) else 0.0
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return 0.0


class _Loop(asyncio.SelectorEventLoop):
    """An event loop that does not wait for a name lookup that hangs.

    asyncio looks names up in a pool of threads, and `asyncio.run` waits for the pool.
    """

    @override
    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> list[Any]:
        """Return the TCP addresses of a name as `socket` does; raises `OSError`."""
        name = host.decode() if isinstance(host, bytes) else host
        try:
            addresses = await lookup(name, port)
        except (Failure, NotSentError) as error:
            raise OSError(f"{error}") from error
        kinds = [socket.AF_INET6 if ":" in a else socket.AF_INET for a in addresses]
        return [
            (kind, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))
            for kind, address in zip(kinds, addresses, strict=True)
        ]


def send_post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    context: ssl.SSLContext,
    seconds: float,
) -> Answer:
    """Send a request and return its response within this many seconds.

    Raises `httpx.HTTPError`, and `OSError` (`TimeoutError` among them).
    """
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(_post(url, body, headers, context, seconds))


async def _post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    context: ssl.SSLContext,
    seconds: float,
) -> Answer:
    plain = {"Accept-Encoding": "identity", **headers}
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(timeout=seconds, verify=context) as client,
        client.stream("POST", url, content=body, headers=plain) as response,
    ):
        return Answer(response.status_code, await _read(response))


async def _read(response: httpx.Response) -> bytes:
    read = bytearray()
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= ANSWER_BYTES:
            break
    return bytes(read[:ANSWER_BYTES])
