"""Request: one request, its response, and how a pod or its Service responds.

In: a `PlatformSpec`, the source, the destination. Out: a response with its duration.
It does not: simulate the ingress (`ingress`) or the internet (`edge`).
"""

from dataclasses import dataclass, replace

from bench.accuracy.platform import apps, pages
from bench.accuracy.platform.pages import Reply
from bench.accuracy.platform.parts import AppPod
from bench.accuracy.platform.spec import PlatformSpec

LAN = 0.0006


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A reply, or a problem (an `ErrorType` value) in a phase."""

    reply: Reply | None = None
    problem: str | None = None
    phase: str = "processing"
    connect: float = LAN
    processing: float = 0.002
    peer: str | None = None


SILENT = Response(problem="timeout", phase="connect")
REFUSED = Response(problem="connection_refused", phase="connect")
CLOSED = Response(problem="connection_closed")
LATE = Response(problem="timeout")


def filtered(spec: PlatformSpec, source: str, node: str, port: int) -> Response | None:
    """Return what a packet filter does to a connection; None: it accepts it."""
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
    ready = spec.endpoints()
    if not ready:
        return REFUSED
    pod = ready[spec.turn(f"service:{came_by}", len(ready))]
    return to_pod(spec, pod, replace(request, source=came_by))


def to_pod(
    spec: PlatformSpec, pod: AppPod, request: Request, *, at_node: bool = False
) -> Response:
    """Send a request to one pod from a node."""
    if not at_node and cut(
        spec, request.source, pod.node, host_network=pod.host_network
    ):
        return SILENT
    if not at_node and pod.host_network:
        stopped = filtered(spec, request.source, pod.node, pod.port)
        if stopped:
            return stopped
    ill = pod.behavior != "well" and spec.rng.random() < pod.share
    if ill and pod.behavior == "refuse":
        return REFUSED
    if ill and pod.behavior == "hang":
        return replace(LATE, processing=request.patience)
    took = pod.seconds * spec.rng.uniform(0.8, 1.3)
    if took > request.patience:
        return replace(LATE, processing=request.patience)
    page = apps.reply(pod.page) if ill else pages.fine(spec.expects)
    return Response(reply=page, processing=took)


def cut(spec: PlatformSpec, source: str, node: str, *, host_network: bool) -> bool:
    """Return whether the way needs the overlay, and it is broken."""
    return spec.overlay_cut and source != node and not host_network
