"""Wait: until something asked again and again is so.

In: a question. Out: nothing, once its answer is yes. It does not: wait for ever.
"""

import asyncio
from collections.abc import Awaitable, Callable

LONGEST_SECONDS = 45.0
PAUSE_SECONDS = 0.05


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return when it holds. Raises TimeoutError after 45 s."""
    async with asyncio.timeout(LONGEST_SECONDS):
        while not await holds():  # noqa: ASYNC110 - other programs tell no event of ours
            await asyncio.sleep(PAUSE_SECONDS)
