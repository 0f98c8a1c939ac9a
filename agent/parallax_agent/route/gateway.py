"""Gateway: which Service an HTTPRoute sends a host and path to.

In: HTTPRoute and Gateway objects (gateway.networking.k8s.io/v1). Out: the routes of
one URL, best first. It does not: follow GRPCRoutes, TLSRoutes or mesh routes, nor
read GatewayClasses: a route's status names the controller that took it.
Source: Gateway API 1.4, HTTPRoute (precedence, weights), Listener, RouteParentStatus.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from parallax.model.wire import Json
from parallax_agent.route.hosts import closest_hosts
from parallax_agent.route.ingress import HOSTS, NONE, Route, in_order
from parallax_agent.route.matching import EXACT, WILDCARD, listener_takes, under
from parallax_agent.route.matching import plain_beginning as plain
from parallax_agent.watch.objects import many, part


def routes(
    items: Iterable[Json], gateways: Iterable[Json], host: str, path: str
) -> list[Route]:
    """Return each HTTPRoute's route of a host and path, the one that wins first.

    One for each Gateway that it hangs on. A listener that ends TLS comes first: it is
    where users arrive. A route that no controller took comes last. What leads to no
    Service (a redirect) is a route only where it wins, and its `service` is empty.
    """
    known = {_place(g): g for g in gateways}
    every = [
        choice
        for item in items
        for bare in _choices(item, host, path)
        for choice in _attached(item, bare, known, host)
    ]
    best: dict[tuple[object, ...], Route] = {}
    for choice in _by_worth(_unhidden(every)):
        best.setdefault((choice.namespace, choice.ingress, choice.gateway), choice)
    first, *others = [*best.values()] or [None]
    return [first, *(r for r in others if r and r.service)] if first else []


def _by_worth(found: Iterable[Route]) -> list[Route]:
    return sorted(in_order(found), key=lambda r: (r.controller is None, not r.tls))


def _unhidden(found: Iterable[Route]) -> Iterator[Route]:
    """Yield the routes, without those that a redirect goes before at their listener."""
    listeners: dict[tuple[object, ...], list[Route]] = {}
    for choice in _by_worth(found):
        listeners.setdefault((choice.gateway, choice.listener), []).append(choice)
    for first, *others in listeners.values():
        if first.service:
            yield from (first, *(r for r in others if r.service))
        else:
            yield first


def http_route_hosts(
    items: Iterable[Json], host: str, beside: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return every host that an HTTPRoute names, and those beside, sorted."""
    named = {name for item in items for name in many(item, "spec", "hostnames")}
    return closest_hosts(named | set(beside), host)


def _choices(item: Json, host: str, path: str) -> Iterator[Route]:
    """Yield what the route's rules say of a URL, wherever the route hangs."""
    names = many(item, "spec", "hostnames") or [""]
    fitting = [name for name in names if listener_takes(name, host)]
    if not fitting:
        return
    name = max(fitting, key=lambda n: (not n.startswith("*"), len(n)))
    rank = EXACT if name and not name.startswith("*") else WILDCARD if name else 1
    for rule in many(item, "spec", "rules"):
        for match in many(rule, "matches") or [{}]:
            kind, text = _path(match)
            if _plain_get(match) and _takes(kind, text, path):
                order = rank * HOSTS + len(name), kind == "Exact", len(text)
                yield replace(
                    _to(item, rule), host=name, path=text, path_type=kind, rank=order
                )


def _path(match: Json) -> tuple[str, str]:
    told = part(match, "path")
    return told.get("type") or "PathPrefix", told.get("value") or "/"


def _takes(kind: str, text: str, path: str) -> bool:
    if kind == "Exact":
        return path == text
    if kind == "PathPrefix":
        return under(text, path)
    return path.startswith(plain(text))


def _plain_get(match: Json) -> bool:
    """Tell whether a match takes a plain GET: no header or parameter is demanded."""
    demands = many(match, "headers") or many(match, "queryParams")
    return not demands and match.get("method") in {None, "GET"}


