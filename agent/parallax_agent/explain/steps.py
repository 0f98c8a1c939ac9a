"""Steps: the hops behind the ingress in words: Service, pods, nodes, probes.

In: a target's path (`read`). Out: a step for each hop. It does not: describe the hops
up to the ingress (`ingress_steps`), order the steps, or print them (`explanation`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from parallax.model.cluster import Endpoint, Pod, Service
from parallax.model.target import Target
from parallax_agent.hops import plan
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.read.target_path import TargetPath

FOUND, MISSING, UNKNOWN = "found", "missing", "unknown"
MAX_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One hop: what was found, why, and further facts."""

    hop: str
    state: str
    what: str
    why: str = ""
    more: tuple[str, ...] = ()


def service_step(path: TargetPath) -> Step:
    """Describe the target's Service and its port."""
    service, route = path.reading.service, path.route
    if service is None:
        what = "no Ingress, HTTPRoute or target names a Service"
        if route and route.service:
            what = f"{route.backend} does not exist or could not be read"
        return Step(hop="service", state=MISSING, what=what)
    port, more = path.port, list[str]()
    if service.type == "ExternalName":
        more.append("outside the cluster; the agent does not probe it")
    elif port is None:
        more.append("the routed port does not exist or is not decided")
    else:
        named = f" ({port.name})" if port.name else ""
        more.append(f"port {port.port}{named}, target port {port.target_port}")
    if service.cluster_ip == "None":
        more.append("headless: no address of its own; the agent probes its pods")
    if path.local:
        more.append(
            "internal traffic policy Local: not probed from a node without a ready pod"
        )
    if path.discovery and path.discovery.entry.direct:
        more.append(_node_ports(service))
    if path.second_ip:
        more.append(f"two address families: {service.cluster_ip} and {path.second_ip}")
    same = route is not None and route.backend == f"{service.namespace}/{service.name}"
    why = f"named by {route.title}" if route and same else "named in the target"
    missing = port is None and service.type != "ExternalName"
    return Step(
        hop="service",
        state=MISSING if missing else FOUND,
        what=service_text(service),
        why=why,
        more=tuple(more),
    )


def _node_ports(service: Service) -> str:
    """Return the ports of the nodes at which the app's own Service is reached."""
    pairs = (f"{p.node_port} for {p.port}" for p in service.ports if p.node_port)
    return f"the way in: NodePorts {', '.join(pairs)}"


def pods_step(
    hop: str,
    ends: tuple[Endpoint, ...] | None,
    pods: tuple[Pod, ...] | None,
) -> Step:
    """Describe how many endpoints are ready, where, and why pods wait."""
    if ends is None:
        return Step(
            hop=hop, state=UNKNOWN, what="endpoints do not exist or could not be read"
        )
    ready = sum(e.ready for e in ends)
    nodes = sorted({e.node for e in ends if e.node})
    waiting = Counter(p.waiting_reason for p in pods or () if p.waiting_reason)
    more = [f"{number} waiting: {reason}" for reason, number in waiting.items()]
    where = f" on {some(nodes)}" if nodes else ""
    return Step(
        hop=hop,
        state=FOUND if ready else MISSING,
        what=f"{ready} of {len(ends)} ready{where}",
        more=tuple(more),
    )


def nodes_step(path: TargetPath) -> Step:
    """Describe how many nodes are ready."""
    nodes = path.reading.nodes
    if nodes is None:
        return Step(hop="nodes", state=UNKNOWN, what="nodes could not be read")
    ready = sum(n.ready for n in nodes)
    out = [n.name for n in nodes if n.excluded]
    more = (f"excluded from load balancers: {some(out)}",) if out else ()
    return Step(
        hop="nodes",
        state=FOUND if ready else MISSING,
        what=f"{ready} of {len(nodes)} ready",
        more=more,
    )


def probes_step(target: Target, path: TargetPath, node: str) -> Step:
    """Describe which probes the agent of this node would send in a cycle."""
    requests = plan.plan_requests(target, path, VantagePoint(node=node, cycle=0))
    roles = Counter(q.role.value for q in requests)
    counts = ", ".join(f"{number} {role}" for role, number in roles.items())
    unsupported = plan.unsupported_protocol(path)
    return Step(
        hop="probes",
        state=FOUND if requests else UNKNOWN,
        what=f"from {node}, per cycle: {counts or 'none'}",
        more=(unsupported,) if unsupported else (),
    )


def service_text(service: Service) -> str:
    """Return a Service's namespace, name and type."""
    return f"Service {service.namespace}/{service.name}, {service.type}"


def some(names: Iterable[str]) -> str:
    """Return the first names, and how many more there are."""
    every = list(names)
    rest = len(every) - MAX_NAMES
    return ", ".join(every[:MAX_NAMES]) + (f" and {rest} more" if rest > 0 else "")
