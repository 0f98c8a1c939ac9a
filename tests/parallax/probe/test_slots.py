"""Slots: which owner is next, and that no more are in use than exist."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.probe.failure import NotSentError
from parallax.probe.slots import Slots


async def nothing() -> None:
    """Do nothing, and let others run."""
    await asyncio.sleep(0)


def test_work_begins_with_its_slot() -> None:
    """Waiting work has not started: its clock does not run."""
    begun: list[str] = []

    async def run() -> None:
        """Let one work wait for another."""
        slots, free = Slots(1), asyncio.Event()

        async def work(name: str) -> None:
            """Record that it started; the first one takes long."""
            begun.append(name)
            await free.wait()

        async with asyncio.TaskGroup() as group:
            group.create_task(slots.run("a", 9, lambda: work("first")))
            group.create_task(slots.run("b", 9, lambda: work("second")))
            for _ in range(5):
                await asyncio.sleep(0)
            assert begun == ["first"]
            free.set()

    asyncio.run(run())
    assert begun == ["first", "second"]


def test_who_has_the_fewest_comes_next() -> None:
    """Many probes of one dead target wait until another's first one has started."""
    order: list[str] = []

    async def run() -> None:
        """Let one owner hold a slot and request more, then others a few."""
        slots, free = Slots(2), asyncio.Event()

        async def work(name: str) -> None:
            """Take down whose turn it is."""
            order.append(name)
            await asyncio.sleep(0)

        holding = asyncio.ensure_future(slots.run("dead", 9, free.wait))
        await asyncio.sleep(0)
        async with asyncio.TaskGroup() as group:
            for owner in ("dead", "dead", "dead", "good", "late"):
                group.create_task(slots.run(owner, 9, lambda o=owner: work(o)))
        free.set()
        await holding

    asyncio.run(run())
    assert order == ["dead", "good", "late", "dead", "dead"]


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.01])
def test_who_gets_no_slot_in_time_is_not_sent(seconds: float) -> None:
    """The error states why, and the owner of the slot is not disturbed."""

    async def run() -> None:
        """Hold the only slot while another owner waits for it."""
        slots, free = Slots(1), asyncio.Event()
        holding = asyncio.ensure_future(slots.run("a", 9, free.wait))
        await asyncio.sleep(0)
        with pytest.raises(NotSentError, match="too many connections at once"):
            await slots.run("b", seconds, nothing)
        free.set()
        assert await holding
        await slots.run("b", 0, nothing)

    asyncio.run(run())


def test_without_waiting_time_a_free_slot_is_taken() -> None:
    """Only the wait is bounded."""
    asyncio.run(Slots(1).run("a", -5, nothing))


OWNERS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.booleans()), max_size=25
)


@given(most=st.integers(1, 4), works=OWNERS)
def test_no_slot_is_lost_whatever_is_canceled(
    most: int, works: list[tuple[str, int, bool]]
) -> None:
    """Never more at once than there are; when all is over all slots are free."""
    held: Counter[str] = Counter()

    async def work(owner: str, steps: int) -> None:
        """Last a few turns of the loop."""
        held[owner] += 1
        assert held.total() <= most
        try:
            for _ in range(steps):
                await asyncio.sleep(0)
        finally:
            held[owner] -= 1

    async def run() -> None:
        """Begin all, cancel some on the way, then take every slot at once."""
        slots = Slots(most)
        tasks: list[tuple[asyncio.Task[None], bool]] = []
        for owner, steps, canceled in works:
            begun = slots.run(owner, 60, lambda o=owner, s=steps: work(o, s))
            tasks.append((asyncio.ensure_future(begun), canceled))
            if steps % 2:
                await asyncio.sleep(0)
        for task, canceled in tasks:
            if canceled:
                task.cancel()
        ended = await asyncio.gather(*(t for t, _ in tasks), return_exceptions=True)
        errors = [error for error in ended if error is not None]
        assert all(isinstance(error, asyncio.CancelledError) for error in errors)
        full = (slots.run("d", 0, lambda: work("d", 2)) for _ in range(most))
        await asyncio.gather(*full)

    asyncio.run(run())
