"""Pace: in which order hops are asked, so that no app is hurried by being watched.

In: questions, each with the Service behind it. Out: the answers, in the same order;
None for what there was no time for. It does not: choose what is asked; `hops` does.

A pod itself is asked one question at a time. What goes through a Service meets a pod
that we do not choose: it is asked after the pods, and no more at a time than there are
pods, so that one pod meets about one of our requests. What takes long leaves less
time for the rest: an app that hangs is asked less, not more, and first of all on the
way that users come.

Where each pod answered at once when asked itself, or took no connection, what hangs on
its way through a Service hangs in the network or the ingress, with no pod: the next one
is asked beside it. So a broken overlay, where most hops end in a timeout, is seen whole
and in time.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass

from parallax.model.probe import Probe, Role
from parallax.probe import SPACING, NotSentError, Question, fetch
from parallax.probe.slots import Capacity

SHORTEST, LONGEST = 6.0, 10.0
"""Seconds: so long after the first question, at least and at most, others begin."""
USER_PATH_ROLES = (Role.INGRESS, Role.INGRESS_OTHER)
"""What is asked first of all that goes through a Service."""
PROMPT_SECONDS = 0.5
"""Seconds in which a pod answers that has time."""
OVERTAKE_SECONDS = 1.0
"""Seconds after which a question is with none of such pods."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRequest:
    """A question, and the Service whose pods answer it in the end."""

    question: Question
    backend: str


class _Round:
    """One round of questions, until no more may begin."""

    def __init__(
        self, every: Sequence[ScheduledRequest], has_time: Callable[[], bool]
    ) -> None:
        self._every = every
        self._has_time = has_time
        self._slots = Capacity().probes
        self.answers: list[Probe | None] = [None] * len(every)
        self.not_sent: Counter[str] = Counter()

    async def all(self) -> None:
        """Ask all Services side by side."""
        backends: dict[str, list[int]] = {}
        for place, one in enumerate(self._every):
            backends.setdefault(one.backend, []).append(place)
        await _side_by_side(map(self._serve, backends.values()))

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
        await _side_by_side(map(self._turns, pods.values()))
        through.sort(key=self._is_byway)
        left, patience = iter(through), self._patience(pods.values())
        lanes = min(len(through), max(1, len(pods)))
        await _side_by_side(self._lane(left, patience) for _ in range(lanes))

    def _is_byway(self, place: int) -> bool:
        return self._every[place].question.role not in USER_PATH_ROLES

    async def _turns(self, places: Sequence[int]) -> None:
        """Ask one after the other, as long as there is time."""
        for place in places:
            await self._one(place)

    async def _lane(self, left: Iterator[int], patience: float | None) -> None:
        """Ask what is left, the next after an answer or when patience ends."""
        async with asyncio.TaskGroup() as group:
            for place in left:
                await asyncio.wait(
                    [group.create_task(self._one(place))], timeout=patience
                )

    async def _one(self, place: int) -> None:
        one = self._every[place]
        try:
            self.answers[place] = await self._slots.run(
                one.backend, LONGEST, lambda: self._fetch(one.question)
            )
        except NotSentError as error:
            self.not_sent[f"{error}"] += 1

    async def _fetch(self, question: Question) -> Probe | None:
        return await fetch(question) if self._has_time() else None

    def _patience(self, pods: Iterable[Sequence[int]]) -> float | None:
        """Return how long a question may be with a pod; None: any time."""
        asked = [self.answers[place] for places in pods for place in places]
        well = all(probe is not None and _is_free(probe) for probe in asked)
        return OVERTAKE_SECONDS if asked and well else None


def _is_free(probe: Probe) -> bool:
    """Tell whether a pod answers at once, or cannot be reached from here at all."""
    if probe.status_code is None:
        return probe.error_phase == "connect"
    return probe.duration < PROMPT_SECONDS


async def run_schedule(
    every: Sequence[ScheduledRequest],
    interval: float,
    now: Callable[[], float] = time.monotonic,
) -> list[Probe | None]:
    """Ask all Services side by side, each at its own pace.

    A question that this machine has no means left to send has no answer either.
    """
    ends = now() + min(max(2 * interval, SHORTEST), LONGEST)
    asking = _Round(every, lambda: now() < ends)
    await asking.all()
    if asking.not_sent:
        logger.warning("probes were not sent", extra={"reasons": asking.not_sent})
    return asking.answers


async def _side_by_side(works: Iterable[Coroutine[None, None, None]]) -> None:
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work)
            await asyncio.sleep(SPACING)
