"""Candidates: all routes that match a URL, of each kind that is read.

In: the cycle's lists, a target, its path. Out: the routes, the best first, with the
lists that were read for them. It does not: choose one; `discovery` does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from parallax.model.target import Reached, Target
from parallax.model.wire import Json
from parallax_agent.route import attachment, gateway, ingress
from parallax_agent.route.controllers import Family, of_service
from parallax_agent.route.ingress import Route
from parallax_agent.route.kinds import reading as kinds
from parallax_agent.route.kinds.reading import Own
from parallax_agent.route.listeners import LISTENER_SET
from parallax_agent.route.matching import ANY, WILDCARD
from parallax_agent.route.service_state import Reader
from parallax_agent.watch.objects import many


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All routes of a URL, the best first, and the lists that were read for it."""

    routes: list[Route]
    http_routes: list[Json] | None = None
    own: Own | None = None
    lost: tuple[str, ...] = ()
    """Why HTTPRoutes that name the host do not get its requests."""


def find(reader: Reader, target: Target, path: str, rules: list[Json] | None) -> Found:
    """Return all routes of a URL, the best first, with the lists read for it."""
    every = ingress.routes(rules or (), target.host, path)
    matching = within(every, target.reached)
    if matching and matching[0].closeness > ANY:
        return Found(routes=every)
    http_routes = reader.extension("httproutes")
    gateways = (reader.extension("gateways") if http_routes else None) or []
    sets = _listener_sets(reader, http_routes or [])
    attached = gateway.routes(
        http_routes or (),
        gateways,
        target.host,
        path,
        query=urlsplit(target.url).query,
        listener_sets=sets or (),
    )
    lost = list(
        attachment.isolated(http_routes or (), gateways, target.host, sets or ())
    )
    own = kinds.read(reader, _families(reader, target), target.host, path)
    every = sorted(
        [*every, *attached, *own.routes],
        key=lambda r: (not r.accepted, -min(r.closeness, WILDCARD)),
    )
    return Found(
        routes=every, http_routes=http_routes, own=own, lost=tuple(dict.fromkeys(lost))
    )


def _listener_sets(reader: Reader, http_routes: list[Json]) -> list[Json] | None:
    """Return the ListenerSets if an HTTPRoute names one; None: they were not read."""
    named = any(
        parent.get("kind") == LISTENER_SET
        for item in http_routes
        for parent in many(item, "spec", "parentRefs")
    )
    return reader.lists.items("listenersets", None) if named else []


def _families(reader: Reader, target: Target) -> list[Family]:
    """Return the families of the ingress controllers that may serve the target."""
    space, name = target.reached.ingress_namespace, target.reached.ingress_service
    services = reader.lists.items("services", space if space and name else None) or []
    if space and name:
        services = [s for s in services if s["metadata"]["name"] == name]
    return [family for item in services if (family := of_service(item))]


def within(every: Iterable[Route], reached: Reached) -> list[Route]:
    """Return the routes that may lead to a target: those of its namespace, if set."""
    spaces = {None, reached.namespace}
    return [r for r in every if reached.namespace is None or r.namespace in spaces]
