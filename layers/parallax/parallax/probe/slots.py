"""Slots: how many probes this process may have under way at once.

In: work of a target, and how long it may wait for its turn. Out: what the work
returns; or a `NotSentError`, for work whose turn did not come in time.
It does not: measure. The work begins with its slot, and so does its clock.

Each connection takes a file descriptor, and a process has a limited number of them
(`getrlimit(2)`; 1,024 in AWS Lambda, which cannot be raised). Whoever runs out of them
can neither probe nor store what it found.
Source: AWS Lambda quotas, "File descriptors" and "Execution processes, threads".
"""

import asyncio
import resource
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from parallax.probe.failure import NotSentError

MOST_FILES = 1024
"""File descriptors that are counted on, where the process may open more: each may
also stand for a thread that resolves a name, and Lambda has as many of those."""
TOO_MANY = "too many connections at once"


class Slots:
    """A number of slots, given to whoever has the fewest, then to who came first."""

    def __init__(self, most: int) -> None:
        self._free = max(1, most)
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def run[T](
        self, owner: str, seconds: float, work: Callable[[], Awaitable[T]]
    ) -> T:
        """Do work in a slot of its owner, which may wait so many seconds for it.

        A target with many probes under way stands behind one with none. Raises
        `NotSentError` if none came free in time, and what the work raises.
        """
        await self._take(owner, seconds)
        try:
            return await work()
        finally:
            self._give(owner)

    async def _take(self, owner: str, seconds: float) -> None:
        if self._free:
            self._free -= 1
            self._held[owner] += 1
            return
        if seconds <= 0:
            raise NotSentError(TOO_MANY)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(owner, deque()).append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError as error:
            self._leave(owner, turn)
            raise NotSentError(TOO_MANY) from error
        except BaseException:
            self._leave(owner, turn)
            raise

    def _leave(self, owner: str, turn: asyncio.Future[None]) -> None:
        """Wait no more: a slot that was given in the same moment goes on."""
        if not turn.cancelled():  # codespell:ignore cancelled - asyncio's own spelling
            self._give(owner)

    def _give(self, owner: str) -> None:
        """Give a slot back, and on to whoever is next and still waits."""
        self._held[owner] -= 1
        while self._waiting:
            following = min(self._waiting, key=self._held.__getitem__)
            turns = self._waiting[following]
            turn = turns.popleft()
            if not turns:
                del self._waiting[following]
            if not turn.done():
                self._held[following] += 1
                turn.set_result(None)
                return
        self._free += 1


def _files() -> int:
    """Return how many file descriptors this process may count on."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = soft == resource.RLIM_INFINITY
    return MOST_FILES if unlimited else min(soft, MOST_FILES)


COMPARISON = 20
"""File descriptors of one comparison of resolvers: two for each that is asked."""


@dataclass(slots=True)
class Capacity:
    """What all targets of one process share.

    Half of the file descriptors are for connections, a quarter for the comparisons of
    resolvers; the rest is for lookups that hang, for AWS, and for what is open.
    """

    probes: Slots = field(default_factory=lambda: Slots(_files() // 2))
    comparisons: Slots = field(
        default_factory=lambda: Slots(_files() // 4 // COMPARISON)
    )
