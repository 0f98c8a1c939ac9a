"""Pace: in which order hops are asked, so that no app is hurried by being watched.

In: questions, each with the Service behind it. Out: the answers, in the same order;
None for what there was no time for. It does not: choose what is asked; `hops` does.

A pod itself is asked one question at a time. What goes through a Service meets a pod
that we do not choose: it is asked after the pods, and no more at a time than there are
pods, so that one pod meets about one of our requests. What takes long leaves less
time for the rest: an app that hangs is asked less, not more.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass

from parallax.model.probe import Probe, Role
from parallax.probe import SPACING, Question, fetch

SHORTEST, LONGEST = 6.0, 10.0
"""Seconds: so long after the first question, at least and at most, others begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and the Service whose pods answer it in the end."""

    question: Question
    backend: str


class _Round:
    """One round of questions, until no more may begin."""

    def __init__(self, every: Sequence[Asked], has_time: Callable[[], bool]) -> None:
        self._every = every
        self._has_time = has_time
        self.answers: list[Probe | None] = [None] * len(every)

    async def all(self) -> None:
        """Ask all Services side by side."""
        backends: dict[str, list[int]] = {}
        for place, one in enumerate(self._every):
            backends.setdefault(one.backend, []).append(place)
        await _side_by_side(self._serve, backends.values())

    async def _serve(self, places: Sequence[int]) -> None:
        """Ask one Service: its pods, then what leads to them."""
        pods: dict[str | None, list[int]] = {}
        through: list[int] = []
        for place in places:
            question = self._every[place].question
            if question.role is Role.POD:
                pods.setdefault(question.pod or question.address, []).append(place)
            else:
                through.append(place)
        await _side_by_side(self._turns, pods.values())
        lanes = max(1, len(pods))
        await _side_by_side(self._turns, [through[n::lanes] for n in range(lanes)])

    async def _turns(self, places: Sequence[int]) -> None:
        """Ask one after the other, as long as there is time."""
        for place in places:
            if self._has_time():
                self.answers[place] = await fetch(self._every[place].question)


async def ask(
    every: Sequence[Asked], interval: float, now: Callable[[], float] = time.monotonic
) -> list[Probe | None]:
    """Ask all Services side by side, each at its own pace."""
    ends = now() + min(max(2 * interval, SHORTEST), LONGEST)
    asking = _Round(every, lambda: now() < ends)
    await asking.all()
    return asking.answers


async def _side_by_side(
    work: Callable[[Sequence[int]], Coroutine[None, None, None]],
    parts: Iterable[Sequence[int]],
) -> None:
    async with asyncio.TaskGroup() as group:
        for part in filter(None, parts):
            group.create_task(work(part))
            await asyncio.sleep(SPACING)
