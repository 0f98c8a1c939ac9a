"""Doubts: what is ambiguous on the way to a target, or contradicts what it names.

In: the routes that were found, the target, the class. Out: a sentence for each doubt,
with what settles it. It does not: choose; `route` does.
"""

from collections.abc import Callable, Iterable, Sequence

from parallax.model.target import Target
from parallax.model.wire import Json
from parallax_agent.route.controllers import Class, of_service
from parallax_agent.route.ingress import Route

type Classes = Callable[[Route], Class]
"""Whose a route is."""


def entry_points(found: Sequence[Route], class_of: Classes) -> dict[str, Route]:
    """Return through which classes and Gateways a host comes in, as close as any."""
    told: dict[str, Route] = {}
    for route in found:
        same = route.closeness, route.taken
        if same == (found[0].closeness, found[0].taken):
            name = class_of(route).name or "(none)"
            door = f"Gateway {'/'.join(route.gateway)}" if route.gateway else name
            told.setdefault(door, route)
    return told


def ambiguous_entry(host: str, found: dict[str, Route]) -> str:
    """Say that a host comes in by several ways: which one users take, none tells."""
    only = all(route.kind == "Ingress" for route in found.values())
    what = "Ingresses of several classes" if only else "several Gateways or classes"
    return f"{host} is served by {what}: {', '.join(sorted(found))}"


def duplicate_rules(found: Sequence[Route], class_of: Classes) -> Iterable[str]:
    """Say which Ingresses claim the same host and path for another Service."""
    equal = [
        r.title
        for r in found[1:]
        if r.rank == found[0].rank
        and class_of(r).name == class_of(found[0]).name
        and r.backend != found[0].backend
    ]
    if equal:
        yield (
            f"{', '.join(equal)} and {found[0].title} each have a rule for "
            f"{found[0].host or 'every host'}{found[0].path}; controllers use the "
            "oldest, so keep only one"
        )


def target_conflicts(
    target: Target, route: Route | None, every: list[Route]
) -> Iterable[str]:
    """Say where the target's names and what the cluster says do not agree."""
    reached, host = target.reached, target.host
    if route is None:
        if every:
            yield (
                f"the target names namespace {reached.namespace}, but {host} is routed "
                f"by {every[0].title}; correct one of them"
            )
        return
    place = f"{reached.namespace or route.namespace}/{reached.service}"
    if reached.service and route.service and place != route.backend:
        yield (
            f"the target names Service {place}, but {route.title} routes {host} to "
            f"{route.backend}; correct one of them"
        )


def class_conflicts(place: str, item: Json, cls: Class | None) -> Iterable[str]:
    """Say that the target's ingress Service is not the class's controller's."""
    if cls is None or cls.family is None:
        return
    family = of_service(item) if item else None
    if family is not None and family is not cls.family and not cls.family.owns(item):
        yield (
            f"the target names {place} as its ingress, which belongs to {family.name}, "
            f"but class {cls.name} belongs to {cls.family.name}; correct one of them"
        )
