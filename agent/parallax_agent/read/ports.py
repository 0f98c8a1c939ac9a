"""Ports: which port of a target's Service is probed.

In: the Service, the route that leads to it, the ingress controller's family. Out: the
port, or a sentence that says why there is none. It does not: choose the port of the
ingress controller's own Service (`entry`).
Source: networking.k8s.io/v1, ServiceBackendPort; ingress-nginx, `serviceEndpoints` in
internal/ingress/controller/controller.go.
"""

from parallax.model.cluster import ServicePort
from parallax.model.wire import Json
from parallax_agent.route.controllers import Family
from parallax_agent.route.entry import NOT_FOR_USERS
from parallax_agent.route.ingress import Route
from parallax_agent.watch import objects

BY_TARGET_PORT = "ingress-nginx"
"""The controller that also matches the target port of a Service's port."""
_WEB = ("http", "web", "80", "8080", "https", "443")
"""What marks a port as one for users, the likeliest first."""


def requested_port(
    item: Json, route: Route | None, family: Family | None
) -> tuple[ServicePort | None, str | None]:
    """Return the port to probe, and what is wrong with it or undecided.

    The Ingress names it. If only the target names the Service, it is the port that is
    marked as http, or the only port; else none, because a port that does not respond
    (for metrics, or unused) would make the app look broken.
    """
    ports = objects.service(item).ports
    if route is not None and route.service == objects.name_of(item):
        port = _of_route(ports, route, family)
        return port, _lacking(route, ports) if ports and port is None else None
    port = next(iter(ports), None) if len(ports) == 1 else _web(item, ports)
    return port, _undecided(item, ports) if ports and port is None else None


def _of_route(
    ports: tuple[ServicePort, ...], route: Route, family: Family | None
) -> ServicePort | None:
    """Return the port that an Ingress names; ingress-nginx takes the first match.

    It compares number, name and target port of each port in turn, all as text.
    """
    if family is not None and family.name == BY_TARGET_PORT:
        wanted = str(route.port)
        fits = (p for p in ports if wanted in {str(p.port), p.target_port, p.name})
    else:
        fits = (p for p in ports if route.port in {p.port, p.name})
    return next(fits, None) if route.port is not None else None


def _web(item: Json, ports: tuple[ServicePort, ...]) -> ServicePort | None:
    """Return the port marked as http, by `appProtocol`, by its name or its number.

    If several ports have the same mark, the next mark decides, or none is returned.
    """
    by_port = app_protocols(item)
    users = [p for p in ports if not any(w in (p.name or "") for w in NOT_FOR_USERS)]
    for word in _WEB:
        marked = [
            p for p in users if word in {by_port.get(p.port), p.name, str(p.port)}
        ]
        if len(marked) == 1:
            return marked[0]
    return None


def app_protocols(item: Json) -> dict[int, str]:
    """Return each TCP port's `appProtocol` in lower case, if it has one."""
    return {
        p["port"]: p["appProtocol"].lower()
        for p in objects.many(item, "spec", "ports", having=("port", "appProtocol"))
        if p.get("protocol", objects.TCP) == objects.TCP
    }


def _lacking(route: Route, ports: tuple[ServicePort, ...]) -> str:
    return (
        f"{route.title} routes to port {route.port} of Service {route.backend}, "
        f"which has only {_listed(ports)}; correct the Ingress"
    )


def _undecided(item: Json, ports: tuple[ServicePort, ...]) -> str:
    place = f"{item['metadata']['namespace']}/{objects.name_of(item)}"
    return (
        f"Service {place} has several ports ({_listed(ports)}) and no Ingress names "
        "one; name the port for users http"
    )


def _listed(ports: tuple[ServicePort, ...]) -> str:
    return ", ".join(f"{p.port} {p.name or ''}".strip() for p in ports)
