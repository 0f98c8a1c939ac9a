"""Answers: ask a public URL of the lab until the answer is the wanted one.

In: a session, a URL, what is wanted. Out: nothing, or TimeoutError.
It does not: change anything.
"""

from collections.abc import Callable

import aiohttp

from lab.programs.wait import until

PATIENCE = aiohttp.ClientTimeout(total=5)


async def answers(
    session: aiohttp.ClientSession, url: str, wanted: Callable[[int], bool]
) -> None:
    """Ask a URL until its status code is wanted (0: no answer). Raises TimeoutError."""

    async def holds() -> bool:
        return wanted(await _code(session, url))

    await until(holds)


async def _code(session: aiohttp.ClientSession, url: str) -> int:
    try:
        async with session.get(url, timeout=PATIENCE) as response:
            return response.status
    except (aiohttp.ClientError, TimeoutError):
        return 0
