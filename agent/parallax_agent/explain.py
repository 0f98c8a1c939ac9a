"""Explain: the path of one host through the cluster, hop by hop, and why this one.

In: what the agent itself reads of a host (`read`). Out: steps as text or JSON.
It does not: probe, or find anything of its own: it tells what the agent would ask.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from parallax.model.cluster import Endpoint, Pod, Service
from parallax.model.target import Target
from parallax_agent import hops
from parallax_agent.entry import entry_port
from parallax_agent.ingress import Route
from parallax_agent.matching import ANY, WILDCARD
from parallax_agent.read import TargetPath
from parallax_agent.share import Standpoint

FOUND, MISSING, UNKNOWN = "found", "missing", "unknown"
_MARKS = {FOUND: ("ok", "32"), MISSING: ("--", "31"), UNKNOWN: ("??", "33")}
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One hop: what was found there, why, and what else is to be known of it."""

    hop: str
    state: str
    what: str
    why: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A host's path; `problems` say what is ambiguous, missing or not readable."""

    host: str
    path: str
    found: bool
    steps: tuple[Step, ...]
    problems: tuple[str, ...]


def explain(target: Target, path: TargetPath, *, asked: str, node: str) -> Explanation:
    """Tell a target's path as the agent on this node reads it; `asked`: its path."""
    reading = path.reading
    steps = [
        _route_step(path, target.host),
        _class_step(path),
        _ingress_step(path),
        _service_step(path),
        _pods_step("pods", reading.endpoints, reading.pods),
        _nodes_step(path),
    ]
    told = [s for s in steps if s is not None]
    if node:
        told.append(_asked_step(target, path, node))
    return Explanation(
        host=target.host,
        path=asked,
        found=path.route is not None and reading.service is not None,
        steps=tuple(told),
        problems=reading.problems,
    )


def as_json(told: Explanation) -> str:
    """Return an explanation as JSON."""
    return json.dumps(asdict(told), indent=2)


def as_text(told: Explanation, *, colors: bool = False) -> Iterator[str]:
    """Yield an explanation as lines for a terminal."""
    yield f"{told.host}{told.path}"
    wide = max(len(s.hop) for s in told.steps)
    for step in told.steps:
        mark, color = _MARKS[step.state]
        sign = f"\x1b[{color}m{mark}\x1b[0m" if colors else mark
        yield f"{sign} {step.hop:<{wide}}  {step.what}"
        for line in (step.why, *step.more):
            if line:
                yield f"{'':<{wide + 3}}  {line}"
    if told.problems:
        yield ""
        yield "To be settled:" if told.found else "Not found, because:"
        yield from (f"- {problem}" for problem in told.problems)


def _route_step(path: TargetPath, host: str) -> Step:
    found, route = path.found, path.route
    if found is None or route is None:
        unread = found is None or found.rules is None
        likest = f"no Ingress or HTTPRoute takes {host}"
        return Step(
            hop="route",
            state=UNKNOWN if unread else MISSING,
            what="Ingresses could not be read" if unread else likest,
            more=_hosts(path, host),
        )
    others = [r.title for r in found.others if r.backend != route.backend]
    beside = f"it goes before {', '.join(others[:_MOST_NAMES])}"
    ends = f"TLS is ended {'here' if route.tls else 'before it, or not at all'}"
    return Step(
        hop="route",
        state=FOUND,
        what=route.title,
        why=_why_route(route),
        more=(ends, *((beside,) if others else ())),
    )


def _hosts(path: TargetPath, host: str) -> tuple[str, ...]:
    known = path.reading.ingress_hosts or ()
    tail = host.partition(".")[2]
    near = [name for name in known if tail and name.endswith(tail)] or list(known)
    return (f"hosts that are served: {_some(near)}",) if near else ()


def _why_route(route: Route) -> str:
    rank = route.rank[0] if route.kind == "Ingress" else None
    if not route.path:
        return "no rule takes the host; this is the default backend"
    if rank == ANY or not route.host:
        host = "a rule without host takes every host"
    elif rank == WILDCARD or route.host.startswith("*"):
        host = f"host {route.host} takes it"
    else:
        host = f"host {route.host}"
    return f"{host}, path {route.path} ({route.path_type or 'no type'})"


def _class_step(path: TargetPath) -> Step | None:
    cls = path.found.cls if path.found else None
    if path.route is None or cls is None:
        return None
    family = cls.family.name if cls.family else "a controller that is not known here"
    kind = "IngressClass" if path.route.kind == "Ingress" else "GatewayClass"
    controller = f" ({cls.controller})" if cls.controller else ""
    gateway = path.route.gateway
    return Step(
        hop="class",
        state=FOUND if cls.family else UNKNOWN,
        what=f"{kind} {cls.name or '(none)'}: {family}{controller}",
        why=cls.why,
        more=(f"Gateway {'/'.join(gateway)}",) if gateway else (),
    )


