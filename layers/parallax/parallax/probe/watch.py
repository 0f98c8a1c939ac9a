"""Watch: probe all targets once, and investigate the failing ones at once.

In: targets, the addresses of their load balancers, and functions that receive a run.
Out: nothing; `measure` and `record` get each `ProbeRun` as soon as it is complete.
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
from parallax.probe.plan import Plan, user_request
from parallax.probe.slots import Capacity

_RESERVE = 2.0
"""Seconds of the budget that are reserved for storing the runs."""

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Round:
    """The values that all targets of one round share."""

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
        """Call a function on its thread, and collect what it raises."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(thread, lambda: function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - collected, raised at the end
            self.errors.append(error)
            return None


def watch(  # noqa: PLR0913 - one for each use of a run
    targets: Sequence[Target],
    *,
    balancer_ips: Callable[[Target], Sequence[str]],
    record: Callable[[ProbeRun], None],
    measure: Callable[[ProbeRun], None] = lambda _: None,
    budget: float = 50.0,
    plan: Plan | None = None,
) -> None:
    """Probe every target once, and investigate the failing ones concurrently.

    `record` gets a run with the first probe as soon as that probe ends, and for a
    failing target a second, full run with the same `started_at`. `record` and
    `balancer_ips` are called on one thread, never at the same time. `measure` gets each
    first run on its own thread, so that a `record` that hangs costs no measurement. At
    the end, an `ExceptionGroup` has what they raised. `budget` is seconds for all.

    If this machine could not send a target's probe, the target has no run, and the log
    has the reason: it says nothing about the target.
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
        raise ExceptionGroup("some runs were not recorded", shared.errors)


async def _all(targets: Sequence[Target], shared: _Round) -> None:
    tasks: list[asyncio.Task[None]] = []
    for target in targets:
        tasks.append(asyncio.create_task(_one(target, shared)))
        await asyncio.sleep(SPACING)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    shared.errors += [error for error in results if isinstance(error, Exception)]


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
    """Send a user's request; a wait for a slot must not shorten its timeout."""
    patience = shared.end - monotonic() - target.timeout_seconds
    return await shared.capacity.probes.run(
        target.name,
        patience,
        lambda: fetch(user_request(target, Role.FIRST, shared.end - monotonic())),
    )


async def _investigated(target: Target, run: ProbeRun, shared: _Round) -> ProbeRun:
    """Return the full run; `skipped` names the parts that failed or had no time."""
    addresses = await shared.call(shared.recorder, shared.balancer_ips, target)
    seconds = min(shared.plan.seconds, shared.end - monotonic())
    if seconds < shared.plan.shortest:
        return replace(run, skipped=("investigation: out of time",))
    plan = replace(shared.plan, seconds=seconds)
    try:
        async with asyncio.timeout(seconds + 1):
            return await investigate(
                target, run.first, addresses or (), plan, shared.capacity
            )
    except Exception as error:  # noqa: BLE001 - a defect costs no other run
        reason = f"investigation: {type(error).__name__}: {error}"
        return replace(run, skipped=kept_texts([reason]))
