"""F5: routes of VirtualServers of F5's NGINX Ingress Controller.

In: VirtualServer objects (k8s.nginx.org/v1). Out: the routes of one URL, best first,
and every host. It does not: follow a VirtualServerRoute.
Source: F5 NGINX Ingress Controller, configuration (VirtualServer).
"""

from collections.abc import Iterable, Iterator

from parallax.model.wire import Json
from parallax_agent.route.annotations import class_name
from parallax_agent.route.ingress import NONE, Route, in_order
from parallax_agent.route.matching import OTHER, host_rank
from parallax_agent.watch.objects import many, part


def routes(items: Iterable[Json], host: str, path: str) -> list[Route]:
    """Return each matching route of each VirtualServer, the winning one first."""
    return in_order(
        _route(item, rule, host)
        for item in items
        if _host(item) and host_rank(_host(item), host) != OTHER
        for rule in many(item, "spec", "routes", having=("path",))
        if _matches(rule["path"], path)
    )


def hosts(items: Iterable[Json]) -> set[str]:
    """Return every host."""
    return {_host(item) for item in items} - {""}


def _matches(pattern: str, path: str) -> bool:
    if pattern.startswith("="):
        return path == pattern.removeprefix("=").strip()
    return not pattern.startswith("~") and path.startswith(pattern)


def _route(item: Json, rule: Json, host: str) -> Route:
    upstreams = {
        u["name"]: u for u in many(item, "spec", "upstreams", having=("name",))
    }
    upstream = upstreams.get(next(_passes(rule), ""), {})
    lacking = (f"{host}{rule['path']} routes to something else, {NONE}",)
    exact = rule["path"].startswith("=")
    return Route(
        kind="VirtualServer",
        ingress=item["metadata"]["name"],
        namespace=item["metadata"]["namespace"],
        service=upstream.get("service") or "",
        port=upstream.get("port"),
        tls=bool(part(item, "spec").get("tls")),
        host=_host(item),
        path=rule["path"],
        path_type="exact" if exact else "prefix",
        class_name=class_name(item),
        controller="nginx.org/ingress-controller",
        rank=(host_rank(_host(item), host), exact, len(rule["path"])),
        created=item["metadata"].get("creationTimestamp") or "",
        notes=() if upstream.get("service") else lacking,
    )


def _passes(rule: Json) -> Iterator[str]:
    """Yield the upstream of the rule's action, or of the largest split."""
    action = part(rule, "action")
    direct = action.get("pass") or part(action, "proxy").get("upstream")
    if direct:
        yield direct
    splits = sorted(many(rule, "splits"), key=lambda s: -s.get("weight", 0))
    for split in splits:
        name = part(split, "action").get("pass")
        if name:
            yield name


def _host(item: Json) -> str:
    return part(item, "spec").get("host") or ""