def _ingress_step(path: TargetPath) -> Step:
    found, service = path.found, path.reading.ingress_service
    why = found.entry.why if found else ""
    if service is None:
        named = found is not None and found.entry.service is not None
        what = "its Service does not exist or was not read" if named else "not decided"
        return Step(
            hop="ingress", state=MISSING if named else UNKNOWN, what=what, why=why
        )
    route = path.route
    tls, listener = (route.tls, route.listener) if route else (False, None)
    port = entry_port(service, tls=tls, listener=listener)
    if port is None:
        way = "it has no port for this: the agent does not ask it"
    else:
        node_port = (
            f", NodePort {port.node_port}" if port.node_port else ", no NodePort"
        )
        way = f"port {port.port}{node_port}, {'https' if tls else 'http'}"
        if hops.wants_proxy_line(path.reading):
            way += ", connections begin with a PROXY line"
    rivals = found.entry.rivals if found else ()
    beside = (f"not taken: {_some(rivals)}",) if rivals else ()
    pods = _pods_step("", path.reading.ingress_endpoints, path.reading.ingress_pods)
    return Step(
        hop="ingress",
        state=FOUND if port else MISSING,
        what=_service_text(service),
        why=why,
        more=(way, f"pods: {pods.what}", *pods.more, *beside),
    )


def _service_step(path: TargetPath) -> Step:
    service, route = path.reading.service, path.route
    if service is None:
        what = "nobody names it"
        if route and route.service:
            what = f"{route.backend}: not there or not read"
        return Step(hop="service", state=MISSING, what=what)
    port, more = path.port, list[str]()
    if service.type == "ExternalName":
        more.append("it leads outside the cluster: nothing behind it is asked")
    elif port is None:
        more.append("it lacks the port that is asked")
    else:
        named = f" ({port.name})" if port.name else ""
        more.append(f"port {port.port}{named} leads to {port.target_port}")
    if service.cluster_ip == "None":
        more.append("headless: it has no address of its own, the pods are asked")
    if path.second_ip:
        more.append(f"two address families: {service.cluster_ip} and {path.second_ip}")
    same = route is not None and route.backend == f"{service.namespace}/{service.name}"
    why = f"{route.title} names it" if route and same else "the target names it"
    lost = port is None and service.type != "ExternalName"
    return Step(
        hop="service",
        state=MISSING if lost else FOUND,
        what=_service_text(service),
        why=why,
        more=tuple(more),
    )


def _pods_step(
    hop: str,
    ends: tuple[Endpoint, ...] | None,
    pods: tuple[Pod, ...] | None,
) -> Step:
    if ends is None:
        return Step(
            hop=hop, state=UNKNOWN, what="endpoints were not read, or it has none"
        )
    ready = sum(e.ready for e in ends)
    nodes = sorted({e.node for e in ends if e.node})
    waiting = Counter(p.waiting_reason for p in pods or () if p.waiting_reason)
    more = [f"{number} pods wait: {reason}" for reason, number in waiting.items()]
    where = f" on {_some(nodes)}" if nodes else ""
    return Step(
        hop=hop,
        state=FOUND if ready else MISSING,
        what=f"{ready} of {len(ends)} ready{where}",
        more=tuple(more),
    )


def _nodes_step(path: TargetPath) -> Step:
    nodes = path.reading.nodes
    if nodes is None:
        return Step(hop="nodes", state=UNKNOWN, what="nodes were not read")
    ready = sum(n.ready for n in nodes)
    out = [n.name for n in nodes if n.excluded]
    more = (f"kept out of load balancers: {_some(out)}",) if out else ()
    return Step(
        hop="nodes",
        state=FOUND if ready else MISSING,
        what=f"{ready} of {len(nodes)} ready",
        more=more,
    )


def _asked_step(target: Target, path: TargetPath, node: str) -> Step:
    """Tell what the agent of this node would ask in a cycle."""
    asked = hops.questions(target, path, Standpoint(node=node, turn=0))
    roles = Counter(q.role.value for q in asked)
    told = ", ".join(f"{number} {role}" for role, number in roles.items())
    unasked = hops.unasked_backend(path)
    return Step(
        hop="asked",
        state=FOUND if asked else UNKNOWN,
        what=f"from {node}, every cycle: {told or 'nothing'}",
        more=(unasked,) if unasked else (),
    )


def _service_text(service: Service) -> str:
    return f"Service {service.namespace}/{service.name}, {service.type}"


def _some(names: Iterable[str]) -> str:
    found = list(names)
    rest = len(found) - _MOST_NAMES
    return ", ".join(found[:_MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")
