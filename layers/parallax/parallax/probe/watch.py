"""Watch: one round over all targets, the failing ones investigated at once.

In: targets, where their balancers are, what to do with a run. Out: nothing; each
`ProbeRun` is handed to `measure` and to `record` as soon as it is there.
It does not: store, judge, or repeat itself; the schedule does.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import monotonic

from parallax.model.probe import Probe, ProbeRun, Role
from parallax.model.target import Target
from parallax.probe.bound import first_bounded, kept_texts
from parallax.probe.failure import NotSentError
from parallax.probe.fetch import SPACING, fetch
from parallax.probe.investigate import investigate
from parallax.probe.plan import Plan, ask
from parallax.probe.slots import Capacity

_RESERVE = 2.0
"""Seconds of the budget kept for storing what was found."""

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Round:
    """What the targets of one round share."""

    balancer_ips: Callable[[Target], Sequence[str]]
    record: Callable[[ProbeRun], None]
    measure: Callable[[ProbeRun], None]
    plan: Plan
    end: float
    recorder: ThreadPoolExecutor
    meter: ThreadPoolExecutor
    capacity: Capacity = field(default_factory=Capacity)
    errors: list[Exception] = field(default_factory=list[Exception])
    not_sent: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    async def call[**P, T](
        self,
        thread: ThreadPoolExecutor,
        function: Callable[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T | None:
        """Call out on one of the two threads for it, and keep what it raises."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(thread, lambda: function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - kept, raised at the end
            self.errors.append(error)
            return None


def watch(  # noqa: PLR0913 - one for each thing that is done with a run
    targets: Sequence[Target],
    *,
    balancer_ips: Callable[[Target], Sequence[str]],
    record: Callable[[ProbeRun], None],
    measure: Callable[[ProbeRun], None] = lambda _: None,
    budget: float = 50.0,
    plan: Plan | None = None,
) -> None:
    """Probe every target once, and investigate the failing ones side by side.

    `record` gets a run with the first probe as soon as that target has
    answered, and for a failing one a second, full run with the same
    `started_at`. `record` and `balancer_ips` are called on one thread, never at
    the same time. `measure` gets each first run on a thread of its own, so that a
    `record` that hangs costs no measurement. What they raise comes as an
    `ExceptionGroup` at the end, when all others have had their turn. `budget` is
    seconds for everything.

    A target whose probe this machine could not send has no run: that says nothing of
    the target, and stands in the log.
    """
    end = monotonic() + budget - _RESERVE
    with ThreadPoolExecutor(1, "record") as recorder, ThreadPoolExecutor(1) as meter:
        shared = _Round(
            balancer_ips=balancer_ips,
            record=record,
            measure=measure,
            plan=plan or Plan(),
            end=end,
            recorder=recorder,
            meter=meter,
        )
        asyncio.run(_all(targets, shared))
    for reason, names in shared.not_sent.items():
        facts = {"reason": reason, "targets": names}
        logger.error("targets were not probed", extra=facts)
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
    try:
        first = first_bounded(await _first(target, shared))
    except NotSentError as error:
        shared.not_sent.setdefault(f"{error}", []).append(target.name)
        return
    run = ProbeRun(target=target.name, started_at=first.started_at, probes=(first,))
    measuring = asyncio.ensure_future(shared.call(shared.meter, shared.measure, run))
    recording = asyncio.ensure_future(shared.call(shared.recorder, shared.record, run))
    if not first.healthy:
        full = await _investigated(target, run, shared)
        await recording
        await shared.call(shared.recorder, shared.record, full)
    await asyncio.gather(measuring, recording)


async def _first(target: Target, shared: _Round) -> Probe:
    """Ask as a user does; a wait for our own means may not shorten its time."""
    patience = shared.end - monotonic() - target.timeout_seconds
    return await shared.capacity.probes.run(
        target.name,
        patience,
        lambda: fetch(ask(target, Role.FIRST, shared.end - monotonic())),
    )


async def _investigated(target: Target, run: ProbeRun, shared: _Round) -> ProbeRun:
    """Return the full run; what fails in it, or has no time, is told in words."""
    addresses = await shared.call(shared.recorder, shared.balancer_ips, target)
    seconds = min(shared.plan.seconds, shared.end - monotonic())
    if seconds < shared.plan.shortest:
        return replace(run, skipped=("investigation: no time left in this run",))
    plan = replace(shared.plan, seconds=seconds)
    try:
        async with asyncio.timeout(seconds + 1):
            return await investigate(
                target, run.first, addresses or (), plan, shared.capacity
            )
    except Exception as error:  # noqa: BLE001 - a defect loses nobody else's run
        told = f"investigation: {type(error).__name__}: {error}"
        return replace(run, skipped=kept_texts([told]))
