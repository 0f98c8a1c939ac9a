"""Outside: one investigation of a URL from this machine, as the probe function does it.

In: a target, a plan, addresses or a token that lead to its load balancer.
Out: a snapshot with the outside view only, and the chain of redirects. `seen` gets each
result while it runs.
It does not: judge, print, or store. Unlike the probe function it also investigates a
URL whose first request succeeds: a failure may be intermittent.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from threading import Thread
from urllib.parse import urlsplit

from parallax.cli.redirects import follow
from parallax.diagnose.join import join
from parallax.model.balancer import BalancerReading
from parallax.model.probe import AS_A_USER, Probe, ProbeRun, Resolution, Role
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target
from parallax.probe import Plan, fetch, investigate
from parallax.probe.bound import bounded, first_bounded
from parallax.probe.failure import Failure, NotSentError
from parallax.probe.plan import user_request
from parallax.probe.resolve import lookup

type Seen = Callable[[Probe | Resolution | str], None]
"""Gets each result, or a sentence about the step that begins."""
type Read = Callable[[Target, Sequence[str], ProbeRun | None], BalancerReading | None]
"""Reads a target's load balancer, given the addresses of its name and its run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What one investigation found. `redirects` are the responses behind the first."""

    snapshot: Snapshot
    redirects: tuple[Probe, ...] = ()

    @property
    def run(self) -> ProbeRun:
        """The probes; an investigation always has some."""
        run = self.snapshot.run
        assert run is not None  # noqa: S101 - `look` sets it
        return run


async def look(
    target: Target, plan: Plan, addresses: Sequence[str], read: Read | None, seen: Seen
) -> Outside:
    """Investigate a target; `read` None: no token, so no load balancer is read.

    Raises `NotSentError` if this machine cannot send a request at all.
    """
    first = first_bounded(
        await fetch(user_request(target, Role.FIRST, target.timeout_seconds, plan))
    )
    seen(first)
    redirects = tuple([bounded(p) async for p in follow(target, first, seen)])
    resolved = await _resolved(target)
    if read is not None:
        seen("reading the load balancers at Hetzner")
        before = await _in_thread(lambda: read(target, resolved, None))
        addresses = tuple(dict.fromkeys([*addresses, *entrances(before, target)]))
    run = await investigate(target, first, addresses, plan, seen=seen)
    run = failing_first(run)
    reading = None
    if read is not None:  # again: a reading from before the failure proves nothing
        reading = await _in_thread(lambda: read(target, resolved, run))
    observed = [one for one in (run, reading) if one is not None]
    snapshot = join(target, observed, taken_at=datetime.now(UTC))
    return Outside(snapshot=snapshot, redirects=redirects)


def failing_first(run: ProbeRun) -> ProbeRun:
    """Return the run with a failing request first, if only the first one succeeded.

    A scheduled probe would have begun the investigation with that request.
    """
    failing = (p for p in run.by_role(Role.REPEAT) if not p.healthy)
    chosen = next(failing, None) if run.first.healthy else None
    if chosen is None:
        return run
    others = [p for p in run.probes[1:] if p is not chosen]
    before = replace(run.first, role=Role.REPEAT)
    probes = (replace(chosen, role=Role.FIRST), before, *others)
    return replace(run, started_at=chosen.started_at, probes=probes)


def entrances(reading: BalancerReading | None, target: Target) -> tuple[str, ...]:
    """Return where users reach the load balancer, as the probe function requests it."""
    from parallax.probe.address import permitted  # noqa: PLC0415 - only with a token

    balancer = reading.load_balancer if reading else None
    if balancer is None:
        return ()
    public = (balancer.ipv4, balancer.ipv6)
    own = public if balancer.public_interface else balancer.private_ips
    private = target.allow_private_addresses
    return tuple(
        a for a in own if a and permitted(a, target.host, allow_private=private)
    )


def is_served(run: ProbeRun) -> bool:
    """Say whether every request that a user would send was healthy."""
    return all(p.healthy for p in run.by_role(*AS_A_USER))


async def _resolved(target: Target) -> tuple[str, ...]:
    """Return the addresses of the target's name by this machine; none if it has none.

    The first request reports why.
    """
    try:
        return await lookup(urlsplit(target.url).hostname or "", target.port)
    except (Failure, NotSentError):
        return ()


async def _in_thread[T](call: Callable[[], T]) -> T:
    """Return what a call returns, or raise what it raises.

    Its thread is a daemon: Ctrl-C does not wait for an API that hangs, as the end of
    `asyncio.to_thread` would.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - raised where it is awaited
            report = partial(future.set_exception, error)
        else:
            report = partial(future.set_result, result)
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(report)

    Thread(target=run, daemon=True, name="hetzner").start()
    return await future
