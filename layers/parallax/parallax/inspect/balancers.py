"""Balancers: one look at the API serves every target.

In: the lists of a project, page by page. Out: readings.
It does not: read more than it needs. Two calls tell all balancers and their
servers; certificates and firewalls are a call each, where a target's balancer
shows one or comes through one. What of these fails stays "not known".
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import monotonic

from parallax.inspect.look import Look
from parallax.inspect.problems import explained
from parallax.inspect.project import Project
from parallax.inspect.serving import Serving, names, serving
from parallax.model.balancer import BalancerReading, LoadBalancer, Problem
from parallax.model.plain import plain_line
from parallax.model.target import Target

DETAIL = 2000
"""Characters of an explanation: names and texts of the API may be of any length."""
BUDGET = 10.0
"""Seconds for all of a reading; a hanging API must not hold up the stream."""

type Addresses = Callable[[Target], Sequence[str]]
"""What a target's name was last answered with; empty: not known."""

log = logging.getLogger(__name__)


def no_addresses(_target: Target) -> Sequence[str]:
    """Know of no address: a target's balancer is then found by its name alone."""
    return ()


def read(
    project: Project,
    targets: Sequence[Target],
    now: datetime,
    budget: float = BUDGET,
    addresses: Addresses = no_addresses,
) -> tuple[BalancerReading, ...]:
    """Read the balancers of all targets; never raises for what the API does.

    `now` stamps the readings and is the moment before the API is asked: what
    the reading says is at least that fresh. `budget` is in seconds. A target that
    names no load balancer, and of which no address is known, gets no reading;
    behind a CDN it is told to name one.
    """
    known = {t.name: _known(addresses, t) for t in targets if _unnamed(t)}
    hidden = [t for t in targets if _unnamed(t) and t.reached.cdn]
    told = tuple(
        _none(t, now, Problem.NOT_FOUND, serving(t, (), ()).why) for t in hidden
    )
    wanted = [t for t in targets if t.reached.load_balancer or known.get(t.name)]
    if not wanted:
        return told
    allowance = project.allowance
    if reason := allowance.closed(allowance.a_look):
        skipped = (_none(t, now, Problem.RATE_LIMITED, reason) for t in wanted)
        return (*told, *skipped)
    before = allowance.calls
    look = Look(project, monotonic() + budget)
    served = _served(look, wanted, known, addresses, now)
    allowance.looked(allowance.calls - before)
    return (*told, *served)


def _served(
    look: Look,
    wanted: Sequence[Target],
    known: dict[str, Sequence[str]],
    addresses: Addresses,
    now: datetime,
) -> tuple[BalancerReading, ...]:
    there = {balancer.name for balancer in look.balancers}
    # Of a named one that is not there, the addresses tell what became of it.
    lost = [t for t in wanted if t.reached.load_balancer not in {None, *there}]
    known |= {t.name: _known(addresses, t) for t in lost}
    servers = list(look.servers.values())
    found = {
        t.name: serving(t, known.get(t.name, ()), look.balancers, servers)
        for t in wanted
    }
    served = {f.balancer.id: f.balancer for f in found.values() if f.balancer}
    whole = look.complete(list(served.values()))
    return tuple(_reading(t, found[t.name], look, whole, now) for t in wanted)


def unread(
    targets: Sequence[Target], now: datetime, problem: Problem, detail: str
) -> tuple[BalancerReading, ...]:
    """Return a reading for each target that says why no balancer could be read.

    Also for one that names none: by its address it may have been found.
    """
    return tuple(_none(target, now, problem, detail) for target in targets)


def _unnamed(target: Target) -> bool:
    return target.reached.load_balancer is None


def _known(addresses: Addresses, target: Target) -> Sequence[str]:
    """Return the addresses where they may decide; the journal's trouble is not ours."""
    if target.reached.cdn:
        return ()
    try:
        return addresses(target)
    except Exception as error:  # noqa: BLE001 - a balancer's health is dearer than its name
        facts = {"target": target.name, "reason": repr(error)}
        log.warning("addresses of the target could not be read", extra=facts)
        return ()


def _reading(
    target: Target,
    found: Serving,
    look: Look,
    whole: Mapping[int, LoadBalancer],
    now: datetime,
) -> BalancerReading:
    if found.balancer:
        return BalancerReading(
            target=target.name,
            read_at=now,
            load_balancer=whole[found.balancer.id],
            matched_by=_short(found.why),
            problem_detail=_left_out(whole[found.balancer.id]),
        )
    return _none(target, now, *_why_none(target, found, look))


def _why_none(target: Target, found: Serving, look: Look) -> tuple[Problem, str]:
    """Say why a target has no balancer; what was not read may have been it."""
    name = target.reached.load_balancer
    if name in look.broken:
        return _odd(name, look.broken[name])
    if look.error:
        what, detail = explained(look.error)
        if look.balancers:
            detail += f"; read before that: {names(look.balancers, name or '')}"
        return what, detail
    if name is None and look.broken:
        what, detail = _odd(*next(iter(look.broken.items())))
        return what, f"{found.why}; it may be one that could not be read: {detail}"
    return Problem.NOT_FOUND, found.why


def _odd(name: str, error: Exception) -> tuple[Problem, str]:
    what, detail = explained(error)
    return what, f"load balancer {name!r}: {detail}"


def _left_out(balancer: LoadBalancer) -> str | None:
    """Say which services are not in a reading; None: all are."""
    if not balancer.unread_services:
        return None
    ports = (str(port or "unknown") for port in balancer.unread_services)
    return _short(f"left out, because of an unknown shape: service {', '.join(ports)}")


def _short(text: str) -> str:
    return plain_line(text[:DETAIL])


def _none(
    target: Target, now: datetime, problem: Problem, detail: str
) -> BalancerReading:
    return BalancerReading(
        target=target.name, read_at=now, problem=problem, problem_detail=_short(detail)
    )
