"""Ingress steps: the hops up to the ingress in words: route, class, ingress.

In: a target's path (`read`). Out: a step for each hop. It does not: describe what is
behind the ingress; `steps` does.
"""

from parallax_agent.explain.steps import (
    FOUND,
    MAX_NAMES,
    MISSING,
    UNKNOWN,
    Step,
    pods_step,
    service_text,
    some,
)
from parallax_agent.hops import plan
from parallax_agent.read.ingress_reading import rule
from parallax_agent.read.target_path import TargetPath
from parallax_agent.route.annotations import passes_tls
from parallax_agent.route.entry import Entry, entry_port
from parallax_agent.route.ingress import Route
from parallax_agent.route.matching import ANY, WILDCARD


def route_step(path: TargetPath, host: str) -> Step:
    """Describe which Ingress or HTTPRoute matches the host."""
    discovery, route = path.discovery, path.route
    if discovery and discovery.entry.direct:
        what = f"none for {host}; the Service itself is the way in"
        return Step(hop="route", state=FOUND, what=what)
    if discovery is None or route is None:
        unread = discovery is None or discovery.rules is None
        unmatched = f"no Ingress or HTTPRoute matches {host}"
        return Step(
            hop="route",
            state=UNKNOWN if unread else MISSING,
            what="Ingresses could not be read" if unread else unmatched,
            more=_hosts(path, host),
        )
    others = [
        r.title
        for r in discovery.others
        if r.backend != route.backend and r.gateway == route.gateway
    ]
    precedence = f"takes precedence over {', '.join(others[:MAX_NAMES])}"
    ends = f"TLS {_ends(path, tls=path.probed_way.tls)}"
    return Step(
        hop="route",
        state=FOUND,
        what=route.title,
        why=_why_route(route),
        more=(ends, *((precedence,) if others else ())),
    )


def _ends(path: TargetPath, *, tls: bool) -> str:
    if not tls:
        return "is not terminated here"
    passed = path.discovery is not None and passes_tls(rule(path.discovery))
    return "is passed through to the pods" if passed else "is terminated here"


def _hosts(path: TargetPath, host: str) -> tuple[str, ...]:
    known = [name for name in path.reading.ingress_hosts or () if name != host]
    tail = host.partition(".")[2]
    near = [name for name in known if tail and name.endswith(tail)] or list(known)
    return (f"hosts that have a route: {some(near)}",) if near else ()


def _why_route(route: Route) -> str:
    rank = route.rank[0] if route.kind == "Ingress" else None
    if not route.path:
        return "no rule matches the host; this is the default backend"
    if rank == ANY or not route.host:
        host = "a rule without a host matches every host"
    elif rank == WILDCARD or route.host.startswith("*"):
        host = f"wildcard host {route.host}"
    else:
        host = f"host {route.host}"
    return f"{host}, path {route.path} ({route.path_type or 'no type'})"


_CLASSES = {"HTTPRoute": "GatewayClass"}


def class_step(path: TargetPath) -> Step | None:
    """Describe the class of the route and its controller; None: there is no route."""
    cls = path.discovery.cls if path.discovery else None
    if path.route is None or cls is None:
        return None
    family = cls.family.name if cls.family else "unknown controller"
    kind = _CLASSES.get(path.route.kind, "IngressClass")
    controller = f" ({cls.controller})" if cls.controller else ""
    gateway = path.route.gateway
    return Step(
        hop="class",
        state=FOUND if cls.family else UNKNOWN,
        what=f"{kind} {cls.name or '(none)'}: {family}{controller}",
        why=cls.why,
        more=(f"Gateway {'/'.join(gateway)}",) if gateway else (),
    )


def ingress_step(path: TargetPath) -> Step:
    """Describe the ingress controller's Service, and how it is probed."""
    discovery, service = path.discovery, path.reading.ingress_service
    why = discovery.entry.why if discovery else ""
    if discovery and discovery.entry.direct:
        return Step(hop="ingress", state=FOUND, what="none is on the path", why=why)
    if discovery and discovery.entry.workload:
        return _on_the_nodes(path, discovery.entry)
    if service is None:
        named = discovery is not None and discovery.entry.service is not None
        what = (
            "the Service does not exist or could not be read"
            if named
            else "not decided"
        )
        return Step(
            hop="ingress", state=MISSING if named else UNKNOWN, what=what, why=why
        )
    asked = path.probed_way
    port = entry_port(service, tls=asked.tls, listener=asked.listener)
    if port is None:
        way = "no port for this scheme; the agent does not probe it"
    else:
        node_port = (
            f", NodePort {port.node_port}" if port.node_port else ", no NodePort"
        )
        if path.host_port:
            node_port += f", probed at port {path.host_port} of the nodes"
        way = f"port {port.port}{node_port}, {'https' if asked.tls else 'http'}"
        if plan.expects_proxy_line(path.reading):
            way += ", with a PROXY protocol header"
    rivals = discovery.entry.rivals if discovery else ()
    candidates = (f"other candidates: {some(rivals)}",) if rivals else ()
    pods = pods_step("", path.reading.ingress_endpoints, path.reading.ingress_pods)
    return Step(
        hop="ingress",
        state=FOUND if port else MISSING,
        what=service_text(service),
        why=why,
        more=(way, *asked.why, f"pods: {pods.what}", *pods.more, *candidates),
    )


def _on_the_nodes(path: TargetPath, entry: Entry) -> Step:
    """Describe a controller without a Service, which listens on the nodes' ports."""
    asked, reading = path.probed_way, path.reading
    scheme = "https" if asked.tls else "http"
    way = f"port {path.host_port} of each node that runs a pod, {scheme}"
    pods = pods_step("", reading.ingress_endpoints, reading.ingress_pods)
    return Step(
        hop="ingress",
        state=FOUND if path.host_port else MISSING,
        what=f"{entry.workload}, no Service",
        why=entry.why,
        more=(
            way if path.host_port else "no port of the nodes for this scheme",
            *asked.why,
            f"pods: {pods.what}",
            *pods.more,
        ),
    )
