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
from parallax.probe.bound import bounded, first_bounded, kept_texts
from parallax.probe.failure import NotSentError
from parallax.probe.fetch import SPACING, fetch
from parallax.probe.investigate import investigate
from parallax.probe.plan import Plan, user_request
from parallax.probe.slots import Capacity
from parallax.probe.uses import Uses

BUDGET = 50.0
"""Seconds for all probes of one invocation, which has 58."""
WRITERS = 8
"""Runs that are stored at the same time, each on its own connection; boto3's client
keeps ten (`max_pool_connections`)."""
UNCHANGED = "investigation: not repeated, since the failure is unchanged"
_RESERVE = 2.0
"""Seconds of the budget that are reserved for storing the runs."""
_GRACE = 3.0
"""Seconds after the budget until writes that hang are given up."""

logger = logging.getLogger(__name__)


class CutOffError(Exception):
    """Runs were not stored when the time of the invocation ended."""


@dataclass(slots=True, kw_only=True)
class _Round:
    """The values that all targets of one round share."""

    uses: Uses
    plan: Plan
    end: float
    pending: int
    recorder: ThreadPoolExecutor
    meter: ThreadPoolExecutor
    settler: ThreadPoolExecutor
    capacity: Capacity = field(default_factory=Capacity)
    firsts: list[ProbeRun] = field(default_factory=list[ProbeRun])
    all_ended: asyncio.Event = field(default_factory=asyncio.Event)
    errors: list[Exception] = field(default_factory=list[Exception])
    not_sent: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def first_ended(self, run: ProbeRun | None) -> None:
        """Note that a target's first probe ended; None: it has no result."""
        self.firsts += [run] if run else []
        self.pending -= 1
        if self.pending <= 0:
            self.all_ended.set()

    async def call[T](
        self,
        thread: ThreadPoolExecutor,
        function: Callable[..., T] | None,
        *args: object,
    ) -> T | None:
        """Call a function on one of these threads, and collect what it raises."""
        if function is None:
            return None
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(thread, function, *args)
        except Exception as error:  # noqa: BLE001 - collected, raised at the end
            self.errors.append(error)
            return None


def watch(
    targets: Sequence[Target],
    uses: Uses,
    *,
    budget: float = BUDGET,
    plan: Plan | None = None,
) -> None:
    """Probe every target once, and investigate the failing ones concurrently.

    `record` gets a run with the first probe as soon as that probe ends, and for an
    investigated target a second, full run with the same `started_at`. `budget` is
    seconds for all; three seconds later, writes that still hang are given up. At the
    end, an `ExceptionGroup` has what was raised, and a `CutOffError` for such writes.

    If this machine could not send a target's probe, the target has no run, and the log
    has the reason: it says nothing about the target.
    """
    cut_off = monotonic() + max(0.0, budget) + _GRACE
    recorder = ThreadPoolExecutor(WRITERS, "record")
    meter, settler = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
    shared = _Round(
        uses=uses,
        plan=plan or Plan(),
        end=monotonic() + budget - _RESERVE,
        pending=len(targets),
        recorder=recorder,
        meter=meter,
        settler=settler,
    )
    try:
        asyncio.run(_all(targets, shared, cut_off))
    finally:
        # A thread that hangs must not cost what the others have measured.
        for threads in (recorder, meter, settler):
            threads.shutdown(wait=False, cancel_futures=True)
    for reason, names in shared.not_sent.items():
        facts = {"reason": reason, "targets": names}
        logger.error("targets were not probed", extra=facts)
    if shared.errors:
        raise ExceptionGroup("some runs were not recorded", shared.errors)


async def _all(targets: Sequence[Target], shared: _Round, cut_off: float) -> None:
    settling = asyncio.create_task(_settle(shared))
    tasks = [settling]
    if not targets:
        shared.all_ended.set()
    for target in targets:
        tasks.append(asyncio.create_task(_one(target, shared)))
        await asyncio.sleep(SPACING)
    done, late = await asyncio.wait(tasks, timeout=cut_off - monotonic())
    raised = [task.exception() for task in done]
    shared.errors += [error for error in raised if isinstance(error, Exception)]
    if late:
        shared.errors.append(CutOffError(f"{len(late)} targets: out of time"))


async def _settle(shared: _Round) -> None:
    await shared.all_ended.wait()
    await shared.call(shared.settler, shared.uses.settled, shared.firsts)


async def _one(target: Target, shared: _Round) -> None:
    run = None
    try:
        first = first_bounded(await _first(target, shared))
        run = ProbeRun(target=target.name, started_at=first.started_at, probes=(first,))
    except NotSentError as error:
        shared.not_sent.setdefault(f"{error}", []).append(target.name)
    finally:
        shared.first_ended(run)
    if run is not None:
        measuring = shared.call(shared.meter, shared.uses.measure, run)
        await asyncio.gather(measuring, _stored(target, run, shared))


async def _stored(target: Target, run: ProbeRun, shared: _Round) -> None:
    """Store a run at once, and again with its investigation."""
    if run.first.healthy or not shared.uses.investigates(run):
        run = run if run.first.healthy else unchanged(run)
        if shared.uses.stores(run):
            await shared.call(shared.recorder, shared.uses.record, run)
        return
    recording = asyncio.ensure_future(
        shared.call(shared.recorder, shared.uses.record, run)
    )
    full = await _investigated(target, run, shared)
    await recording
    await shared.call(shared.recorder, shared.uses.record, full)


def unchanged(run: ProbeRun) -> ProbeRun:
    """Return a run that is not investigated; the body of the page is known."""
    first = bounded(run.first)
    return replace(run, probes=(first,), still=True, skipped=(UNCHANGED,))


async def _first(target: Target, shared: _Round) -> Probe:
    """Send a user's request; a wait for a slot must not shorten its timeout."""
    left = shared.end - monotonic()
    if left <= 0:
        raise NotSentError("out of time")
    first = replace(target, timeout_seconds=shared.uses.patience(target))
    plan = shared.plan
    return await shared.capacity.probes.run(
        target.name,
        left - first.timeout_seconds,
        lambda: fetch(user_request(first, Role.FIRST, shared.end - monotonic(), plan)),
    )


async def _investigated(target: Target, run: ProbeRun, shared: _Round) -> ProbeRun:
    """Return the full run; `skipped` names the parts that failed or had no time."""
    addresses = await shared.call(shared.recorder, shared.uses.balancer_ips, target)
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
