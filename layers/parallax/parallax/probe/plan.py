"""Plan: which requests an investigation sends, when, and which it skips.

In: a target that failed, its first probe, its load balancer's addresses.
Out: requests with their times, and sentences about the requests that are skipped.
It does not: send a request.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from math import ceil
from urllib.parse import urlsplit, urlunsplit

from parallax.model.probe import Probe, Role
from parallax.model.target import Method, Target
from parallax.probe.egress import has_route, no_route
from parallax.probe.logins import Logins, no_logins
from parallax.probe.probe_request import ProbeRequest
from parallax.settings import SYSTEM_RESOLVER, Settings

UNKNOWN_HOST = "parallax-unknown-host.invalid"
"""A host that no server has: RFC 2606 reserves `.invalid`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many requests, and when; all times in seconds.

    Single probes start a quarter of `interval` away from repeats, and half of it from
    each other, so that none distorts another's timing.
    """

    repeats: int = 10
    interval: float = 2.0
    seconds: float = 25.0
    shortest: float = 1.0
    """A probe with less time than this would report a slow response as a timeout."""
    resolvers: tuple[str, ...] = (SYSTEM_RESOLVER, "1.1.1.1", "8.8.8.8", "9.9.9.9")
    resolver_seconds: float = 4.0
    dns_port: int = 53
    direct_addresses: int = 2
    direct_behind_cdn: int = 3
    """Requests past a CDN: of an intermittent failure one may succeed by chance."""
    addresses: int = 8
    """Addresses of the name; the time allows all of them to be slow."""
    control_url: str | None = None
    control_seconds: float = 5.0
    logins: Logins = no_logins
    """Returns the login of a target; None: it has none."""

    @property
    def compare_at(self) -> float:
        """Between two starts: the import of dnspython would distort their timing."""
        return self.interval / 2

    def single_at(self, place: int) -> float:
        """Return when the single probe at this place, from 0, starts."""
        return self.interval * (2 * place + 1) / 4

    def place_after(self, seconds: float) -> int:
        """Return the first place of a single probe that starts no earlier."""
        if not self.interval:
            return 0
        return max(0, ceil((4 * seconds / self.interval - 1) / 2))


def configured_plan(settings: Settings) -> Plan:
    """Return the plan with the stack's parameters; without them the defaults."""
    plan = Plan(interval=settings.repeat_seconds, control_url=settings.control_url)
    return replace(plan, resolvers=settings.resolvers) if settings.resolvers else plan


@dataclass(frozen=True, slots=True)
class Timed:
    """A request and when to send it, in seconds from the start."""

    at: float
    request: ProbeRequest


def user_request(
    target: Target, role: Role, seconds: float, plan: Plan
) -> ProbeRequest:
    """Return the request that a user of the target sends.

    Raises `NotSentError` if the target's login cannot be read: without it the response
    would say nothing about the target.
    """
    return ProbeRequest(
        role=role,
        url=target.url,
        healthy=target.healthy,
        method=target.method,
        headers=target.request_headers,
        body=target.request_body,
        credential=plan.logins(target),
        timeout=min(target.timeout_seconds, seconds),
        allow_private=target.allow_private_addresses,
    )


def repeats(target: Target, plan: Plan) -> list[Timed]:
    """Return the user's request, once per interval."""
    user = user_request(target, Role.REPEAT, plan.seconds, plan)
    return [Timed(turn * plan.interval, user) for turn in range(plan.repeats)]


def singles(
    target: Target, first: Probe, addresses: Sequence[str], plan: Plan
) -> tuple[list[ProbeRequest], list[str]]:
    """Return the requests that are sent once, and sentences about skipped ones.

    `addresses` are the load balancer's.
    """
    user = user_request(target, Role.REPEAT, plan.seconds, plan)
    reached = [address for address in addresses if has_route(address)]
    requests = [_cache_buster(user)]
    requests += [
        replace(user, role=Role.DIRECT, address=address)
        for address in _direct(target, reached, plan)
    ]
    skipped = _not_direct(target, addresses, reached)
    entrance = _entrance(target, first, [*reached, *addresses])
    if entrance is None:
        skipped.append("unknown-host: no address of the load balancer is known")
    elif has_route(entrance):
        requests.append(_unknown_host(user, entrance))
    else:
        skipped.append(f"unknown-host to {entrance}: {no_route(entrance)}")
    return requests, skipped


def _direct(target: Target, reached: Sequence[str], plan: Plan) -> Iterable[str]:
    """Return the address of each direct request: one each, behind a CDN in turn."""
    chosen = reached[: plan.direct_addresses]
    count = plan.direct_behind_cdn if target.reached.cdn else len(chosen)
    return islice(cycle(chosen), count)


def _not_direct(
    target: Target, addresses: Sequence[str], reached: Sequence[str]
) -> list[str]:
    """Return sentences about addresses of the load balancer that are skipped.

    Without a route the failure would be this machine's, not the target's.
    """
    if not addresses:
        if target.reached.no_balancer:
            return ["direct: the target has no load balancer"]
        name = target.reached.load_balancer or "the target's load balancer"
        return [f"direct: no address of {name} is known"]
    return [
        f"direct to {address}: {no_route(address)}"
        for address in addresses
        if address not in reached
    ]


def _entrance(target: Target, first: Probe, addresses: Sequence[str]) -> str | None:
    """Return the address at which an unknown host reaches the load balancer.

    A CDN responds to an unknown host by itself, so behind one the load balancer's own
    address is needed.
    """
    if addresses:
        return addresses[0]
    return None if target.reached.cdn else first.peer_address


def _cache_buster(user: ProbeRequest) -> ProbeRequest:
    parts = urlsplit(user.url)
    mark = f"parallax-cache-buster={uuid.uuid4().hex}"
    query = f"{parts.query}&{mark}" if parts.query else mark
    path = parts.path or "/"
    return replace(
        user,
        role=Role.CACHE_BUSTER,
        url=urlunsplit(parts._replace(path=path, query=query)),
        headers=(*user.headers, ("Cache-Control", "no-cache")),
    )


def _unknown_host(user: ProbeRequest, address: str) -> ProbeRequest:
    """Return a request for a host that no server has and no certificate matches."""
    return replace(
        user,
        role=Role.UNKNOWN_HOST,
        address=address,
        host=UNKNOWN_HOST,
        verify=False,
        method=Method.GET,
        headers=(),
        body=None,
        sends_login=False,
    )
