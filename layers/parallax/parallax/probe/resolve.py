"""Resolve: the addresses of a name, as this machine's own resolver returns them.

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
from parallax.probe.egress import has_socket
from parallax.probe.failure import Failure, NotSentError

MOST_HANGING = 192
"""Most abandoned lookups that hang: each uses a thread and file descriptors."""
type _Result = tuple[tuple[str, ...], Failure | NotSentError | None]
type _Call = tuple[Callable[[], _Result], Callable[[_Result], None]]


class _Lookups(Thread):
    """A thread that looks up one name after another; idle threads are used again."""

    idle: ClassVar[list["_Lookups"]] = []
    busy: ClassVar[set["_Lookups"]] = set()
    awaited: ClassVar[set[asyncio.Future[tuple[str, ...]]]] = set()

    def __init__(self) -> None:
        super().__init__(name="resolve", daemon=True)
        self._calls: SimpleQueue[_Call] = SimpleQueue()
        self.start()

    @classmethod
    def take(cls) -> "_Lookups":
        """Return an idle thread, or a new one."""
        try:
            return cls.idle.pop()
        except IndexError:
            return cls()

    def do(self, call: "_Call") -> None:
        """Run a lookup, then its callback; neither may raise."""
        self.busy.add(self)
        self._calls.put(call)

    @override
    def run(self) -> None:
        while True:
            look_up, report = self._calls.get()
            result = look_up()
            # Idle first: the callback may start the next lookup at once.
            self.busy.discard(self)
            self.idle.append(self)
            report(result)


def _nothing() -> None:
    pass


async def lookup(
    host: str, port: int, meanwhile: Callable[[], None] = _nothing
) -> tuple[str, ...]:
    """Return the addresses of a name through getaddrinfo(3).

    `meanwhile` is called while the system's resolver works; it must not raise.

    Concurrent lookups have a thread each: the system's resolver may hang for half a
    minute, and in a bounded pool it would block every other target. Daemon threads do
    not keep the process alive, as those of `ThreadPoolExecutor` would.
    Raises `Failure` with NAME_NOT_RESOLVED, or `NotSentError` if this machine has no
    thread or socket left for a lookup.
    """
    if is_address(host):
        return (host,)  # no lookup is needed
    if len(_Lookups.busy) - len(_Lookups.awaited) >= MOST_HANGING:
        raise NotSentError("too many name lookups hang")
    loop = asyncio.get_running_loop()
    future: asyncio.Future[tuple[str, ...]] = loop.create_future()
    early: list[_Result] = []
    waits = False

    def receive(result: _Result) -> None:
        addresses, error = result
        if future.done():  # the caller has given up meanwhile
            return
        if error is None:
            future.set_result(addresses)
        else:
            future.set_exception(error)

    def report(result: _Result) -> None:
        # In this order, so that either side sees what the other one has written.
        early.append(result)
        if not waits:
            return
        # The loop is closed if nothing waits for the result.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(receive, result)

    try:
        thread = _Lookups.take()
    except RuntimeError as error:  # threading raises it for EAGAIN
        raise NotSentError(f"{error}") from error
    thread.do((lambda: _look_up(host, port), report))
    _Lookups.awaited.add(future)
    try:
        meanwhile()
        waits = True
        if early:  # a name in a file or a cache: the event loop has nothing to wait for
            receive(early[0])
        return await future
    finally:
        _Lookups.awaited.discard(future)


def _look_up(host: str, port: int) -> _Result:
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # ValueError: not a host name
        detail = getattr(error, "strerror", None) or f"{error}"
        if not has_socket():
            return (), NotSentError(detail)
        return (), Failure(ErrorType.NAME_NOT_RESOLVED, f"{host}: {detail}")
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in entries)), None
