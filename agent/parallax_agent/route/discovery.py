"""Discovery: from a target's host to the objects that serve it, with reasons.

In: a target and the cycle's lists. Out: `Discovery`: its Ingress or HTTPRoute, the
class, the ingress controller's Service. It does not: read what is behind them (`read`),
or guess: if the choice is ambiguous, a note says which field of the target to set.
Names in the target take precedence, and are compared with the cluster.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from parallax.model.target import Reached, Target
from parallax.model.wire import Json
from parallax_agent.route import (
    candidates,
    conflicts,
    entry,
    host_ports,
    ingress,
    own_service,
)
from parallax_agent.route.conflicts import ClassFor
from parallax_agent.route.controllers import (
    Class,
    class_of,
    of_string,
)
from parallax_agent.route.entry import Entry
from parallax_agent.route.ingress import Route
from parallax_agent.route.kinds.reading import Own, sentence
from parallax_agent.route.service_state import Reader
from parallax_agent.watch.api import describe_call
from parallax_agent.watch.objects import named

INGRESS_NAMESPACE = "ingress-nginx"
INGRESS_SERVICE = "ingress-nginx-controller"
"""Names in ingress-nginx's own manifests, used if Services may not be listed."""
SEVERAL = 2
SET_INGRESS = "set ingress_namespace and ingress_service in the target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What leads to a target; `notes` say what is ambiguous or contradictory.

    `rules` and `http_routes` are the lists that were read, and `own` what controllers'
    own kinds have; None: not read, or not needed. `lost`: why HTTPRoutes that name the
    host do not get its requests.
    """

    entry: Entry
    route: Route | None = None
    cls: Class | None = None
    others: tuple[Route, ...] = ()
    rules: list[Json] | None = None
    http_routes: list[Json] | None = None
    own: Own | None = None
    lost: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def discover(reader: Reader, target: Target, path: str) -> Discovery:
    """Find what leads to a target.

    HTTPRoutes are read if no Ingress names the host. An HTTPRoute that names the host
    takes precedence over an Ingress for every host.
    """
    reached = target.reached
    rules = reader.rules(reached.namespace)
    found = candidates.find(reader, target, path, rules)
    matching = candidates.within(found.routes, reached)
    classes = None
    if any(r.kind == "Ingress" for r in matching):
        classes = reader.extension("ingressclasses")
    class_for = partial(_class, classes=classes)
    matching = _of_configured(reader, reached, matching, class_for)
    route = next(iter(matching), None)
    cls = class_for(route) if route else None
    if route and cls and cls.family and not cls.family.tls_by_route:
        tls = _ends_tls(route, rules or [], target.host, cls, classes)
        route = replace(route, tls=tls)
    chosen = _entry_of_all(reader, target, matching, class_for)
    first = matching[:1]
    return Discovery(
        entry=chosen,
        route=route,
        cls=cls,
        others=tuple(r for r in found.routes if not any(r is one for one in first)),
        rules=rules,
        http_routes=found.http_routes,
        own=found.own,
        lost=found.lost,
        notes=(
            *(conflicts.duplicate_rules(matching, class_for) if matching else ()),
            *conflicts.target_conflicts(target, route, found.routes),
            *(_class_conflicts(reader, chosen, cls) if reached.ingress_service else ()),
            *((cls.problem,) if cls and cls.problem else ()),
            *(route.notes if route else ()),
            *_without_route(route, chosen, found, target),
            *_undecided(chosen),
        ),
    )


def _without_route(
    route: Route | None, chosen: Entry, found: candidates.Found, target: Target
) -> Iterable[str]:
    """Yield why no route was found, and which kinds may have one."""
    if route is not None:
        return
    yield from found.lost
    if found.own is None or chosen.direct or target.reached.service:
        return
    if unsure := sentence(found.own, target.host):
        yield unsure


def _undecided(chosen: Entry) -> Iterable[str]:
    """Yield what is missing to know where requests arrive."""
    if chosen.decided:
        return
    yield (
        f"ingress: {chosen.why}"
        if chosen.open_question
        else f"ingress: {chosen.why}; {SET_INGRESS}"
    )


def _class(route: Route, classes: list[Json] | None) -> Class:
    if route.kind == "Ingress":
        return class_of(route.class_name, classes)
    if route.gateway is None:
        return Class(
            name=route.class_name,
            why=f"its controller defines {route.kind}",
            family=of_string(route.controller),
            controller=route.controller,
        )
    return Class(
        name=route.class_name,
        why="named by the Gateway",
        family=of_string(route.controller),
        controller=route.controller,
    )


def _of_configured(
    reader: Reader, reached: Reached, candidates: list[Route], class_for: ClassFor
) -> list[Route]:
    """Put the routes of the target's own ingress first, if there are several."""
    space, name = reached.ingress_namespace, reached.ingress_service
    several = len(conflicts.entry_points(candidates, class_for)) >= SEVERAL
    if not (space and name and several):
        return candidates
    item = named(reader.items("services", space) or (), name)
    if item is None:
        return candidates
    return sorted(
        candidates, key=lambda r: entry.mismatch(item, r.gateway, class_for(r))
    )


