"""Istio: routes of VirtualServices that are bound to a Gateway.

In: VirtualService and Gateway objects (networking.istio.io/v1). Out: the routes of one
URL, best first, and every host. It does not: follow mesh routes, delegates, or subsets
of a DestinationRule; or match headers and query parameters.
Source: Istio, reference/config/networking (VirtualService, Gateway).
"""

from collections.abc import Iterable

from parallax.model.wire import Json
from parallax_agent.route.ingress import NONE, Route, in_order
from parallax_agent.route.matching import EXACT, WILDCARD, listener_matches
from parallax_agent.watch.objects import many, part


def routes(
    items: Iterable[Json], gateways: Iterable[Json], host: str, path: str
) -> list[Route]:
    """Return the first matching route of each VirtualService, the winner first."""
    servers = {
        (g["metadata"]["namespace"], g["metadata"]["name"]): _servers(g, host)
        for g in gateways
    }
    found = (_first(item, servers, host, path) for item in items)
    return in_order(route for route in found if route is not None)


def hosts(items: Iterable[Json]) -> set[str]:
    """Return every host of a VirtualService that names a Gateway."""
    return {
        name
        for item in items
        if set(many(item, "spec", "gateways")) - {"mesh"}
        for name in many(item, "spec", "hosts")
    }


def _servers(gateway: Json, host: str) -> list[Json]:
    """Return the Gateway's servers for a host, those that terminate TLS first."""
    fitting = [
        s
        for s in many(gateway, "spec", "servers")
        if any(_fits(name.rpartition("/")[2], host) for name in many(s, "hosts"))
    ]
    return sorted(fitting, key=lambda s: not _ends_tls(s))


def _fits(pattern: str, host: str) -> bool:
    return pattern == "*" or (bool(pattern) and listener_matches(pattern, host))


def _ends_tls(server: Json) -> bool:
    return part(server, "port").get("protocol") in {"HTTPS", "TLS"}


def _first(
    item: Json, servers: dict[tuple[str, str], list[Json]], host: str, path: str
) -> Route | None:
    names = [n for n in many(item, "spec", "hosts") if _fits(n, host)]
    namespace = item["metadata"]["namespace"]
    bound = [
        server
        for name in many(item, "spec", "gateways")
        if name != "mesh"
        for server in servers.get(_gateway(name, namespace), [])
    ]
    if not names or not bound:
        return None
    for rule in many(item, "spec", "http"):
        for match in many(rule, "match") or [{}]:
            if _matches(match, path):
                return _route(item, rule, bound[0], host, names)
    return None


def _gateway(name: str, namespace: str) -> tuple[str, str]:
    space, slash, own = name.partition("/")
    return (space, own) if slash else (namespace, name)


def _matches(match: Json, path: str) -> bool:
    if match.get("headers") or match.get("queryParams"):
        return False
    uri = part(match, "uri")
    if "exact" in uri:
        return path == uri["exact"]
    return path.startswith(uri.get("prefix") or "/")


def _route(item: Json, rule: Json, server: Json, host: str, names: list[str]) -> Route:
    namespace = item["metadata"]["namespace"]
    every = [part(r, "destination") for r in many(rule, "route")]
    weights = [r.get("weight", 1) for r in many(rule, "route")]
    best = max(zip(weights, every, strict=True), key=lambda p: p[0], default=None)
    destination = best[1] if best else {}
    name, _, rest = str(destination.get("host") or "").partition(".")
    exact = host in names
    notes = () if name else (f"{host} routes to a redirect or to nothing, {NONE}",)
    return Route(
        kind="VirtualService",
        ingress=item["metadata"]["name"],
        namespace=namespace,
        service=name,
        service_namespace=rest.partition(".")[0] or None,
        port=part(destination, "port").get("number"),
        tls=_ends_tls(server),
        listener=part(server, "port").get("number"),
        host=host if exact else names[0],
        path="/",
        path_type="first match",
        controller="istio.io/gateway-controller",
        rank=(EXACT if exact else WILDCARD, False, 0),
        created=item["metadata"].get("creationTimestamp") or "",
        notes=notes,
    )
