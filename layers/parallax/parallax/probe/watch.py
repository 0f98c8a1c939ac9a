"""Watch: one round over all targets, the failing ones investigated at once.

In: targets, where their balancers are, what to do with a run. Out: nothing;
each `ProbeRun` is handed to `record` as soon as it is there.
It does not: store, judge, or repeat itself; the schedule does.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import monotonic

from parallax.model.probe import ProbeRun, Role
from parallax.model.target import Target
from parallax.probe.bound import first_bounded
from parallax.probe.fetch import SPACING, fetch
from parallax.probe.investigate import investigate
from parallax.probe.plan import Plan, ask

_RESERVE = 2.0
"""Seconds of the budget kept for storing what was found."""


@dataclass(slots=True)
class _Round:
    """What the targets of one round share."""

    balancer_ips: Callable[[Target], Sequence[str]]
    record: Callable[[ProbeRun], None]
    plan: Plan
    end: float
    caller: ThreadPoolExecutor
    errors: list[Exception] = field(default_factory=list[Exception])

    async def call[**P, T](
        self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Call out on the one thread for it, and keep what it raises."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self.caller, lambda: function(*args, **kwargs)
            )
        except Exception as error:  # noqa: BLE001 - kept, raised at the end
            self.errors.append(error)
            return None


def watch(
    targets: Sequence[Target],
    *,
    balancer_ips: Callable[[Target], Sequence[str]],
    record: Callable[[ProbeRun], None],
    budget: float = 50.0,
    plan: Plan | None = None,
) -> None:
    """Probe every target once, and investigate the failing ones side by side.

    `record` gets a run with the first probe as soon as that target has
    answered, and for a failing one a second, full run with the same
    `started_at`. `record` and `balancer_ips` are called on one thread, never at
    the same time; what they raise comes as an `ExceptionGroup` at the end, when
    all others have had their turn. `budget` is seconds for everything.
    """
    end = monotonic() + budget - _RESERVE
    with ThreadPoolExecutor(1, "record") as caller:
        shared = _Round(balancer_ips, record, plan or Plan(), end, caller)
        asyncio.run(_all(targets, shared))
    if shared.errors:
        raise ExceptionGroup("not everything was recorded", shared.errors)


async def _all(targets: Sequence[Target], shared: _Round) -> None:
    turns: list[asyncio.Task[None]] = []
    for target in targets:
        turns.append(asyncio.create_task(_one(target, shared)))
        await asyncio.sleep(SPACING)
    ended = await asyncio.gather(*turns, return_exceptions=True)
    shared.errors += [error for error in ended if isinstance(error, Exception)]


async def _one(target: Target, shared: _Round) -> None:
    first = first_bounded(
        await fetch(ask(target, Role.FIRST, shared.end - monotonic()))
    )
    run = ProbeRun(target=target.name, started_at=first.started_at, probes=(first,))
    recording = asyncio.ensure_future(shared.call(shared.record, run))
    if not first.healthy:
        full = await _investigated(target, run, shared)
        await recording
        await shared.call(shared.record, full)
    await recording


async def _investigated(target: Target, run: ProbeRun, shared: _Round) -> ProbeRun:
    """Return the full run; what fails in it, or has no time, is told in words."""
    addresses = await shared.call(shared.balancer_ips, target)
    seconds = min(shared.plan.seconds, shared.end - monotonic())
    if seconds < shared.plan.shortest:
        return replace(run, skipped=("investigation: no time left in this run",))
    plan = replace(shared.plan, seconds=seconds)
    try:
        async with asyncio.timeout(seconds + 1):
            return await investigate(target, run.first, addresses or (), plan)
    except Exception as error:  # noqa: BLE001 - a defect loses nobody else's run
        told = f"investigation: {type(error).__name__}: {error}"
        return replace(run, skipped=(told,))
