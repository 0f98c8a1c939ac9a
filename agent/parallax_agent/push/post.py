"""Post: one request to `ingest`, within a limit of time and of bytes read.

In: a URL, a body, headers. Out: the answer's status and the beginning of its body.
It does not: retry, follow redirects, or unpack a compressed answer.

httpx's own timeouts hold for each read alone: a server, or whoever sits between, that
keeps sending would hold the sender for ever. In an event loop one limit holds for all:
name resolution, connecting, TLS, the request, headers of any number, the body. A loop a
push costs a millisecond, and no kept connection: httpx closes those after 5 seconds.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from parallax.model.plain import plain_line

ANSWER_BYTES = 65536
"""Of a body; `ingest` sends a few hundred."""
SHOWN = 500
"""Characters of an answer that a log line holds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, and what was read of the body."""

    status_code: int
    body: bytes

    @property
    def shown(self) -> str:
        """The beginning of the body on one line, for the log."""
        return plain_line(self.body[: 4 * SHOWN].decode(errors="replace")[:SHOWN])

    def number(self, name: str) -> float:
        """Return a number of the body's JSON; 0 where there is none."""
        try:
            found = json.loads(self.body)[name]
            return float(found) if isinstance(found, int | float) else 0.0
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return 0.0


def send_post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    context: ssl.SSLContext,
    seconds: float,
) -> Answer:
    """Send a request and return its answer within so many seconds.

    Raises `httpx.HTTPError`, and `OSError` (`TimeoutError` among them).
    """
    return asyncio.run(_post(url, body, headers, context, seconds))


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
