"""Lookups by the system's resolver, on threads that outlive a timeout."""

import asyncio
import errno
import socket
import threading
from typing import Any

import pytest

from parallax.model.probe import ErrorType
from parallax.probe import resolve
from parallax.probe.failure import Failure, NotSentError
from parallax.probe.resolve import lookup


def resolving() -> int:
    """Count the threads that look up names."""
    return sum(thread.name == "resolve" for thread in threading.enumerate())


def test_one_name_after_the_other_needs_one_thread() -> None:
    """An idle thread is used again; a thread a name would cost a third of a probe."""

    async def ask() -> None:
        """Ask often, never two at a time."""
        for _ in range(20):
            assert "127.0.0.1" in await lookup("localhost", 80)

    before = resolving()
    asyncio.run(ask())
    assert resolving() <= before + 1


def test_an_address_needs_no_thread() -> None:
    """No lookup is needed."""
    before = resolving()
    assert asyncio.run(lookup("192.0.2.1", 80)) == ("192.0.2.1",)
    assert resolving() == before


def test_a_resolver_that_hangs_holds_up_no_other_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every hanging name has a thread of its own. Only getaddrinfo is replaced."""
    free = threading.Event()
    real = socket.getaddrinfo

    def hanging(host: str, *rest: int, **more: int) -> object:
        """Hang for all names but one."""
        if host != "localhost":
            free.wait(10)
        return real("localhost", *rest, **more)

    async def ask() -> tuple[str, ...]:
        """Ask for one name while ten others hang."""
        hung = [asyncio.ensure_future(lookup(f"{n}.test", 80)) for n in range(10)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            answer = await lookup("localhost", 80)
        assert not any(task.done() for task in hung)
        free.set()
        await asyncio.gather(*hung)
        return answer

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    assert "127.0.0.1" in asyncio.run(ask())


@pytest.mark.parametrize("name", [f"{'x' * 64}.invalid", "a\0b", "\udc80"])
def test_a_thread_outlives_a_name_that_does_not_exist(name: str) -> None:
    """The failure is the question's; the next question is answered."""

    async def ask() -> tuple[str, ...]:
        """Ask for nothing, then for something."""
        with pytest.raises(Failure) as caught:
            await lookup(name, 80)
        assert caught.value.error_type is ErrorType.NAME_NOT_RESOLVED
        return await lookup("localhost", 80)

    assert "127.0.0.1" in asyncio.run(ask())


def test_lookups_that_hang_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holds a thread after its caller has given up; more are not started."""
    free, over = threading.Event(), threading.Event()
    real = socket.getaddrinfo

    class Busy(set[Any]):
        """The threads that hang; signals when none is left."""

        def discard(self, asker: Any) -> None:
            """Give a thread up."""
            super().discard(asker)
            if not self:
                over.set()

    def hanging(_: str, *rest: int, **more: int) -> object:
        """Hang for every name."""
        free.wait(10)
        return real("localhost", *rest, **more)

    async def ask() -> None:
        """Give up three times, then look up again, and again when they are over."""
        hung = [asyncio.ensure_future(lookup(f"{n}.test", 80)) for n in range(3)]
        await asyncio.sleep(0)
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
        with pytest.raises(NotSentError, match="too many name lookups hang"):
            await lookup("one.test", 80)
        free.set()
        assert over.wait(10)
        assert "127.0.0.1" in await lookup("one.test", 80)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    monkeypatch.setattr(resolve, "MOST_HANGING", 3)
    monkeypatch.setattr(resolve._Lookups, "busy", Busy())
    asyncio.run(ask())


def test_a_process_without_a_socket_blames_no_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The system's resolver reports the same as without a response."""

    def broken(*_: object, **__: object) -> None:
        """Fail as socket(2) does where no descriptor is left."""
        raise OSError(errno.EMFILE, "none left")

    async def ask() -> None:
        """Ask for a name that does not exist, without a socket."""
        with monkeypatch.context() as patched:
            patched.setattr("parallax.probe.egress.socket.socket", broken)
            await lookup(f"{'x' * 64}.invalid", 80)

    with pytest.raises(NotSentError):
        asyncio.run(ask())


def test_a_machine_without_a_thread_blames_no_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A thread that cannot start has sent nothing."""

    def broken(_: object) -> None:
        """Fail as a thread that the operating system refuses."""
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(resolve._Lookups, "idle", [])
    monkeypatch.setattr(threading.Thread, "start", broken)
    with pytest.raises(NotSentError, match="can't start new thread"):
        asyncio.run(lookup("one.test", 80))


@pytest.mark.parametrize(
    ("name", "is_found"), [("localhost", True), (f"{'x' * 64}.invalid", False)]
)
def test_an_answer_that_is_already_there_is_taken_at_once(
    name: str, monkeypatch: pytest.MonkeyPatch, *, is_found: bool
) -> None:
    """The event loop does not turn if the resolver was faster than the caller."""
    answered, over = threading.Event(), threading.Event()

    class Idle(list[Any]):
        """The idle threads; signals when there is one."""

        def append(self, asker: Any) -> None:
            """Take a thread back."""
            super().append(asker)
            answered.set()

    def work() -> None:
        """Wait until the thread has answered, and then done something else."""
        assert answered.wait(10)
        resolve._Lookups.take().do((lambda: ((), None), lambda _: over.set()))
        assert over.wait(10)

    async def ask() -> tuple[object, int]:
        """Return what the lookup gave, and how often the loop has turned."""
        turns: list[None] = []
        asyncio.get_running_loop().call_soon(turns.append, None)
        try:
            return await lookup(name, 80, work), len(turns)
        except Failure as failure:
            return failure.error_type, len(turns)

    monkeypatch.setattr(resolve._Lookups, "idle", Idle())
    found, turns = asyncio.run(ask())
    assert turns == 0
    assert (found is not ErrorType.NAME_NOT_RESOLVED) is is_found
