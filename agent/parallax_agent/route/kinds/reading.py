"""Reading: which kinds of the cluster's controllers are read, and which are not.

In: the cycle's lists, the families of controllers in the cluster. Out: the routes and
hosts of their kinds, and for each kind that was not read the reason.
It does not: parse a kind; the module of its controller does.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from parallax.model.wire import Json
from parallax_agent.route.controllers import Family
from parallax_agent.route.ingress import Route
from parallax_agent.route.kinds import contour, f5, istio, traefik
from parallax_agent.route.service_state import Reader
from parallax_agent.watch.api import describe_call
from parallax_agent.watch.resources import RESOURCES

type Items = Iterable[Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind for routes: its resource, a second one that it needs, and its readers."""

    title: str
    resource: str
    also: str | None
    routes: Callable[[Items, Items, str, str], list[Route]]
    hosts: Callable[[Items], set[str]]


KINDS = {
    "Traefik": Kind(
        title="Traefik's IngressRoutes",
        resource="ingressroutes",
        also="middlewares",
        routes=traefik.routes,
        hosts=traefik.hosts,
    ),
    "Contour": Kind(
        title="Contour's HTTPProxies",
        resource="httpproxies",
        also=None,
        routes=lambda items, _, host, path: contour.routes(items, host, path),
        hosts=contour.hosts,
    ),
    "Istio": Kind(
        title="Istio's VirtualServices",
        resource="virtualservices",
        also="istiogateways",
        routes=istio.routes,
        hosts=istio.hosts,
    ),
    "F5 NGINX": Kind(
        title="F5 NGINX's VirtualServers",
        resource="virtualservers",
        also=None,
        routes=lambda items, _, host, path: f5.routes(items, host, path),
        hosts=f5.hosts,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What controllers' own kinds have for a URL.

    `unread` maps a kind to the reason why it was not read; `absent` are kinds that the
    API does not have, so no object of theirs exists.
    """

    routes: tuple[Route, ...] = ()
    hosts: frozenset[str] = frozenset()
    unread: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    """Kinds that were read and do not have the host."""


def read(reader: Reader, families: Iterable[Family], host: str, path: str) -> Own:
    """Read the kinds of these families."""
    found: list[Route] = []
    hosts: set[str] = set()
    unread: dict[str, str] = {}
    absent: list[str] = []
    empty: list[str] = []
    for kind in _kinds(families):
        items, why = _items(reader, kind.resource)
        if items is None:
            unread[kind.title] = why
        elif why:
            absent.append(kind.title)
        else:
            more = _items(reader, kind.also)[0] or [] if kind.also else []
            routes = kind.routes(items, more, host, path)
            found += routes
            hosts |= kind.hosts(items)
            empty += [] if routes else [kind.title]
    return Own(
        routes=tuple(found),
        hosts=frozenset(hosts),
        unread=tuple(unread.items()),
        absent=tuple(absent),
        empty=tuple(empty),
    )


def _kinds(families: Iterable[Family]) -> Iterator[Kind]:
    for name in dict.fromkeys(family.name for family in families):
        if name in KINDS:
            yield KINDS[name]


def _items(reader: Reader, resource: str) -> tuple[list[Json] | None, str]:
    """Return the objects; None with the reason, or an empty list if it is absent."""
    call = describe_call("list", resource, None)
    items = reader.lists.items(resource, None)
    if items is not None:
        return items, ""
    group = RESOURCES[resource].group.removeprefix("apis/")
    if call in reader.lists.absent:
        return [], f"the API does not have {group}"
    if call in reader.lists.forbidden and reader.lists.lacks_group(group):
        return [], f"the API does not have {group}"
    return None, reader.lists.problems.get(call, f"cannot {call}")


def sentence(own: Own, host: str) -> str | None:
    """Return what may lead to a host without a route, and what to set; else None."""
    parts = [f"{title} are not read ({why})" for title, why in own.unread]
    parts += [f"{t} are not read (the API does not have this kind)" for t in own.absent]
    if parts:
        set_it = f"if one has {host}, set namespace and service in the target"
        return f"{'; '.join(parts)}; {set_it}"
    return f"none of {' and '.join(own.empty)} has {host}" if own.empty else None
