"""Investigate: what tells a failing target's possible causes apart.

In: a target that failed just now, its first probe, its balancer's addresses.
Out: more probes, the resolvers' answers, and in words what was left out.
It does not: run for healthy targets, judge, or exceed its time.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from urllib.parse import urlsplit

from parallax.model.probe import Probe, ProbeRun, Resolution
from parallax.model.target import Target
from parallax.probe.address import is_address
from parallax.probe.fetch import fetch
from parallax.probe.plan import Plan, Timed, questions

KEPT = 2048
"""Bytes of body kept beyond the first: a page's signature is far shorter."""


def bounded(probe: Probe) -> Probe:
    """Return the probe with only the start of its body."""
    raw = probe.body.encode()
    if len(raw) <= KEPT:
        return probe
    return replace(probe, body=raw[:KEPT].decode(errors="ignore"), body_truncated=True)


async def investigate(
    target: Target, first: Probe, addresses: Sequence[str], plan: Plan
) -> ProbeRun:
    """Ask everything of the plan, side by side, within `plan.seconds`.

    A defect in one part is told in `skipped` and loses nothing else.
    """
    timed, skipped = questions(target, first, addresses, plan)
    began = monotonic()
    end = began + plan.seconds
    asking = [_later(one, began, end, plan) for one in timed]
    asked, (compared,) = await asyncio.gather(
        asyncio.gather(*asking, return_exceptions=True),
        asyncio.gather(_resolutions(target, plan), return_exceptions=True),
    )
    probes = [first]
    for result in asked:
        if isinstance(result, Probe):
            probes.append(bounded(result))
        else:
            skipped.append(result if isinstance(result, str) else f"{result!r}")
    resolutions: tuple[Resolution, ...] = ()
    if isinstance(compared, BaseException):
        skipped.append(f"resolvers: {compared!r}")
    else:
        resolutions = compared
    return ProbeRun(
        target=target.name,
        started_at=first.started_at,
        probes=tuple(probes),
        resolutions=resolutions,
        skipped=tuple(dict.fromkeys(skipped)),
    )


async def _later(timed: Timed, began: float, end: float, plan: Plan) -> Probe | str:
    """Ask in due time, with what time is left; a string says why not."""
    await asyncio.sleep(began + timed.at - monotonic())
    left = end - monotonic()
    question = timed.question
    if left < min(plan.shortest, question.timeout):
        return f"{question.role}: no time left"
    return await fetch(replace(question, timeout=min(question.timeout, left)))


async def _resolutions(target: Target, plan: Plan) -> tuple[Resolution, ...]:
    await asyncio.sleep(plan.compare_at)
    from parallax.probe import resolvers  # noqa: PLC0415 - off the cold start

    host = urlsplit(target.url).hostname or ""
    if is_address(host):
        return ()
    return await resolvers.compare(
        host,
        plan.resolvers,
        min(plan.resolver_seconds, plan.seconds),
        allow_private=target.allow_private_addresses,
        port=plan.dns_port,
    )