def _to(item: Json, rule: Json) -> Route:
    """Return the Service that gets most of a rule's requests, if it has any."""
    namespace, name = _place(item)
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
        told = [b.get("kind") for b in many(rule, "backendRefs")]
        told += [f.get("type") for f in many(rule, "filters")]
        leads = ", ".join(k for k in told if k not in {None, "Service"}) or "nothing"
        return replace(bare, notes=(f"{bare.title} routes to {leads}, {NONE}",))
    first = max(references, key=lambda b: b.get("weight", 1))
    others = [b["name"] for b in references if b is not first]
    shared = f"shares its requests with {', '.join(others)}, which are not probed"
    return replace(
        bare,
        service=first["name"],
        service_namespace=first.get("namespace"),
        port=first.get("port"),
        notes=(f"{first['name']} {shared}",) if others else (),
    )


def _attached(
    item: Json, bare: Route, gateways: dict[tuple[str, str], Json], host: str
) -> Iterator[Route]:
    """Yield the route at each listener of a Gateway that it hangs on."""
    for parent in many(item, "spec", "parentRefs", having=("name",)):
        if parent.get("kind", "Gateway") != "Gateway":
            continue
        place = parent.get("namespace") or bare.namespace, parent["name"]
        gateway = gateways.get(place)
        if gateway is None:
            note = f"Gateway {place[0]}/{place[1]} does not exist or could not be read"
            yield replace(bare, gateway=place, notes=(*bare.notes, note))
            continue
        controller, notes = _status(item, bare.namespace, parent)
        for listener in many(gateway, "spec", "listeners"):
            allowed = _allows(listener, place[0], bare.namespace)
            if allowed and _fits(listener, parent, host):
                yield replace(
                    bare,
                    gateway=place,
                    class_name=part(gateway, "spec").get("gatewayClassName"),
                    controller=controller,
                    listener=listener.get("port"),
                    tls=listener.get("protocol") == "HTTPS",
                    addresses=frozenset(
                        a["value"]
                        for a in many(gateway, "status", "addresses", having=("value",))
                    ),
                    notes=(*bare.notes, *notes),
                )


def _fits(listener: Json, parent: Json, host: str) -> bool:
    """Tell whether a reference means this listener, and the listener takes the host."""
    return (
        parent.get("sectionName") in {None, listener.get("name")}
        and parent.get("port") in {None, listener.get("port")}
        and listener.get("protocol") in {"HTTP", "HTTPS"}
        and listener_takes(listener.get("hostname") or "", host)
    )


def _allows(listener: Json, mine: str, theirs: str) -> bool:
    """Tell whether a listener may take a namespace's HTTPRoutes.

    By default its own namespace's. Whom a selector means is not known: the route's
    status tells whether it was taken.
    """
    rules = part(listener, "allowedRoutes")
    source = part(rules, "namespaces").get("from", "Same")
    kinds = [k.get("kind") for k in many(rules, "kinds")]
    near = mine == theirs or source in {"All", "Selector"}
    return near and source != "None" and (not kinds or "HTTPRoute" in kinds)


def _status(
    item: Json, namespace: str, parent: Json
) -> tuple[str | None, tuple[str, ...]]:
    """Return which controller took a reference, and what it has against it."""
    wanted = _reference(parent, namespace)
    told = [
        s
        for s in many(item, "status", "parents")
        if _reference(part(s, "parentRef"), namespace) == wanted
    ]
    if not told:
        return None, ("no controller has accepted the HTTPRoute",)
    notes = [
        f"the HTTPRoute has {c['type']}={c['status']} ({c.get('reason', '?')})"
        for c in many(told[0], "conditions", having=("type", "status"))
        if c["type"] in {"Accepted", "ResolvedRefs"} and c["status"] != "True"
    ]
    refused = any("Accepted=" in note for note in notes)
    return None if refused else told[0].get("controllerName"), tuple(notes)


def _reference(parent: Json, namespace: str) -> tuple[object, ...]:
    return (
        parent.get("namespace") or namespace,
        parent.get("name"),
        parent.get("sectionName"),
        parent.get("port"),
    )


def _place(item: Json) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]
