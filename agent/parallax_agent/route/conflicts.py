"""Conflicts: what is ambiguous about a target's path, or contradicts the target.

In: the routes of the host, the target, the class. Out: a sentence for each conflict,
with its solution. It does not: choose; `discovery` does.
"""

from collections.abc import Callable, Iterable, Sequence

from parallax.model.target import Target
from parallax.model.wire import Json
from parallax_agent.route.controllers import Class, of_service
from parallax_agent.route.ingress import Route

type ClassFor = Callable[[Route], Class]
"""Returns the class of a route."""


def entry_points(routes: Sequence[Route], class_of: ClassFor) -> dict[str, Route]:
    """Return a route for each class or Gateway that matches the host best."""
    by_name: dict[str, Route] = {}
    for route in routes:
        same = route.closeness, route.accepted
        if same == (routes[0].closeness, routes[0].accepted):
            cls = class_of(route)
            name = cls.name or (cls.family.name if cls.family else "(none)")
            if route.gateway:
                name = f"Gateway {'/'.join(route.gateway)}"
            by_name.setdefault(name, route)
    return by_name


def ambiguous_entry(host: str, routes: dict[str, Route]) -> str:
    """Return a sentence that names the classes and Gateways that serve a host."""
    only = all(route.kind == "Ingress" for route in routes.values())
    what = "Ingresses of several classes" if only else "several Gateways or classes"
    return f"{host} is served by {what}: {', '.join(sorted(routes))}"


def duplicate_rules(routes: Sequence[Route], class_of: ClassFor) -> Iterable[str]:
    """Yield a sentence if Ingresses have the same rule for another Service.

    HTTPRoutes are rivals only at the same listener of the same Gateway.
    """
    equal = [
        r.title
        for r in routes[1:]
        if r.rank == routes[0].rank
        and (r.gateway, r.listener) == (routes[0].gateway, routes[0].listener)
        and class_of(r).name == class_of(routes[0]).name
        and r.backend != routes[0].backend
    ]
    if equal:
        yield (
            f"{', '.join(equal)} and {routes[0].title} each have a rule for "
            f"{routes[0].host or 'every host'}{routes[0].path}; controllers use the "
            "oldest, so keep only one"
        )


def target_conflicts(
    target: Target, route: Route | None, every: list[Route]
) -> Iterable[str]:
    """Yield a sentence for each name of the target that contradicts the cluster."""
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
    """Yield a sentence if the target's ingress belongs to another controller."""
    if cls is None or cls.family is None:
        return
    family = of_service(item) if item else None
    if family is not None and family is not cls.family and not cls.family.owns(item):
        yield (
            f"the target names {place} as its ingress, which belongs to {family.name}, "
            f"but class {cls.name} belongs to {cls.family.name}; correct one of them"
        )
