"""Resolve: the addresses of a name, as this machine's own system sees them.

In: a name and a port. Out: its addresses, in the system's order of preference.
It does not: compare resolvers (`parallax.probe.resolvers` does), or keep a cache.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import ClassVar, override

from parallax.model.probe import ErrorType
from parallax.probe.address import is_address
from parallax.probe.failure import Failure, NotSentError
from parallax.probe.way_out import has_socket

MOST_HANGING = 192
"""Lookups that nobody waits for any more: each has a thread and file descriptors."""
type _Answer = tuple[tuple[str, ...], Failure | NotSentError | None]
type _Call = tuple[Callable[[], _Answer], Callable[[_Answer], None]]


class _Asker(Thread):
    """A thread that asks one name after the other; idle ones are used again."""

    idle: ClassVar[list["_Asker"]] = []
    busy: ClassVar[set["_Asker"]] = set()
    awaited: ClassVar[set[asyncio.Future[tuple[str, ...]]]] = set()

    def __init__(self) -> None:
        super().__init__(name="resolve", daemon=True)
        self._calls: SimpleQueue[_Call] = SimpleQueue()
        self.start()

    @classmethod
    def take(cls) -> "_Asker":
        """Return one that has nothing to do, a new one if none is idle."""
        try:
            return cls.idle.pop()
        except IndexError:
            return cls()

    def do(self, call: "_Call") -> None:
        """Ask, then tell; neither may raise."""
        self.busy.add(self)
        self._calls.put(call)

    @override
    def run(self) -> None:
        while True:
            ask, tell = self._calls.get()
            answer = ask()
            # Idle first: whoever hears the answer may ask the next name at once.
            self.busy.discard(self)
            self.idle.append(self)
            tell(answer)


async def lookup(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a name through getaddrinfo(3).

    Names that are asked at the same time have a thread each: the system's
    resolver may hang for half a minute, and in a bounded pool it would hold up
    every other target. Daemon threads do not keep the process alive either, as
    `ThreadPoolExecutor`'s would.
    Raises `Failure` with NAME_NOT_RESOLVED, or `NotSentError` where this machine has
    no thread or socket left to ask.
    """
    if is_address(host):
        return (host,)  # nothing to ask, so no thread
    if len(_Asker.busy) - len(_Asker.awaited) >= MOST_HANGING:
        raise NotSentError("too many name lookups hang")
    loop = asyncio.get_running_loop()
    future: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def hear(answer: _Answer) -> None:
        addresses, error = answer
        if future.done():  # the asker has given up meanwhile
            return
        if error is None:
            future.set_result(addresses)
        else:
            future.set_exception(error)

    def tell(answer: _Answer) -> None:
        # A closed loop: nobody waits any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(hear, answer)

    try:
        asker = _Asker.take()
    except RuntimeError as error:  # threading's word for an operating system's EAGAIN
        raise NotSentError(f"{error}") from error
    asker.do((lambda: _ask(host, port), tell))
    _Asker.awaited.add(future)
    try:
        return await future
    finally:
        _Asker.awaited.discard(future)


def _ask(host: str, port: int) -> _Answer:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # ValueError: no host name at all
        detail = getattr(error, "strerror", None) or f"{error}"
        if not has_socket():
            return (), NotSentError(detail)
        return (), Failure(ErrorType.NAME_NOT_RESOLVED, f"{host}: {detail}")
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found)), None
