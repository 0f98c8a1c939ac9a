"""Crowd: other people's requests, so that what only a crowd brings about can be.

In: a URL with its Host, how many a second. Out: requests that nobody waits for.
It does not: look at the answers.
"""

import asyncio
import contextlib

import aiohttp

PATIENCE = aiohttp.ClientTimeout(total=10)
AGENT = {"User-Agent": "lab-crowd"}


class Crowd:
    """All that ask besides Parallax; gone with `leave`."""

    def __init__(self) -> None:
        self._asking: list[asyncio.Task[None]] = []

    def come(self, url: str, host: str, per_second: float) -> None:
        """Let so many a second ask a URL by a Host, until they leave."""
        self._asking.append(asyncio.create_task(_ask_on(url, host, per_second)))

    async def leave(self) -> None:
        """Let nobody ask any more."""
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        self._asking.clear()


async def _ask_on(url: str, host: str, per_second: float) -> None:
    connector = aiohttp.TCPConnector(force_close=True)
    async with (
        aiohttp.ClientSession(connector=connector, headers=AGENT) as session,
        asyncio.TaskGroup() as group,
    ):
        while True:
            group.create_task(_ask(session, url, host))
            await asyncio.sleep(1 / per_second)


async def _ask(session: aiohttp.ClientSession, url: str, host: str) -> None:
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        headers = {"Host": host}
        async with session.get(url, headers=headers, timeout=PATIENCE) as response:
            await response.read()
