"""Route: from a target's host to the objects that serve it, and why these.

In: a target and the cycle's lists. Out: `Discovery`: its Ingress or HTTPRoute, the class,
the ingress controller's Service. It does not: read what stands behind them (`read`),
or guess: where nothing decides, a note says what to set in the target.
What the target itself names always counts, and is compared with what was found.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from parallax.model.target import Reached, Target
from parallax.model.wire import Json
from parallax_agent.route import conflicts, entry, gateway, ingress
from parallax_agent.route.conflicts import Classes
from parallax_agent.route.controllers import Class, class_of, of_string
from parallax_agent.route.entry import Entry
from parallax_agent.route.ingress import Route
from parallax_agent.route.matching import ANY, WILDCARD
from parallax_agent.route.service_state import Reader
from parallax_agent.watch.api import describe_call
from parallax_agent.watch.objects import named

INGRESS_NAMESPACE = "ingress-nginx"
INGRESS_SERVICE = "ingress-nginx-controller"
"""Names of ingress-nginx's own manifests, where nothing may be looked for."""
SEVERAL = 2
NAME_IT = "set ingress_namespace and ingress_service in the target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What leads to a target; `notes` say what is ambiguous or contradicts it.

    `rules` and `http_routes` are what was read; None: not read, or not needed.
    """

    entry: Entry
    route: Route | None = None
    cls: Class | None = None
    others: tuple[Route, ...] = ()
    rules: list[Json] | None = None
    http_routes: list[Json] | None = None
    notes: tuple[str, ...] = ()


def discover(reader: Reader, target: Target, path: str) -> Discovery:
    """Find what leads to a target.

    HTTPRoutes are read where no Ingress names the host: one that takes every host
    goes after an HTTPRoute that names it.
    """
    reached = target.reached
    rules = reader.rules(reached.namespace)
    every = ingress.routes(rules or (), target.host, path)
    http_routes = None
    if not _within(every, reached) or _within(every, reached)[0].closeness <= ANY:
        http_routes = reader.extension("httproutes")
        gateways = reader.extension("gateways") if http_routes else None
        hung = gateway.routes(http_routes or (), gateways or (), target.host, path)
        every = sorted(
            [*every, *hung],
            key=lambda r: (not r.taken, -min(r.closeness, WILDCARD)),
        )
    found = _within(every, reached)
    classes = None
    if any(r.kind == "Ingress" for r in found):
        classes = reader.extension("ingressclasses")
    whose = partial(_class, classes=classes)
    found = _of_configured(reader, reached, found, whose)
    route = next(iter(found), None)
    cls = whose(route) if route else None
    if route and cls and cls.family and not cls.family.tls_by_route:
        tls = _ends_tls(route, rules or [], target.host, cls, classes)
        route = replace(route, tls=tls)
    door = _door(reader, target, found, whose)
    return Discovery(
        entry=door,
        route=route,
        cls=cls,
        others=tuple(r for r in every if r is not (found[0] if found else None)),
        rules=rules,
        http_routes=http_routes,
        notes=(
            *(conflicts.duplicate_rules(found, whose) if found else ()),
            *conflicts.target_conflicts(target, route, every),
            *(_foreign(reader, door, cls) if reached.ingress_service else ()),
            *((cls.problem,) if cls and cls.problem else ()),
            *(route.notes if route else ()),
            *(() if door.service else (f"ingress: {door.why}; {NAME_IT}",)),
        ),
    )


def _within(found: Iterable[Route], reached: Reached) -> list[Route]:
    """Return the routes that may lead to a target: its own namespace's."""
    spaces = {None, reached.namespace}
    return [r for r in found if reached.namespace is None or r.namespace in spaces]


def _class(route: Route, classes: list[Json] | None) -> Class:
    if route.kind == "Ingress":
        return class_of(route.class_name, classes)
    return Class(
        name=route.class_name,
        why="named by the Gateway",
        family=of_string(route.controller),
        controller=route.controller,
    )


def _of_configured(
    reader: Reader, reached: Reached, found: list[Route], whose: Classes
) -> list[Route]:
    """Put the routes of the target's own ingress first, if they are of several."""
    space, name = reached.ingress_namespace, reached.ingress_service
    if not space or not name or len(conflicts.entry_points(found, whose)) < SEVERAL:
        return found
    item = named(reader.items("services", space) or (), name)
    if item is None:
        return found
    return sorted(found, key=lambda r: entry.mismatch(item, r.gateway, whose(r)))


def _ends_tls(
    route: Route, rules: list[Json], host: str, cls: Class, classes: list[Json] | None
) -> bool:
    """Tell whether any Ingress of the class ends TLS for the route's host."""
    names = ingress.tls_classes(rules, host, route.host)
    return route.tls or cls.name in {class_of(n, classes).name for n in names}


def _door(reader: Reader, target: Target, found: list[Route], whose: Classes) -> Entry:
    """Return the ingress's Service; of several ways in, the one that all share."""
    reached = target.reached
    ways = conflicts.entry_points(found, whose)
    if not ways:
        return _entry(reader, reached, None, None)
    entries = [_entry(reader, reached, r, whose(r)) for r in ways.values()]
    if len({(e.namespace, e.service) for e in entries}) == 1:
        return entries[0]
    return Entry(why=conflicts.ambiguous_entry(target.host, ways))


def _foreign(reader: Reader, door: Entry, cls: Class | None) -> Iterable[str]:
    space, name = door.namespace, door.service
    item = named(reader.lists.items("services", space) or (), name) if space else None
    return conflicts.class_conflicts(f"{space}/{name}", item, cls)


def _entry(
    reader: Reader, reached: Reached, route: Route | None, cls: Class | None
) -> Entry:
    """Return the ingress's Service: what the target names, else what is found."""
    space, name = reached.ingress_namespace, reached.ingress_service
    if space and name:
        return Entry(why="named in the target", namespace=space, service=name)
    services = reader.items("services", None)
    usual = space or INGRESS_NAMESPACE, name or INGRESS_SERVICE
    if services is None:
        if describe_call("list", "services", None) in reader.lists.forbidden:
            why = "default names of ingress-nginx: the agent may not list Services"
            return Entry(why=why, namespace=usual[0], service=usual[1])
        return Entry(why="Services could not be listed")
    fitting = [
        s
        for s in services
        if space in {None, s["metadata"]["namespace"]}
        and name in {None, s["metadata"]["name"]}
    ]
    found = _discovered(fitting, route, cls)
    if found.service is None and (space or name):
        why = f"partly named in the target; {found.why}"
        return Entry(why=why, namespace=usual[0], service=usual[1])
    return found


def _discovered(services: list[Json], route: Route | None, cls: Class | None) -> Entry:
    if route is not None and route.gateway is not None:
        family = cls.family if cls else None
        return entry.of_gateway(services, route.gateway, route.addresses, family)
    return entry.of_class(services, cls, route.addresses if route else frozenset())
