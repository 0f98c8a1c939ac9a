"""Contour: routes of HTTPProxies.

In: HTTPProxy objects (projectcontour.io/v1). Out: the routes of one URL, best first,
and every host. It does not: follow more than one level of `includes`, or match headers
and query parameters.
Source: Contour, docs/main/config/api (HTTPProxy, VirtualHost, Route, Include).
"""

from collections.abc import Iterable, Iterator

from parallax.model.wire import Json
from parallax_agent.route.annotations import class_name
from parallax_agent.route.ingress import NONE, Route, in_order
from parallax_agent.route.matching import OTHER, host_rank, is_under
from parallax_agent.watch.objects import many, part


def routes(items: Iterable[Json], host: str, path: str) -> list[Route]:
    """Return each matching route of each HTTPProxy with this host, the winner first."""
    every = list(items)
    by_place = {_place(item): item for item in every}
    return in_order(
        route
        for root in every
        if host_rank(_host(root), host) != OTHER and _host(root)
        for route in _of_root(root, by_place, host, path)
    )


def hosts(items: Iterable[Json]) -> set[str]:
    """Return the host of every root."""
    return {_host(item) for item in items} - {""}


def _of_root(
    root: Json, by_place: dict[tuple[str, str], Json], host: str, path: str
) -> Iterator[Route]:
    yield from _of_item(root, root, "", host, path)
    for include in many(root, "spec", "includes", having=("name",)):
        place = include.get("namespace") or _place(root)[0], include["name"]
        prefix = next((p for p, exact in _paths(include) if not exact), "/")
        if place in by_place:
            yield from _of_item(by_place[place], root, prefix, host, path)


def _of_item(
    item: Json, root: Json, prefix: str, host: str, path: str
) -> Iterator[Route]:
    for rule in many(item, "spec", "routes"):
        for text, exact in _paths(rule):
            whole = f"{prefix.rstrip('/')}{text}" if prefix else text
            if path == whole if exact else is_under(whole, path):
                yield _route(item, root, rule, host, (whole, exact))


def _paths(rule: Json) -> list[tuple[str, bool]]:
    """Return the paths of a route's conditions, and whether each is exact."""
    found = [
        (str(c.get("exact") or c.get("prefix")), "exact" in c)
        for c in many(rule, "conditions")
        if "exact" in c or "prefix" in c
    ]
    return found or [("/", False)]


def _route(
    item: Json, root: Json, rule: Json, host: str, where: tuple[str, bool]
) -> Route:
    services = many(rule, "services", having=("name",))
    first = max(services, key=lambda s: s.get("weight", 1), default=None)
    namespace, name = _place(item)
    text, exact = where
    lacking = (f"{host}{text} routes to no Service, {NONE}",)
    return Route(
        kind="HTTPProxy",
        ingress=name,
        namespace=namespace,
        service=first["name"] if first else "",
        port=first.get("port") if first else None,
        tls=bool(part(root, "spec", "virtualhost").get("tls")),
        host=_host(root),
        path=text,
        path_type="exact" if exact else "prefix",
        class_name=class_name(root),
        controller="projectcontour.io/ingress-controller",
        rank=(host_rank(_host(root), host), exact, len(text)),
        created=item["metadata"].get("creationTimestamp") or "",
        notes=() if first else lacking,
    )


def _host(item: Json) -> str:
    return part(item, "spec", "virtualhost").get("fqdn") or ""


def _place(item: Json) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]
