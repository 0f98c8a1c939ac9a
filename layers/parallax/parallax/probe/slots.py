"""Slots: limit how many probes this process runs at the same time.

In: work for a target, and how long it may wait for a slot. Out: the result of the work;
or a `NotSentError` if no slot was free in time.
It does not: measure. The work, and its clock, start when it has its slot.

Each connection uses a file descriptor, and a process has a limited number of them
(`getrlimit(2)`; 1,024 in AWS Lambda, which cannot be raised). Without a free one the
process can neither send a probe nor store its result.
Source: AWS Lambda quotas, "File descriptors" and "Execution processes, threads".
"""

import asyncio
import resource
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from parallax.probe.failure import NotSentError

MOST_FILES = 1024
"""Most file descriptors to use, even if the process may open more: each may also need
a thread that resolves a name, and Lambda has the same limit for threads."""
TOO_MANY = "too many connections at once"


class Slots:
    """A number of slots; the owner with the fewest is next, then the first to wait."""

    def __init__(self, most: int) -> None:
        self._free = max(1, most)
        self._in_use: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def run[T](
        self, owner: str, seconds: float, work: Callable[[], Awaitable[T]]
    ) -> T:
        """Run work in a slot for its owner; wait for it so many seconds at most.

        A target without a running probe comes before one with many. Raises
        `NotSentError` if no slot was free in time, and what the work raises.
        """
        await self._take(owner, seconds)
        try:
            return await work()
        finally:
            self._give(owner)

    async def _take(self, owner: str, seconds: float) -> None:
        if self._free:
            self._free -= 1
            self._in_use[owner] += 1
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
        """Stop waiting; a slot that was just given is passed on."""
        if not turn.cancelled():  # codespell:ignore cancelled - asyncio's own spelling
            self._give(owner)

    def _give(self, owner: str) -> None:
        """Return a slot, and give it to the next owner that still waits."""
        self._in_use[owner] -= 1
        while self._waiting:
            following = min(self._waiting, key=self._in_use.__getitem__)
            turns = self._waiting[following]
            turn = turns.popleft()
            if not turns:
                del self._waiting[following]
            if not turn.done():
                self._in_use[following] += 1
                turn.set_result(None)
                return
        self._free += 1


def _files() -> int:
    """Return how many file descriptors this process may use."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = soft == resource.RLIM_INFINITY
    return MOST_FILES if unlimited else min(soft, MOST_FILES)


COMPARISON = 20
"""File descriptors of one comparison of resolvers: two for each server."""


@dataclass(slots=True)
class Capacity:
    """The slots that all targets of one process share.

    Half of the file descriptors are for connections, a quarter for comparisons of
    resolvers; the rest is for lookups that hang, for AWS, and for open files.
    """

    probes: Slots = field(default_factory=lambda: Slots(_files() // 2))
    comparisons: Slots = field(
        default_factory=lambda: Slots(_files() // 4 // COMPARISON)
    )
