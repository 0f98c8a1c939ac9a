"""Public URL: request it until the response has the expected status.

In: a session, a URL, a condition. Out: nothing, or TimeoutError.
It does not: change anything.
"""

from collections.abc import Callable

import aiohttp

from lab.programs.wait import until

TIMEOUT = aiohttp.ClientTimeout(total=5)


async def await_status(
    session: aiohttp.ClientSession, url: str, is_expected: Callable[[int], bool]
) -> None:
    """Request a URL until its status code is as expected (0: no response).

    No redirect is followed. Raises TimeoutError.
    """

    async def holds() -> bool:
        return is_expected(await _status(session, url))

    await until(holds)


async def _status(session: aiohttp.ClientSession, url: str) -> int:
    try:
        async with session.get(url, timeout=TIMEOUT, allow_redirects=False) as response:
            return response.status
    except (aiohttp.ClientError, TimeoutError):
        return 0
