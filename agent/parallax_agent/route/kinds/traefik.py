"""Traefik: routes of IngressRoutes.

In: IngressRoute and Middleware objects (traefik.io/v1alpha1). Out: the routes of one
URL, best first, and every host. It does not: follow a TraefikService, or read what a
plugin does.
Source: Traefik, reference/routing-configuration/kubernetes/crd (IngressRoute,
Middleware).
"""

import re
from collections.abc import Iterable, Iterator

from parallax.model.wire import Json
from parallax_agent.route.ingress import NONE, Route, in_order
from parallax_agent.route.kinds.traefik_rule import Match, match
from parallax_agent.route.matching import ANY, EXACT
from parallax_agent.watch.objects import many, part
from parallax_agent.watch.resources import REJECTING_MIDDLEWARES

_HOST = re.compile(r"\bHost\(([^()]*)\)")
_QUOTED = re.compile(r"[`\"']([^`\"']+)[`\"']")


def routes(
    items: Iterable[Json], middlewares: Iterable[Json], host: str, path: str
) -> list[Route]:
    """Return each matching route of each IngressRoute, the winning one first.

    The highest priority wins; without one, the longest rule.
    """
    by_place = {
        (m["metadata"]["namespace"], m["metadata"]["name"]): m for m in middlewares
    }
    return in_order(
        _route(item, rule, found, by_place)
        for item in items
        for rule in many(item, "spec", "routes", having=("match",))
        if (found := match(rule["match"], host, path)).answer is not False
        and (found.answer or found.names_host)
    )


def hosts(items: Iterable[Json]) -> set[str]:
    """Return every host that a rule names."""
    return {
        name
        for item in items
        for rule in many(item, "spec", "routes", having=("match",))
        for values in _HOST.findall(rule["match"])
        for name in _QUOTED.findall(values)
    }


def _route(
    item: Json, rule: Json, found: Match, middlewares: dict[tuple[str, str], Json]
) -> Route:
    namespace, spec = item["metadata"]["namespace"], part(item, "spec")
    text = rule["match"]
    services = [
        s
        for s in many(rule, "services", having=("name",))
        if s.get("kind", "Service") == "Service"
    ]
    first = max(services, key=lambda s: s.get("weight", 1), default=None)
    notes = [*_rejecting(rule, namespace, middlewares)]
    if found.answer is None:
        notes.append(f"rule {text} may match less: it is evaluated only in part")
    if first is None:
        kinds = (s.get("kind", "nothing") for s in many(rule, "services"))
        notes.append(f"rule {text} routes to {next(kinds, 'nothing')}, {NONE}")
    closeness = EXACT if found.names_host else ANY
    return Route(
        kind="IngressRoute",
        ingress=item["metadata"]["name"],
        namespace=namespace,
        service=first["name"] if first else "",
        service_namespace=first.get("namespace") if first else None,
        port=first.get("port") if first else None,
        tls="tls" in spec,
        host=text,
        path="/",
        path_type="rule",
        entry_points=tuple(many(spec, "entryPoints")),
        controller="traefik.io/ingress-controller",
        rank=(closeness, False, rule.get("priority") or len(text)),
        created=item["metadata"].get("creationTimestamp") or "",
        notes=tuple(notes),
    )


def _rejecting(
    rule: Json, namespace: str, middlewares: dict[tuple[str, str], Json]
) -> Iterator[str]:
    """Yield a sentence for each middleware that can reject a request, or is missing."""
    for reference in many(rule, "middlewares", having=("name",)):
        place = reference.get("namespace") or namespace, reference["name"]
        item = middlewares.get(place)
        title = f"Middleware {'/'.join(place)}"
        if "@" in reference["name"]:
            continue  # of another provider
        if item is None:
            yield (
                f"{title} does not exist or could not be read; without it Traefik "
                "responds 404"
            )
            continue
        for kind in sorted(REJECTING_MIDDLEWARES & part(item, "spec").keys()):
            yield f"{title} ({kind}) can reject requests"
