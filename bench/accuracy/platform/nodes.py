"""Nodes: what a port of a node leads to.

In: a `PlatformSpec`, a node, a port, a request. Out: a response.
It does not: serve; `ingress` and `request` do.
Source: Kubernetes documentation, Virtual IPs and Service Proxies (traffic policies).
"""

from bench.accuracy.platform import pages
from bench.accuracy.platform.conditions import Entry
from bench.accuracy.platform.ingress import to_ingress
from bench.accuracy.platform.parts import Machine
from bench.accuracy.platform.request import (
    REFUSED,
    SILENT,
    Request,
    Response,
    filtered,
    to_pod,
    to_service,
)
from bench.accuracy.platform.spec import PlatformSpec

OFFERED = range(30000, 32768)
"""NodePorts."""
LOCAL_ENTRIES = {Entry.HOST_PORT, Entry.CLUSTER_IP}
"""Ways in that lead to a pod of the same node."""
ON_THE_NODES = LOCAL_ENTRIES | {Entry.SERVICE_LB}
"""Ways in at ports of the nodes themselves."""


def to_node(spec: PlatformSpec, node: Machine, port: int, request: Request) -> Response:
    """Send a request to a port of a node, from the load balancer or another node."""
    if stopped := filtered(spec, request.source, node.name, port):
        return stopped
    if node.name in spec.conditions.no_proxy and port in OFFERED:
        return REFUSED
    own = not spec.has_ingress and port == spec.ingress.http_port
    if own or port == spec.app_node_port:
        return to_service(spec, request, node.name)
    second = spec.conditions.second_ports or ()
    secure = {spec.ingress.https_port, *second[1:]}
    if port in {spec.ingress.http_port, *second, *secure}:
        return _ingress_port(spec, node, request, secure=port in secure)
    return _other_port(spec, node, port, request)


def _other_port(
    spec: PlatformSpec, node: Machine, port: int, request: Request
) -> Response:
    """Respond at a port that leads neither to the ingress nor to the Service."""
    ingress = spec.ingress
    if port == ingress.health_port:
        counted = spec.conditions.entry is not Entry.DUMMY
        here = counted and any(p.ready for p in ingress.pods if p.node == node.name)
        status = 200 if here else 503
        text = f'{{"localEndpoints": {int(here)}}}'
        page = pages.made(status, pages.REASONS[status], "application/json", text)
        return Response(reply=page)
    if port == spec.open_everywhere:
        return Response(reply=pages.made(404, "Not Found", "text/plain", "404\n"))
    here = (p for p in spec.pods if p.host_network and p.node == node.name)
    pod = next((p for p in here if p.port == port), None)
    return REFUSED if pod is None else to_pod(spec, pod, request, at_node=True)


def _ingress_port(
    spec: PlatformSpec, node: Machine, request: Request, *, secure: bool
) -> Response:
    """Route as kube-proxy does: to the ingress pod that a NodePort leads to."""
    if node.name in spec.conditions.stale_proxy:
        return SILENT
    ready = [p for p in spec.ingress.pods if p.ready]
    if spec.conditions.entry in LOCAL_ENTRIES:
        ready = [p for p in ready if p.node == node.name]
    if not ready:
        return REFUSED
    if spec.ingress.policy == "Local" and request.source != node.name:
        ready = [p for p in ready if p.node == node.name]
        if not ready:
            return SILENT
    pod = ready[spec.turn(f"ingress:{node.name}", len(ready))]
    return to_ingress(spec, pod, request, came_by=node.name, secure=secure)
