"""Route: from a target's host to the objects that serve it, and why these.

In: a target and the cycle's lists. Out: `Found`: its Ingress or HTTPRoute, the class,
the ingress controller's Service. It does not: read what stands behind them (`read`),
or guess: where nothing decides, a note says what to set in the target.
What the target itself names always counts, and is compared with what was found.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from parallax.model.target import Reached, Target
from parallax.model.wire import Json
from parallax_agent import entry, gateway, ingress
from parallax_agent.api import in_words
from parallax_agent.behind import Reader
from parallax_agent.controllers import Class, class_of, of_service, of_string
from parallax_agent.entry import Entry
from parallax_agent.ingress import Route
from parallax_agent.objects import named

INGRESS_NAMESPACE = "ingress-nginx"
INGRESS_SERVICE = "ingress-nginx-controller"
"""Names of ingress-nginx's own manifests, where nothing may be looked for."""
NAME_IT = "name ingress_namespace and ingress_service in the target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
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


def find(reader: Reader, target: Target, path: str) -> Found:
    """Find what leads to a target; HTTPRoutes only where no Ingress takes its host."""
    reached = target.reached
    rules = reader.rules(reached.namespace)
    every = ingress.routes(rules or (), target.host, path)
    found, http_routes = _within(every, reached), None
    if not found:
        http_routes = reader.extension("httproutes")
        gateways = reader.extension("gateways") if http_routes else None
        hung = gateway.routes(http_routes or (), gateways or (), target.host, path)
        found, every = _within(hung, reached), [*every, *hung]
    classes = None
    if any(r.kind == "Ingress" for r in found):
        classes = reader.extension("ingressclasses")
        found = _of_configured(reader, reached, found, classes)
    route = next(iter(found), None)
    cls = _class(route, classes)
    split = _split(found, target.host)
    configured = reached.ingress_namespace and reached.ingress_service
    door = (
        Entry(why=split)
        if split and not configured
        else _entry(reader, reached, route, cls)
    )
    notes = (
        *_rivals(found),
        *_contradicted(target, route, every),
        *(_foreign(reader, door, cls) if reached.ingress_service else ()),
        *((cls.problem,) if cls and cls.problem else ()),
        *(route.notes if route else ()),
        *(() if door.service else (f"ingress: {door.why}; {NAME_IT}",)),
    )
    return Found(
        entry=door,
        route=route,
        cls=cls,
        others=tuple(r for r in every if r is not route),
        rules=rules,
        http_routes=http_routes,
        notes=notes,
    )


def _within(found: Iterable[Route], reached: Reached) -> list[Route]:
    """Return the routes that may lead to a target: its own namespace's."""
    spaces = {None, reached.namespace}
    return [r for r in found if reached.namespace is None or r.namespace in spaces]


def _class(route: Route | None, classes: list[Json] | None) -> Class | None:
    if route is None:
        return None
    if route.kind == "Ingress":
        return class_of(route.class_name, classes)
    return Class(
        name=route.class_name,
        why="the Gateway names it",
        family=of_string(route.controller),
        controller=route.controller,
    )


def _of_configured(
    reader: Reader, reached: Reached, found: list[Route], classes: list[Json] | None
) -> list[Route]:
    """Put the routes of the target's own ingress first, if they are of several."""
    space, name = reached.ingress_namespace, reached.ingress_service
    if not space or not name or len({r.class_name for r in found}) == 1:
        return found
    family = of_service(named(reader.items("services", space) or (), name))
    if family is None:
        return found
    return sorted(found, key=lambda r: class_of(r.class_name, classes).family != family)


def _entry(
    reader: Reader, reached: Reached, route: Route | None, cls: Class | None
) -> Entry:
    """Return the ingress's Service: what the target names, else what is found."""
    space, name = reached.ingress_namespace, reached.ingress_service
    if space and name:
        return Entry(why="the target names it", namespace=space, service=name)
    services = reader.items("services", None)
    usual = space or INGRESS_NAMESPACE, name or INGRESS_SERVICE
    if services is None:
        if in_words("list", "services", None) in reader.lists.forbidden:
            why = "Services may not be listed: these are ingress-nginx's usual names"
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
        why = f"the target names a part of it; {found.why}"
        return Entry(why=why, namespace=usual[0], service=usual[1])
    return found


def _discovered(services: list[Json], route: Route | None, cls: Class | None) -> Entry:
    if route is not None and route.gateway is not None:
        family = cls.family if cls else None
        return entry.of_gateway(services, route.gateway, route.addresses, family)
    return entry.of_class(services, cls, route.addresses if route else frozenset())


def _split(found: list[Route], host: str) -> str | None:
    """Say that several classes serve a host: which of them users meet, none tells."""
    closest = [r for r in found if r.rank[0] == found[0].rank[0]]
    classes = sorted({r.class_name or "(none)" for r in closest})
    if len(classes) < 2:  # noqa: PLR2004 - two are several
        return None
    return f"{host} is served by Ingresses of several classes: {', '.join(classes)}"


def _rivals(found: list[Route]) -> Iterable[str]:
    """Say which Ingresses claim the same host and path for another Service."""
    equal = [
        r.title
        for r in found[1:]
        if (r.rank, r.class_name) == (found[0].rank, found[0].class_name)
        and r.backend != found[0].backend
    ]
    if equal:
        yield (
            f"{', '.join(equal)} claims {found[0].host or 'every host'}{found[0].path} "
            f"as {found[0].title} does: the older one counts, remove one"
        )


def _contradicted(
    target: Target, route: Route | None, every: list[Route]
) -> Iterable[str]:
    """Say where the target's names and what the cluster says do not agree."""
    reached, host = target.reached, target.host
    if route is None:
        if every:
            yield (
                f"the target names namespace {reached.namespace}, but {host} is served "
                f"by {every[0].title}: correct one of them"
            )
        return
    place = f"{reached.namespace or route.namespace}/{reached.service}"
    if reached.service and place != route.backend:
        yield (
            f"the target names Service {place}, but {route.title} sends {host} to "
            f"{route.backend}: correct one of them"
        )


def _foreign(reader: Reader, door: Entry, cls: Class | None) -> Iterable[str]:
    """Say that the target's ingress Service is not the class's controller's."""
    if cls is None or cls.family is None or door.namespace is None:
        return
    item = named(reader.lists.items("services", door.namespace) or (), door.service)
    family = of_service(item) if item else None
    if family is not None and family is not cls.family and not cls.family.owns(item):
        yield (
            f"the target names {door.namespace}/{door.service} as ingress, which is "
            f"{family.name}, but class {cls.name} is {cls.family.name}'s: correct one"
        )
