"""Schedule: in which order and when probes are sent, so that they overload no app.

In: requests, each with the Service behind it. Out: the probes, in the same order; None
where no time was left. It does not: choose the requests; `plan` does.

A pod receives one direct request at a time. A request through a Service reaches a pod
that the agent does not choose. These requests are therefore sent after the direct ones,
and no more at a time than there are pods, so that each pod receives about one at a
time. A slow response leaves less time for other requests, so an app that hangs gets
fewer of them; the path that users take is probed first.

If every pod responded promptly to its direct request, or refused the connection, a
request that then hangs is held by the network or the ingress, not by a pod. The next
request is then sent beside it. With a broken overlay network, where most hops time out,
the cycle still covers every hop in time.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass

from parallax.model.probe import AT_THE_INGRESS, Probe, Role
from parallax.probe import SPACING, NotSentError, ProbeRequest, fetch
from parallax.probe.slots import Capacity

SHORTEST, LONGEST = 6.0, 10.0
"""Seconds after the first request in which further ones may start: minimum, maximum."""
PROMPT_SECONDS = 0.5
"""Seconds in which an idle pod responds."""
OVERTAKE_SECONDS = 1.0
"""Seconds after which a hanging request is not held by a pod that responds promptly."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRequest:
    """A request, and the Service whose pods respond to it in the end."""

    question: ProbeRequest
    backend: str


class _Schedule:
    """One round of requests; it starts none when it is out of time."""

    def __init__(
        self, every: Sequence[ScheduledRequest], has_time: Callable[[], bool]
    ) -> None:
        self._every = every
        self._has_time = has_time
        self._slots = Capacity().probes
        self.probes: list[Probe | None] = [None] * len(every)
        self.not_sent: Counter[str] = Counter()

    async def run(self) -> None:
        """Probe all Services concurrently."""
        backends: dict[str, list[int]] = {}
        for place, one in enumerate(self._every):
            backends.setdefault(one.backend, []).append(place)
        await _concurrently(map(self._probe_backend, backends.values()))

    async def _probe_backend(self, places: Sequence[int]) -> None:
        """Probe one Service: its pods, then the hops that lead to them."""
        pods: dict[str | None, list[int]] = {}
        via_service: list[int] = []
        for place in places:
            question = self._every[place].question
            if question.role is Role.POD:
                pods.setdefault(question.pod or question.address, []).append(place)
            else:
                via_service.append(place)
        await _concurrently(map(self._in_sequence, pods.values()))
        via_service.sort(key=self._is_off_user_path)
        remaining, seconds = iter(via_service), self._wait_seconds(pods.values())
        lanes = min(len(via_service), max(1, len(pods)))
        await _concurrently(self._lane(remaining, seconds) for _ in range(lanes))

    def _is_off_user_path(self, place: int) -> bool:
        return self._every[place].question.role not in AT_THE_INGRESS

    async def _in_sequence(self, places: Sequence[int]) -> None:
        """Send requests one after the other, while time is left."""
        for place in places:
            await self._one(place)

    async def _lane(self, remaining: Iterator[int], seconds: float | None) -> None:
        """Send the remaining requests, the next after a response or a timeout."""
        async with asyncio.TaskGroup() as group:
            for place in remaining:
                await asyncio.wait(
                    [group.create_task(self._one(place))], timeout=seconds
                )

    async def _one(self, place: int) -> None:
        one = self._every[place]
        try:
            self.probes[place] = await self._slots.run(
                one.backend, LONGEST, lambda: self._fetch(one.question)
            )
        except NotSentError as error:
            self.not_sent[f"{error}"] += 1

    async def _fetch(self, question: ProbeRequest) -> Probe | None:
        return await fetch(question) if self._has_time() else None

    def _wait_seconds(self, pods: Iterable[Sequence[int]]) -> float | None:
        """Return how long to wait for one request; None: until its response."""
        direct = [self.probes[place] for places in pods for place in places]
        prompt = all(probe is not None and _is_idle(probe) for probe in direct)
        return OVERTAKE_SECONDS if direct and prompt else None


def _is_idle(probe: Probe) -> bool:
    """Tell whether a pod responds promptly, or cannot be reached from here at all."""
    if probe.status_code is None:
        return probe.error_phase == "connect"
    return probe.duration < PROMPT_SECONDS


async def run_schedule(
    every: Sequence[ScheduledRequest],
    interval: float,
    now: Callable[[], float] = time.monotonic,
) -> list[Probe | None]:
    """Probe all Services concurrently, each in its own order.

    A request that this machine cannot send, for lack of resources, has no probe either.
    """
    ends = now() + min(max(2 * interval, SHORTEST), LONGEST)
    schedule = _Schedule(every, lambda: now() < ends)
    await schedule.run()
    if schedule.not_sent:
        logger.warning("probes were not sent", extra={"reasons": schedule.not_sent})
    return schedule.probes


async def _concurrently(tasks: Iterable[Coroutine[None, None, None]]) -> None:
    async with asyncio.TaskGroup() as group:
        for task in tasks:
            group.create_task(task)
            await asyncio.sleep(SPACING)
