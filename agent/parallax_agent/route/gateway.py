"""Gateway: which Service an HTTPRoute routes a host and path to.

In: HTTPRoute and Gateway objects (gateway.networking.k8s.io/v1). Out: the routes of one
URL, best first. It does not: follow GRPCRoutes, TLSRoutes or mesh routes, or read
GatewayClasses: a route's status names the controller that accepted it.
Source: Gateway API 1.4, HTTPRoute (precedence, weights), Listener, RouteParentStatus.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from parallax.model.wire import Json
from parallax_agent.route import listeners
from parallax_agent.route.attachment import attached
from parallax_agent.route.hosts import closest_hosts
from parallax_agent.route.ingress import HOSTS, NONE, Route, in_order
from parallax_agent.route.matching import (
    EXACT,
    WILDCARD,
    is_under,
    listener_matches,
    literal_prefix,
)
from parallax_agent.watch.objects import many, part

REDIRECT = "RequestRedirect"


def routes(  # noqa: PLR0913 - the objects and the URL
    items: Iterable[Json],
    gateways: Iterable[Json],
    host: str,
    path: str,
    *,
    query: str = "",
    listener_sets: Iterable[Json] = (),
) -> list[Route]:
    """Return each HTTPRoute's route of a URL, the winning one first.

    There is one for each Gateway that it is attached to. A listener that terminates TLS
    comes first, because users arrive there. A route that no controller accepted comes
    last. A route without a Service (a redirect) is included only if it wins, and its
    `service` is empty.
    """
    parents = listeners.parents(gateways, listener_sets)
    every = [
        choice
        for item in items
        for bare in _choices(item, host, path, dict(parse_qsl(query)))
        for choice in attached(item, bare, parents, host)
    ]
    best: dict[tuple[object, ...], Route] = {}
    for choice in _by_precedence(_without_hidden(every)):
        best.setdefault((choice.namespace, choice.ingress, choice.gateway), choice)
    first, *others = [*best.values()] or [None]
    return [first, *(r for r in others if r and r.service)] if first else []


def _by_precedence(every: Iterable[Route]) -> list[Route]:
    return sorted(in_order(every), key=lambda r: (r.controller is None, not r.tls))


def _without_hidden(every: Iterable[Route]) -> Iterator[Route]:
    """Yield the routes, without those that a redirect at their listener hides."""
    by_listener: dict[tuple[object, ...], list[Route]] = {}
    for choice in _by_precedence(every):
        by_listener.setdefault((choice.gateway, choice.listener), []).append(choice)
    for first, *others in by_listener.values():
        if first.service:
            yield from (first, *(r for r in others if r.service))
        else:
            yield first


def http_route_hosts(
    items: Iterable[Json], host: str, more: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return every host that an HTTPRoute names, and the given ones, sorted."""
    named = {name for item in items for name in many(item, "spec", "hostnames")}
    return closest_hosts(named | set(more), host)


def _choices(
    item: Json, host: str, path: str, query: Mapping[str, str]
) -> Iterator[Route]:
    """Yield the route's matching rules for a URL, whatever it is attached to."""
    names = many(item, "spec", "hostnames") or [""]
    fitting = [name for name in names if listener_matches(name, host)]
    if not fitting:
        return
    name = max(fitting, key=lambda n: (not n.startswith("*"), len(n)))
    rank = EXACT if name and not name.startswith("*") else WILDCARD if name else 1
    for rule in many(item, "spec", "rules"):
        for match in many(rule, "matches") or [{}]:
            kind, text = _path(match)
            if _matches_plain_get(match, query) and _matches_path(kind, text, path):
                order = rank * HOSTS + len(name), kind == "Exact", len(text)
                yield replace(
                    _to(item, rule), host=name, path=text, path_type=kind, rank=order
                )


def _path(match: Json) -> tuple[str, str]:
    rule = part(match, "path")
    return rule.get("type") or "PathPrefix", rule.get("value") or "/"


def _matches_path(kind: str, text: str, path: str) -> bool:
    if kind == "Exact":
        return path == text
    if kind == "PathPrefix":
        return is_under(text, path)
    return path.startswith(literal_prefix(text))


def _matches_plain_get(match: Json, query: Mapping[str, str]) -> bool:
    """Tell whether a match requires no header, and only the URL's query parameters."""
    if many(match, "headers") or match.get("method") not in {None, "GET"}:
        return False
    return all(
        p.get("type", "Exact") == "Exact" and query.get(p["name"]) == p.get("value")
        for p in many(match, "queryParams", having=("name",))
    )


def _to(item: Json, rule: Json) -> Route:
    """Return the Service that gets most of a rule's requests, if there is one."""
    meta = item["metadata"]
    namespace, name = meta["namespace"], meta["name"]
    bare = Route(
        kind="HTTPRoute",
        ingress=name,
        namespace=namespace,
        service="",
        created=item["metadata"].get("creationTimestamp") or "",
    )
    references = [
        b
        for b in many(rule, "backendRefs", having=("name",))
        if b.get("kind", "Service") == "Service" and b.get("weight", 1) > 0
    ]
    if not references:
        kinds = [b.get("kind") for b in many(rule, "backendRefs")]
        kinds += [f.get("type") for f in many(rule, "filters")]
        leads = ", ".join(k for k in kinds if k not in {None, "Service"}) or "nothing"
        return replace(bare, notes=(f"{bare.title} routes to {leads}, {NONE}",))
    first = max(references, key=lambda b: b.get("weight", 1))
    if any(f.get("type") == REDIRECT for f in many(first, "filters")):
        note = f"{bare.title} redirects requests for {first['name']}, {NONE}"
        return replace(bare, notes=(note,))
    others = [b["name"] for b in references if b is not first]
    shared = f"shares its requests with {', '.join(others)}, which are not probed"
    return replace(
        bare,
        service=first["name"],
        service_namespace=first.get("namespace"),
        port=first.get("port"),
        notes=(f"{first['name']} {shared}",) if others else (),
    )
