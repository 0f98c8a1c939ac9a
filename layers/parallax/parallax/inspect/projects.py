"""Projects: the load balancers of several Hetzner projects, each with its own token.

In: the tokens by project, the targets, how to read one project. Out: one reading for
each target. It does not: call the API. A token opens one project. A target may name its
project as `reached.project`; else all projects are searched, in the secret's order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from parallax.model.balancer import BalancerReading, Problem
from parallax.model.plain import plain_line
from parallax.model.target import Target

ONLY = ""
"""The name of the project whose token has none."""
UNKNOWN = "no token for project {project}: the secret's hetzner_token has {names}"

type Read = Callable[[str, Sequence[Target]], Sequence[BalancerReading]]
"""Reads one project for some targets; a target may get no reading."""


def tokens_in(text: str) -> dict[str, str]:
    """Return the tokens by project name, e.g. of `shop=TOKEN,billing=TOKEN`.

    A single token without a name is the only project's.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    pairs = [part.partition("=") for part in parts]
    return {
        (name.strip() if sign else ONLY): (token if sign else name).strip()
        for name, sign, token in pairs
    }


def read_projects(
    names: Sequence[str], targets: Sequence[Target], now: datetime, read: Read
) -> tuple[BalancerReading, ...]:
    """Read every project that a target may be in; return one reading per target.

    A target without a reading in any project gets none.
    """
    found: dict[str, dict[str, BalancerReading]] = {t.name: {} for t in targets}
    for name in names:
        inside = [t for t in targets if _may_be_in(t, name, names)]
        for reading in read(name, inside) if inside else ():
            found[reading.target][name] = reading
    chosen = (_chosen(t, found[t.name], names, now) for t in targets)
    return tuple(reading for reading in chosen if reading is not None)


def _may_be_in(target: Target, name: str, names: Sequence[str]) -> bool:
    """Return whether to search a project; a single unnamed one may be any."""
    project = target.reached.project
    return project in {None, name} or list(names) == [ONLY]


def _chosen(
    target: Target,
    readings: Mapping[str, BalancerReading],
    names: Sequence[str],
    now: datetime,
) -> BalancerReading | None:
    """Return the reading that has the load balancer, or the one that says why none."""
    project = target.reached.project
    if project is not None and project not in names and list(names) != [ONLY]:
        detail = UNKNOWN.format(project=project, names=", ".join(names) or "none")
        return BalancerReading(
            target=target.name,
            read_at=now,
            problem=Problem.UNAUTHORIZED,
            problem_detail=plain_line(detail),
        )
    having = {n: r for n, r in readings.items() if r.load_balancer is not None}
    if len(readings) == 1:
        return next(iter(readings.values()))
    addresses = {r.matched_by for r in having.values()}
    unnamed = target.reached.load_balancer is None
    if len(having) == 1 or (having and unnamed and len(addresses) == len(having)):
        return _with_others(*having.values(), *readings.values())
    if having:
        why = f"projects {' and '.join(having)} each have such a load balancer"
        return _without(next(iter(having.values())), f"{why}; set reached.project")
    return _why_none(readings)


def _with_others(*readings: BalancerReading) -> BalancerReading:
    """Return the first reading, with the load balancers of the others beside its own.

    A name may have addresses of load balancers in several projects.
    """
    first = readings[0]
    found = [b for r in readings for b in (r.load_balancer, *r.others) if b]
    own = first.load_balancer.id if first.load_balancer else None
    by_id = {b.id: b for b in found if b.id != own}
    return replace(first, others=tuple(by_id.values()))


def _without(reading: BalancerReading, why: str) -> BalancerReading:
    return replace(
        reading,
        load_balancer=None,
        matched_by=None,
        problem=Problem.NOT_FOUND,
        problem_detail=plain_line(why),
    )


def _why_none(readings: Mapping[str, BalancerReading]) -> BalancerReading | None:
    """Return why no project has it; an unread project comes first: it may."""
    unread = {n: r for n, r in readings.items() if r.problem is not Problem.NOT_FOUND}
    first = next(iter((unread or readings).values()), None)
    if first is None:
        return None
    shown = unread or readings
    detail = "; ".join(f"project {n}: {r.problem_detail}" for n, r in shown.items())
    return replace(first, problem_detail=plain_line(detail))