def _ends_tls(
    route: Route, rules: list[Json], host: str, cls: Class, classes: list[Json] | None
) -> bool:
    """Tell whether any Ingress of the class terminates TLS for the route's host."""
    names = ingress.tls_classes(rules, host, route.host)
    return route.tls or cls.name in {class_of(n, classes).name for n in names}


def _entry_of_all(
    reader: Reader, target: Target, candidates: list[Route], class_for: ClassFor
) -> Entry:
    """Return the ingress's Service; None if classes and Gateways differ in it."""
    reached = target.reached
    ways = conflicts.entry_points(candidates, class_for)
    if not ways:
        return _without_ways(reader, target)
    entries = [_entry(reader, reached, r, class_for(r)) for r in ways.values()]
    if len({(e.namespace, e.service) for e in entries}) == 1:
        return entries[0]
    return Entry(why=conflicts.ambiguous_entry(target.host, ways))


def _without_ways(reader: Reader, target: Target) -> Entry:
    """Return the entry of a host without a route: the app's own Service, if it is that.

    Else any known ingress controller, which should have a route for the host.
    """
    reached = target.reached
    if not (reached.ingress_namespace and reached.ingress_service):
        services = reader.items("services", None)
        direct = own_service.way_in(services, target) if services else None
        if direct is not None:
            return direct
    return _entry(reader, reached, None, None)


def _class_conflicts(
    reader: Reader, entry_service: Entry, cls: Class | None
) -> Iterable[str]:
    space, name = entry_service.namespace, entry_service.service
    item = named(reader.lists.items("services", space) or (), name) if space else None
    return conflicts.class_conflicts(f"{space}/{name}", item, cls)


def _entry(
    reader: Reader, reached: Reached, route: Route | None, cls: Class | None
) -> Entry:
    """Return the ingress's Service: the target's, else the discovered one."""
    space, name = reached.ingress_namespace, reached.ingress_service
    if space and name:
        return Entry(why="named in the target", namespace=space, service=name)
    services = reader.items("services", None)
    default = space or INGRESS_NAMESPACE, name or INGRESS_SERVICE
    if services is None:
        if describe_call("list", "services", None) in reader.lists.forbidden:
            why = "default names of ingress-nginx: the agent may not list Services"
            return Entry(why=why, namespace=default[0], service=default[1])
        return Entry(why="Services could not be listed")
    matching = [
        s
        for s in services
        if space in {None, s["metadata"]["namespace"]}
        and name in {None, s["metadata"]["name"]}
    ]
    entry_service = _entry_of_route(matching, route, cls)
    if entry_service.service is None and not entry_service.rivals:
        entry_service = host_ports.of_class(reader, cls) or entry_service
    if not entry_service.decided and (space or name):
        why = f"partly named in the target; {entry_service.why}"
        return Entry(why=why, namespace=default[0], service=default[1])
    return entry_service


def _entry_of_route(
    services: list[Json], route: Route | None, cls: Class | None
) -> Entry:
    if route is not None and route.gateway is not None:
        family = cls.family if cls else None
        return entry.of_gateway(services, route.gateway, route.addresses, family)
    return entry.of_class(services, cls, route.addresses if route else frozenset())
