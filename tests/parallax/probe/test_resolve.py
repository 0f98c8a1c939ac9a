"""Names asked of the system's resolver, on threads that outlive a question."""

import asyncio
import socket
import threading

import pytest

from parallax.model.probe import ErrorType
from parallax.probe.failure import Failure
from parallax.probe.resolve import lookup


def resolving() -> int:
    """Count the threads that ask for names."""
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
    """There is nothing to ask."""
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
