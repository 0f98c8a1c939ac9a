"""Background load: requests of other clients, for faults that need load.

In: a URL, its Host header, a rate. Out: requests, until they are stopped.
It does not: check the responses.
"""

import asyncio
import contextlib

import aiohttp

TIMEOUT = aiohttp.ClientTimeout(total=10)
AGENT = {"User-Agent": "lab-background-load"}


class BackgroundLoad:
    """The clients other than Parallax."""

    def __init__(self) -> None:
        self._clients: list[asyncio.Task[None]] = []

    def start(self, url: str, host: str, per_second: float) -> None:
        """Start to request a URL with this Host header, `per_second` times a second."""
        self._clients.append(asyncio.create_task(_repeat(url, host, per_second)))

    async def stop(self) -> None:
        """Stop all requests."""
        for task in self._clients:
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        self._clients.clear()


async def _repeat(url: str, host: str, per_second: float) -> None:
    connector = aiohttp.TCPConnector(force_close=True)
    async with (
        aiohttp.ClientSession(connector=connector, headers=AGENT) as session,
        asyncio.TaskGroup() as group,
    ):
        while True:
            group.create_task(_request(session, url, host))
            await asyncio.sleep(1 / per_second)


async def _request(session: aiohttp.ClientSession, url: str, host: str) -> None:
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        headers = {"Host": host}
        async with session.get(
            url,
            headers=headers,
            timeout=TIMEOUT,
            ssl=False,  # other clients need no proof who the lab's servers are
            server_hostname=host,
        ) as response:
            await response.read()
