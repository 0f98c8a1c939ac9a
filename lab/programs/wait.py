"""Wait: poll a condition until it holds.

In: a condition. Out: nothing, as soon as it holds. It does not: wait longer than 45 s.
"""

import asyncio
from collections.abc import Awaitable, Callable

LONGEST_SECONDS = 45.0
PAUSE_SECONDS = 0.05


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return when the condition holds. Raises TimeoutError after 45 s."""
    async with asyncio.timeout(LONGEST_SECONDS):
        while not await holds():  # noqa: ASYNC110 - other programs set no event here
            await asyncio.sleep(PAUSE_SECONDS)
