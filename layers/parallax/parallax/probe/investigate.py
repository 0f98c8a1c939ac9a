"""Investigate: what tells a failing target's possible causes apart.

In: a target that failed just now, its first probe, its balancer's addresses.
Out: more probes, the resolvers' answers, and in words what was left out.
It does not: run for healthy targets, judge, or exceed its time.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from urllib.parse import urlsplit

from parallax.model.probe import Probe, ProbeRun, Resolution
from parallax.model.target import Target
from parallax.probe.address import is_address
from parallax.probe.bound import bounded, kept_texts
from parallax.probe.control import control
from parallax.probe.failure import NotSentError
from parallax.probe.fetch import fetch
from parallax.probe.names import pinned
from parallax.probe.plan import Plan, Timed, repeats, singles
from parallax.probe.question import Question
from parallax.probe.slots import Capacity


@dataclass(slots=True)
class _Inquiry:
    """One investigation under way: its clock, and what it has found so far."""

    target: Target
    plan: Plan
    capacity: Capacity
    began: float = field(default_factory=monotonic)
    probes: list[Probe] = field(default_factory=list[Probe])
    resolutions: tuple[Resolution, ...] = ()
    skipped: list[str] = field(default_factory=list[str])

    @property
    def passed(self) -> float:
        """Seconds since it began."""
        return monotonic() - self.began

    async def ask(self, timed: Iterable[Timed]) -> None:
        """Ask all of it in due time, and keep the answers in the order given."""
        asking = [self._later(one) for one in timed]
        for result in await asyncio.gather(*asking, return_exceptions=True):
            if isinstance(result, Probe):
                self.probes.append(bounded(result))
            else:
                self.skipped.append(
                    result if isinstance(result, str) else f"{result!r}"
                )

    def singles(self, questions: Sequence[Question], place: int) -> list[Timed]:
        """Return questions with their times, from a place among the singles on."""
        at = self.plan.single_at
        return [Timed(at(place + n), one) for n, one in enumerate(questions)]

    async def _later(self, timed: Timed) -> Probe | str:
        """Ask in due time, with what time is left; a string says why not."""
        plan, question = self.plan, timed.question
        needed = min(plan.shortest, question.timeout)
        if timed.at + needed <= plan.seconds:
            await asyncio.sleep(timed.at - self.passed)
        left = plan.seconds - max(timed.at, self.passed)
        if left < needed:
            return f"{question.role}: no time left"

        async def send() -> Probe:
            seconds = min(question.timeout, plan.seconds - self.passed)
            return await fetch(replace(question, timeout=seconds))

        # Only so long that the whole of its time is left: a wait of ours may not turn
        # a slow answer into a timeout.
        patience = left - question.timeout
        try:
            return await self.capacity.probes.run(self.target.name, patience, send)
        except NotSentError as error:
            return f"{question.role}: not sent: {error}"


async def investigate(
    target: Target,
    first: Probe,
    addresses: Sequence[str],
    plan: Plan,
    capacity: Capacity | None = None,
) -> ProbeRun:
    """Ask everything of the plan, side by side, within `plan.seconds`.

    `capacity` is shared by all who investigate at the same time. A defect in one
    part is told in `skipped` and loses nothing else.
    """
    questions, skipped = singles(target, first, addresses, plan)
    question, why_not = control(target, first, plan)
    questions = [question, *questions] if question else questions
    skipped += [why_not] if why_not else []
    known = _Inquiry(target, plan, capacity or Capacity(), skipped=skipped)
    named = replace(known, probes=[], skipped=[])
    timed = [*repeats(target, plan), *known.singles(questions, 0)]
    defects = await asyncio.gather(
        known.ask(timed), _names(named, len(questions)), return_exceptions=True
    )
    named.skipped += [f"resolvers: {defect!r}" for defect in defects if defect]
    return ProbeRun(
        target=target.name,
        started_at=first.started_at,
        probes=(first, *known.probes, *named.probes),
        resolutions=named.resolutions,
        skipped=kept_texts([*known.skipped, *named.skipped]),
    )


async def _names(inquiry: _Inquiry, place: int) -> None:
    """Compare the resolvers, then ask each address that they named.

    `place` is the first that is free among the single probes.
    """
    target, plan = inquiry.target, inquiry.plan
    host = urlsplit(target.url).hostname or ""
    if is_address(host):
        inquiry.skipped.append("resolvers: the URL holds an address, no name")
        return
    await asyncio.sleep(plan.compare_at)
    patience = plan.seconds - inquiry.passed - plan.resolver_seconds - plan.shortest
    try:
        inquiry.resolutions = await inquiry.capacity.comparisons.run(
            target.name, patience, lambda: _compared(host, target, plan)
        )
    except NotSentError as error:
        inquiry.skipped.append(f"resolvers: not asked: {error}")
        return
    questions, skipped = pinned(target, inquiry.resolutions, plan)
    inquiry.skipped += skipped
    place = max(place, plan.place_after(inquiry.passed))
    await inquiry.ask(inquiry.singles(questions, place))


async def _compared(host: str, target: Target, plan: Plan) -> tuple[Resolution, ...]:
    from parallax.probe import resolvers  # noqa: PLC0415 - off the cold start

    return await resolvers.compare(
        host,
        plan.resolvers,
        min(plan.resolver_seconds, plan.seconds),
        allow_private=target.allow_private_addresses,
        port=plan.dns_port,
    )
