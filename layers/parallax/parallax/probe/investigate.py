"""Investigate: collect what distinguishes the possible causes of a failure.

In: a target that just failed, its first probe, its load balancer's addresses.
Out: more probes, the resolvers' answers, and sentences about what was skipped; `seen`
gets each of them as soon as it is there.
It does not: run for healthy targets, judge, or exceed its time.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
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
from parallax.probe.probe_request import ProbeRequest
from parallax.probe.slots import Capacity

type Seen = Callable[[Probe | Resolution], None]
"""Gets each result while the investigation runs; it must not raise or wait."""


def _nobody(_: Probe | Resolution) -> None:
    pass


@dataclass(slots=True)
class _Investigation:
    """One investigation: its clock, and its results so far."""

    target: Target
    plan: Plan
    capacity: Capacity
    seen: Seen = _nobody
    began: float = field(default_factory=monotonic)
    probes: list[Probe] = field(default_factory=list[Probe])
    resolutions: tuple[Resolution, ...] = ()
    skipped: list[str] = field(default_factory=list[str])

    @property
    def passed(self) -> float:
        """Seconds since it began."""
        return monotonic() - self.began

    async def send(self, timed: Iterable[Timed]) -> None:
        """Send each request at its time; keep the results in the given order."""
        sending = [self._later(one) for one in timed]
        for result in await asyncio.gather(*sending, return_exceptions=True):
            if isinstance(result, Probe):
                self.probes.append(bounded(result))
            else:
                self.skipped.append(
                    result if isinstance(result, str) else f"{result!r}"
                )

    def singles(self, requests: Sequence[ProbeRequest], place: int) -> list[Timed]:
        """Return requests with their times; the first starts at `place`."""
        at = self.plan.single_at
        return [Timed(at(place + n), one) for n, one in enumerate(requests)]

    async def _later(self, timed: Timed) -> Probe | str:
        """Send at the given time, within the time left; return a reason if it fails."""
        plan, request = self.plan, timed.request
        needed = min(plan.shortest, request.timeout)
        if timed.at + needed <= plan.seconds:
            await asyncio.sleep(timed.at - self.passed)
        left = plan.seconds - max(timed.at, self.passed)
        if left < needed:
            return f"{request.role}: out of time"

        async def probe() -> Probe:
            seconds = min(request.timeout, plan.seconds - self.passed)
            sent = await fetch(replace(request, timeout=seconds))
            self.seen(sent)
            return sent

        # The wait must leave the request its whole timeout: otherwise a wait of ours
        # would turn a slow response into a timeout.
        patience = left - request.timeout
        try:
            return await self.capacity.probes.run(self.target.name, patience, probe)
        except NotSentError as error:
            return f"{request.role}: not sent: {error}"


async def investigate(  # noqa: PLR0913 - a watcher is optional, as is the capacity
    target: Target,
    first: Probe,
    addresses: Sequence[str],
    plan: Plan,
    capacity: Capacity | None = None,
    *,
    seen: Seen = _nobody,
) -> ProbeRun:
    """Send all requests of the plan concurrently, within `plan.seconds`.

    All investigations at the same time share `capacity`. A defect in one part is
    reported in `skipped` and costs no other part.
    """
    requests, skipped = singles(target, first, addresses, plan)
    request, why_not = control(target, first, plan)
    requests = [request, *requests] if request else requests
    skipped += [why_not] if why_not else []
    shared = capacity or Capacity()
    direct = _Investigation(target, plan, shared, seen, skipped=skipped)
    by_name = replace(direct, probes=[], skipped=[])
    timed = [*repeats(target, plan), *direct.singles(requests, 0)]
    defects = await asyncio.gather(
        direct.send(timed), _names(by_name, len(requests)), return_exceptions=True
    )
    by_name.skipped += [f"resolvers: {defect!r}" for defect in defects if defect]
    return ProbeRun(
        target=target.name,
        started_at=first.started_at,
        probes=(first, *direct.probes, *by_name.probes),
        resolutions=by_name.resolutions,
        skipped=kept_texts([*direct.skipped, *by_name.skipped]),
    )


async def _names(investigation: _Investigation, place: int) -> None:
    """Compare the resolvers, then probe each address that they returned.

    `place` is the first free one among the single probes.
    """
    target, plan = investigation.target, investigation.plan
    host = urlsplit(target.url).hostname or ""
    if is_address(host):
        investigation.skipped.append(
            "resolvers: the URL has an address instead of a name"
        )
        return
    await asyncio.sleep(plan.compare_at)
    patience = (
        plan.seconds - investigation.passed - plan.resolver_seconds - plan.shortest
    )
    try:
        investigation.resolutions = await investigation.capacity.comparisons.run(
            target.name, patience, lambda: _compared(host, target, plan)
        )
    except NotSentError as error:
        investigation.skipped.append(f"resolvers: not queried: {error}")
        return
    for resolution in investigation.resolutions:
        investigation.seen(resolution)
    requests, skipped = pinned(target, investigation.resolutions, plan)
    investigation.skipped += skipped
    place = max(place, plan.place_after(investigation.passed))
    await investigation.send(investigation.singles(requests, place))


async def _compared(host: str, target: Target, plan: Plan) -> tuple[Resolution, ...]:
    from parallax.probe import resolvers  # noqa: PLC0415 - off the cold start

    return await resolvers.compare(
        host,
        plan.resolvers,
        min(plan.resolver_seconds, plan.seconds),
        allow_private=target.allow_private_addresses,
        port=plan.dns_port,
    )
