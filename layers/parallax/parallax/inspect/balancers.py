"""Balancers: one reading of the API serves every target.

In: the lists of a project, page by page. Out: readings.
It does not: read more than it needs. Two calls return all load balancers and their
servers. Certificates and firewalls take a call each, if a target's load balancer uses
them. A list that cannot be read leaves its part of the reading unknown.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic

from parallax.inspect.problems import explain
from parallax.inspect.project import Project
from parallax.inspect.project_reading import ProjectReading
from parallax.inspect.serving import Serving, list_names, serving
from parallax.model.balancer import BalancerReading, LoadBalancer, Problem
from parallax.model.plain import plain_line
from parallax.model.target import Target

DETAIL = 2000
"""Characters of an explanation: names and texts of the API may be of any length."""
BUDGET = 10.0
"""Seconds for a whole reading; an API that hangs must not hold up the stream."""

type Addresses = Callable[[Target], Sequence[str]]
"""The addresses that a target's name last resolved to; empty: not known."""

log = logging.getLogger(__name__)


def no_addresses(_target: Target) -> Sequence[str]:
    """Return no address: a target's load balancer is then matched by name alone."""
    return ()


def read_balancers(
    project: Project,
    targets: Sequence[Target],
    now: datetime,
    budget: float = BUDGET,
    addresses: Addresses = no_addresses,
) -> tuple[BalancerReading, ...]:
    """Read the load balancers of all targets; never raises for what the API does.

    `now` stamps the readings and is the moment before the first call: the content of
    a reading is at least that fresh. `budget` is in seconds. A target that names no
    load balancer, and has no known address, gets no reading; behind a CDN its reading
    names `reached.load_balancer` as the field to set.
    """
    resolved = {t.name: _resolved(addresses, t) for t in targets if _unnamed(t)}
    behind_cdn = [t for t in targets if _unnamed(t) and t.reached.cdn]
    unmatched = tuple(
        _problem(t, now, Problem.NOT_FOUND, serving(t, (), ()).why) for t in behind_cdn
    )
    wanted = [t for t in targets if t.reached.load_balancer or resolved.get(t.name)]
    if not wanted:
        return unmatched
    allowance = project.allowance
    if reason := allowance.closed(allowance.calls_per_reading):
        skipped = (_problem(t, now, Problem.RATE_LIMITED, reason) for t in wanted)
        return (*unmatched, *skipped)
    before = allowance.calls
    reading = ProjectReading(project, monotonic() + budget)
    matched = _match(reading, wanted, resolved, addresses, now)
    allowance.note_reading(allowance.calls - before)
    return (*unmatched, *matched)


def _match(
    reading: ProjectReading,
    wanted: Sequence[Target],
    resolved: dict[str, Sequence[str]],
    addresses: Addresses,
    now: datetime,
) -> tuple[BalancerReading, ...]:
    present = {balancer.name for balancer in reading.balancers}
    # If the named one is absent, the addresses may show its new name. If it is not the
    # only one, the name may have addresses of others as well.
    several = len(reading.balancers) > 1
    named = [t for t in wanted if not _unnamed(t)]
    open_ = [t for t in named if several or t.reached.load_balancer not in present]
    resolved |= {t.name: _resolved(addresses, t) for t in open_}
    servers = list(reading.servers.values())
    matches = {
        t.name: serving(t, resolved.get(t.name, ()), reading.balancers, servers)
        for t in wanted
    }
    matched = {b.id: b for m in matches.values() for b in _every(m)}
    complete = reading.complete(list(matched.values()))
    return tuple(_reading(t, matches[t.name], reading, complete, now) for t in wanted)


def _every(match: Serving) -> tuple[LoadBalancer, ...]:
    return (*((match.balancer,) if match.balancer else ()), *match.others)


def problem_readings(
    targets: Sequence[Target], now: datetime, problem: Problem, detail: str
) -> tuple[BalancerReading, ...]:
    """Return a reading for each target that states why no load balancer was read.

    This includes targets that name none: they may have been matched by address.
    """
    return tuple(_problem(target, now, problem, detail) for target in targets)


def _unnamed(target: Target) -> bool:
    return target.reached.load_balancer is None


def _resolved(addresses: Addresses, target: Target) -> Sequence[str]:
    """Return the addresses where they can identify a load balancer.

    Without the journal the reading continues: health matters more than the match.
    """
    if target.reached.cdn:
        return ()
    try:
        return addresses(target)
    except Exception as error:  # noqa: BLE001 - see above
        facts = {"target": target.name, "reason": repr(error)}
        log.warning("addresses of the target could not be read", extra=facts)
        return ()


def _reading(
    target: Target,
    match: Serving,
    reading: ProjectReading,
    complete: Mapping[int, LoadBalancer],
    now: datetime,
) -> BalancerReading:
    others = tuple(complete[other.id] for other in match.others)
    if match.balancer:
        return BalancerReading(
            target=target.name,
            read_at=now,
            load_balancer=complete[match.balancer.id],
            matched_by=_short(match.why),
            problem_detail=_omitted_services(complete[match.balancer.id]),
            others=others,
        )
    problem = _problem(target, now, *_why_none(target, match, reading))
    return replace(problem, others=others)


def _why_none(
    target: Target, match: Serving, reading: ProjectReading
) -> tuple[Problem, str]:
    """Return why a target has no load balancer; it may be one that was not read."""
    name = target.reached.load_balancer
    if name in reading.malformed:
        return _malformed(name, reading.malformed[name])
    if reading.error:
        problem, detail = explain(reading.error)
        if reading.balancers:
            before = list_names(reading.balancers, name or "")
            detail += f"; read before that: {before}"
        return problem, detail
    if name is None and reading.malformed:
        problem, detail = _malformed(*next(iter(reading.malformed.items())))
        return problem, f"{match.why}; one load balancer could not be read: {detail}"
    return Problem.NOT_FOUND, match.why


def _malformed(name: str, error: Exception) -> tuple[Problem, str]:
    problem, detail = explain(error)
    return problem, f"load balancer {name!r}: {detail}"


def _omitted_services(balancer: LoadBalancer) -> str | None:
    """Return which services are not in a reading; None: all are."""
    if not balancer.unread_services:
        return None
    ports = (str(port or "unknown") for port in balancer.unread_services)
    return _short(
        f"omitted because of an unexpected format: service {', '.join(ports)}"
    )


def _short(text: str) -> str:
    return plain_line(text[:DETAIL])


def _problem(
    target: Target, now: datetime, problem: Problem, detail: str
) -> BalancerReading:
    return BalancerReading(
        target=target.name, read_at=now, problem=problem, problem_detail=_short(detail)
    )
