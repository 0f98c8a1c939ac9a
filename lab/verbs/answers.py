"""Answers: ask a public URL of the lab until the answer is the wanted one.

In: the world, a URL, what is wanted. Out: nothing, or TimeoutError.
It does not: change anything.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import aiohttp

from lab.wait import until

if TYPE_CHECKING:
    from lab.world import World


async def answers(world: "World", url: str, wanted: Callable[[int], bool]) -> None:
    """Ask a URL until its status code is wanted (0: no answer). Raises TimeoutError."""

    async def holds() -> bool:
        return wanted(await _code(world, url))

    await until(holds)


async def _code(world: "World", url: str) -> int:
    limit = aiohttp.ClientTimeout(total=5)
    try:
        async with world.session.get(url, timeout=limit) as response:
            return response.status
    except (aiohttp.ClientError, TimeoutError):
        return 0
