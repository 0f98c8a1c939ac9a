"""Plan: what an investigation asks, when, and what it leaves out.

In: a target that failed, its first probe, its balancer's addresses.
Out: questions with their time, and in words what will not be asked and why.
It does not: ask.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from urllib.parse import urlsplit, urlunsplit

from parallax.model.probe import Probe, Role
from parallax.model.target import Target
from parallax.probe.question import Question
from parallax.probe.way_out import has_route, no_route
from parallax.settings import SYSTEM_RESOLVER

UNKNOWN_HOST = "parallax-unknown-host.invalid"
"""A Host that nobody can serve: RFC 2606 keeps `.invalid` free for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how often; all times in seconds.

    The single probes start a quarter of `interval` away from repeats, and half
    of it from each other, so that none spoils another's timing.
    """

    repeats: int = 10
    interval: float = 2.0
    seconds: float = 25.0
    shortest: float = 1.0
    """A probe with less time than this would call a slow answer a timeout."""
    resolvers: tuple[str, ...] = (SYSTEM_RESOLVER, "1.1.1.1", "8.8.8.8", "9.9.9.9")
    resolver_seconds: float = 4.0
    dns_port: int = 53
    direct_addresses: int = 2
    addresses: int = 8
    """Of the name; one slow address after the other still lies within the time."""
    control_url: str | None = None
    control_seconds: float = 5.0

    @property
    def compare_at(self) -> float:
        """Between two starts: the import of dnspython would spoil their timing."""
        return self.interval / 2

    def single_at(self, place: int) -> float:
        """Return when the single probe in this place, from 0, starts."""
        return self.interval * (2 * place + 1) / 4

    def place_after(self, seconds: float) -> int:
        """Return the first place for a single probe that is not over by then."""
        if not self.interval:
            return 0
        return max(0, ceil((4 * seconds / self.interval - 1) / 2))


@dataclass(frozen=True, slots=True)
class Timed:
    """A question and when to ask it, in seconds from the start."""

    at: float
    question: Question


def ask(target: Target, role: Role, seconds: float) -> Question:
    """Return the question a user of the target would ask."""
    return Question(
        role=role,
        url=target.url,
        healthy=target.healthy,
        timeout=min(target.timeout_seconds, seconds),
        allow_private=target.allow_private_addresses,
    )


def repeats(target: Target, plan: Plan) -> list[Timed]:
    """Return the user's question again and again."""
    user = ask(target, Role.REPEAT, plan.seconds)
    return [Timed(turn * plan.interval, user) for turn in range(plan.repeats)]


def singles(
    target: Target, first: Probe, addresses: Sequence[str], plan: Plan
) -> tuple[list[Question], list[str]]:
    """Return what is asked once, and what is left out; `addresses` the balancer's."""
    user = ask(target, Role.REPEAT, plan.seconds)
    reached = [address for address in addresses if has_route(address)]
    asked = [_cache_buster(user)]
    asked += [
        replace(user, role=Role.DIRECT, address=address)
        for address in reached[: plan.direct_addresses]
    ]
    skipped = _not_direct(target, addresses, reached)
    entrance = _entrance(target, first, [*reached, *addresses])
    if entrance is None:
        skipped.append("unknown-host: no address of the load balancer is known")
    elif has_route(entrance):
        asked.append(_unknown_host(user, entrance))
    else:
        skipped.append(f"unknown-host to {entrance}: {no_route(entrance)}")
    return asked, skipped


def _not_direct(
    target: Target, addresses: Sequence[str], reached: Sequence[str]
) -> list[str]:
    """Say which addresses of the balancer are not asked.

    Without a route the failure would be this machine's, not the target's.
    """
    if not addresses:
        name = target.reached.load_balancer or "the target's load balancer"
        return [f"direct: no address of {name} is known"]
    return [
        f"direct to {address}: {no_route(address)}"
        for address in addresses
        if address not in reached
    ]


def _entrance(target: Target, first: Probe, addresses: Sequence[str]) -> str | None:
    """Return where an unknown Host reaches the balancer.

    A CDN would answer an unknown Host by itself, so behind one only the
    balancer's own address will do.
    """
    if addresses:
        return addresses[0]
    return None if target.reached.cdn else first.peer_address


def _cache_buster(user: Question) -> Question:
    parts = urlsplit(user.url)
    mark = f"parallax-cache-buster={uuid.uuid4().hex}"
    query = f"{parts.query}&{mark}" if parts.query else mark
    path = parts.path or "/"
    return replace(
        user,
        role=Role.CACHE_BUSTER,
        url=urlunsplit(parts._replace(path=path, query=query)),
        headers=(("Cache-Control", "no-cache"),),
    )


def _unknown_host(user: Question, address: str) -> Question:
    """Ask for a host that nobody serves; no certificate can match its name."""
    return replace(
        user,
        role=Role.UNKNOWN_HOST,
        address=address,
        host=UNKNOWN_HOST,
        verify=False,
    )
