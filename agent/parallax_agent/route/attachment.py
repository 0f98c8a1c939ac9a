"""Attachment: at which listeners of which Gateways an HTTPRoute is.

In: an HTTPRoute, the possible parents, a host. Out: the route at each listener that
takes the host, and why another listener takes it. It does not: compare rules, or read
GatewayClasses: a route's status names the controller that accepted it.
Source: Gateway API 1.5, ParentReference, AllowedRoutes, RouteParentStatus.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from parallax.model.wire import Json
from parallax_agent.route import listeners
from parallax_agent.route.ingress import Route
from parallax_agent.route.listeners import Parent
from parallax_agent.route.matching import listener_matches
from parallax_agent.watch.objects import many, part


def isolated(
    items: Iterable[Json],
    gateways: Iterable[Json],
    host: str,
    listener_sets: Iterable[Json] = (),
) -> Iterator[str]:
    """Yield a sentence for each route that a closer listener keeps from the host."""
    parents = listeners.parents(gateways, listener_sets)
    for item in items:
        names = many(item, "spec", "hostnames") or [""]
        if not any(listener_matches(name, host) for name in names):
            continue
        for reference in many(item, "spec", "parentRefs", having=("name",)):
            parent = parents.get(_parent(reference, item["metadata"]["namespace"]))
            for listener in parent.listeners if parent else ():
                closer = parent.closer(listener, host) if parent else None
                if closer is not None and _fits(listener, reference, host):
                    where = f"Gateway {'/'.join(parent.gateway)}" if parent else ""
                    yield (
                        f"HTTPRoute {'/'.join(_place(item))} is attached to listener "
                        f"{listener.get('name')} of {where}, but requests for {host} go"
                        f" to its listener {closer.get('name')}, which has the closer "
                        "hostname; attach the route to that listener"
                    )


def _parent(reference: Json, namespace: str) -> tuple[str, tuple[str, str]]:
    place = reference.get("namespace") or namespace, reference["name"]
    return reference.get("kind", listeners.GATEWAY), place


def attached(
    item: Json,
    bare: Route,
    parents: Mapping[tuple[str, tuple[str, str]], Parent],
    host: str,
) -> Iterator[Route]:
    """Yield the route at each listener of each Gateway that it is attached to."""
    for reference in many(item, "spec", "parentRefs", having=("name",)):
        kind, place = key = _parent(reference, bare.namespace)
        if kind not in {listeners.GATEWAY, listeners.LISTENER_SET}:
            continue
        parent = parents.get(key)
        if parent is None:
            yield _unresolved(item, bare, reference, (kind, place))
            continue
        controller, notes = _status(item, bare.namespace, reference)
        for listener in parent.listeners:
            allowed = _allows(listener, place[0], bare.namespace)
            fits = _fits(listener, reference, host) and parent.takes(listener, host)
            if allowed and fits:
                yield replace(
                    _at(bare, parent, listener),
                    controller=controller,
                    notes=(*bare.notes, *notes),
                )


def _unresolved(
    item: Json, bare: Route, reference: Json, parent: tuple[str, tuple[str, str]]
) -> Route:
    """Return a route whose parent was not read.

    The Gateway of a ListenerSet is then unknown, but its controller has a status.
    """
    kind, place = parent
    note = f"{kind} {'/'.join(place)} does not exist or could not be read"
    if kind == listeners.GATEWAY:
        return replace(bare, gateway=place, notes=(*bare.notes, note))
    controller, notes = _status(item, bare.namespace, reference)
    set_it = "set ingress_namespace and ingress_service in the target"
    note = f"{note}, so its Gateway is unknown; {set_it}"
    return replace(bare, controller=controller, notes=(*bare.notes, *notes, note))


def _at(bare: Route, parent: Parent, listener: Json) -> Route:
    """Return a route at one listener."""
    gateway = parent.item
    return replace(
        bare,
        gateway=parent.gateway,
        class_name=part(gateway, "spec").get("gatewayClassName"),
        listener=listener.get("port"),
        tls=listener.get("protocol") == "HTTPS",
        addresses=frozenset(
            a["value"] for a in many(gateway, "status", "addresses", having=("value",))
        ),
    )


def _fits(listener: Json, parent: Json, host: str) -> bool:
    """Tell whether a reference names this listener, and the listener has the host."""
    return (
        parent.get("sectionName") in {None, listener.get("name")}
        and parent.get("port") in {None, listener.get("port")}
        and listener.get("protocol") in {"HTTP", "HTTPS"}
        and listener_matches(listener.get("hostname") or "", host)
    )


def _allows(listener: Json, mine: str, theirs: str) -> bool:
    """Tell whether a listener may accept a namespace's HTTPRoutes.

    By default only its own namespace's. A selector is not evaluated: the route's status
    says whether it was accepted.
    """
    rules = part(listener, "allowedRoutes")
    source = part(rules, "namespaces").get("from", "Same")
    kinds = [k.get("kind") for k in many(rules, "kinds")]
    near = mine == theirs or source in {"All", "Selector"}
    return near and source != "None" and (not kinds or "HTTPRoute" in kinds)


def _status(
    item: Json, namespace: str, parent: Json
) -> tuple[str | None, tuple[str, ...]]:
    """Return the controller that accepted a reference, and its objections."""
    wanted = _reference(parent, namespace)
    statuses = [
        s
        for s in many(item, "status", "parents")
        if _reference(part(s, "parentRef"), namespace) == wanted
    ]
    if not statuses:
        return None, ("no controller has accepted the HTTPRoute",)
    notes = [
        f"the HTTPRoute has {c['type']}={c['status']} ({c.get('reason', '?')})"
        for c in many(statuses[0], "conditions", having=("type", "status"))
        if c["type"] in {"Accepted", "ResolvedRefs"} and c["status"] != "True"
    ]
    refused = any("Accepted=" in note for note in notes)
    return None if refused else statuses[0].get("controllerName"), tuple(notes)


def _reference(parent: Json, namespace: str) -> tuple[object, ...]:
    return (
        parent.get("namespace") or namespace,
        parent.get("name"),
        parent.get("sectionName"),
        parent.get("port"),
    )


def _place(item: Json) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]
