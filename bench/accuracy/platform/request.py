"""Request: one request, its response, and how a pod or its Service responds.

In: a `PlatformSpec`, the source, the destination. Out: a response with its duration.
It does not: simulate the ingress (`ingress`) or the internet (`edge`).
"""

from dataclasses import dataclass, replace

from bench.accuracy.platform import apps, pages
from bench.accuracy.platform.conditions import ALL
from bench.accuracy.platform.pages import Reply
from bench.accuracy.platform.parts import AppPod
from bench.accuracy.platform.spec import PlatformSpec
from parallax.model.probe import Certificate

LAN = 0.0006
SEGMENT = 1300
"""Bytes that fit into one packet of any path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `source` is `balancer`, a node's name, or `internet`."""

    request_id: str
    host: str
    at: float
    source: str
    tls: bool = False
    proxy: bool = False
    patience: float = 10.0
    verify: bool = True
    """Whether the client checks the certificate; health checks do not."""
    by_pod: bool = False
    """Whether a pod sends it, not the node itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A reply, or a problem (an `ErrorType` value) in a phase.

    With both, the reply began to arrive, and was cut in the phase `transfer`.
    """

    reply: Reply | None = None
    problem: str | None = None
    phase: str = "processing"
    connect: float = LAN
    processing: float = 0.002
    peer: str | None = None
    detail: str | None = None
    certificate: Certificate | None = None


SILENT = Response(problem="timeout", phase="connect")
REFUSED = Response(problem="connection_refused", phase="connect")
CLOSED = Response(problem="connection_closed")
LATE = Response(problem="timeout")


DROPPED = 0.6
"""Share of new connections that a full table drops."""


def untracked(spec: PlatformSpec, source: str, node: str) -> bool:
    """Return whether a full table of one of two nodes drops a new connection."""
    full = spec.conditions.full_table
    return bool({source, node} & {*full}) and spec.rng.random() < DROPPED


def filtered(spec: PlatformSpec, source: str, node: str, port: int) -> Response | None:
    """Return what a packet filter does to a connection; None: it accepts it."""
    if node in spec.conditions.dead or untracked(spec, source, node):
        return SILENT
    for rule in spec.rules:
        other = rule.source == "nodes" and source not in {"balancer", node}
        ours = other or rule.source in {"any", source}
        if not ours or rule.node not in {None, node} or rule.port not in {None, port}:
            continue
        if spec.rng.random() < rule.share:
            return SILENT if rule.action == "drop" else REFUSED
    return None


def to_service(spec: PlatformSpec, request: Request, came_by: str) -> Response:
    """Send a request to the Service by cluster IP or NodePort: to any ready pod."""
    state = spec.conditions
    if came_by in {*state.no_proxy, *state.stale_proxy}:
        return SILENT
    ready = spec.endpoints()
    if not ready:
        return REFUSED
    pod = ready[spec.turn(f"service:{came_by}", len(ready))]
    return to_pod(spec, pod, replace(request, source=came_by))


def to_pod(
    spec: PlatformSpec, pod: AppPod, request: Request, *, at_node: bool = False
) -> Response:
    """Send a request to one pod from a node."""
    stopped = _stopped(spec, pod, request, at_node=at_node)
    return _respond(spec, pod, request) if stopped is None else stopped


def _stopped(
    spec: PlatformSpec, pod: AppPod, request: Request, *, at_node: bool
) -> Response | None:
    """Return what becomes of a connection that does not arrive; None: it does."""
    if pod.node in spec.conditions.dead or closed(spec, pod, request):
        return SILENT
    if at_node:
        return None
    if not pod.host_network and untracked(spec, request.source, pod.node):
        return SILENT
    if cut(spec, request.source, pod.node, host_network=pod.host_network):
        return SILENT
    if pod.host_network:
        return filtered(spec, request.source, pod.node, pod.port)
    return None


def _respond(spec: PlatformSpec, pod: AppPod, request: Request) -> Response:
    """Return how a pod responds to a request that arrives."""
    ill = pod.behavior != "well" and spec.rng.random() < pod.share
    if ill and pod.behavior == "refuse":
        return REFUSED
    if ill and pod.behavior == "hang":
        return replace(LATE, processing=request.patience)
    took = pod.seconds * spec.rng.uniform(0.8, 1.3)
    page = apps.reply(pod.page) if ill else fine(spec)
    far = request.source != pod.node and not pod.host_network
    lost = far and spec.conditions.lost == "overlay" and len(page.body) > SEGMENT
    if lost or took > request.patience:
        return replace(LATE, processing=request.patience)
    return Response(reply=page, processing=took)


def fine(spec: PlatformSpec) -> Reply:
    """Return the response of a healthy pod, as long as its page is."""
    size = spec.conditions.page_bytes
    if not size:
        return pages.fine(spec.expects)
    rows = '{"id": 7, "name": "a row of a long list"}, ' * (size // 40)
    return pages.fine(spec.expects, f"[{rows}null]")


def closed(spec: PlatformSpec, pod: AppPod, request: Request) -> bool:
    """Return whether a NetworkPolicy drops it; a pod's own node is always let in."""
    policy = spec.conditions.policy
    selected = ALL in policy or pod.name in policy
    own = request.source == pod.node and not request.by_pod
    return selected and not own and not pod.host_network


def cut(spec: PlatformSpec, source: str, node: str, *, host_network: bool) -> bool:
    """Return whether the way needs the overlay, and it is broken."""
    return spec.overlay_cut and source != node and not host_network
