"""Nodes: what a port of a node leads to.

In: a `World`, a node, a port, a request. Out: what came back.
It does not: serve; `ingress` and `request` do.
Source: kube-proxy's chains (reference hetzner.md, section 5).
"""

from bench.accuracy.platform import pages
from bench.accuracy.platform.ingress import to_ingress
from bench.accuracy.platform.parts import Machine
from bench.accuracy.platform.request import (
    REFUSED,
    SILENT,
    Ask,
    Got,
    filtered,
    to_pod,
    to_service,
)
from bench.accuracy.platform.world import World


def to_node(world: World, node: Machine, port: int, ask: Ask) -> Got:
    """Ask a port of a node, as balancer or as another node."""
    if stopped := filtered(world, ask.source, node.name, port):
        return stopped
    ingress = world.ingress
    if port in {ingress.http_port, ingress.https_port}:
        return _ingress_port(world, node, ask, secure=port == ingress.https_port)
    if port == world.app_node_port:
        return to_service(world, ask, node.name)
    if port == ingress.health_port:
        here = any(p.ready for p in ingress.pods if p.node == node.name)
        status = 200 if here else 503
        text = f'{{"localEndpoints": {int(here)}}}'
        page = pages.made(status, pages.REASONS[status], "application/json", text)
        return Got(reply=page)
    if port == world.open_everywhere:
        return Got(reply=pages.made(404, "Not Found", "text/plain", "404\n"))
    here = (p for p in world.pods if p.host_network and p.node == node.name)
    pod = next((p for p in here if p.port == port), None)
    return REFUSED if pod is None else to_pod(world, pod, ask, at_node=True)


def _ingress_port(world: World, node: Machine, ask: Ask, *, secure: bool) -> Got:
    """Follow kube-proxy: which ingress pod a NodePort leads to."""
    ready = [p for p in world.ingress.pods if p.ready]
    if not ready:
        return REFUSED
    if world.ingress.policy == "Local" and ask.source != node.name:
        ready = [p for p in ready if p.node == node.name]
        if not ready:
            return SILENT
    pod = ready[world.turn(f"ingress:{node.name}", len(ready))]
    return to_ingress(world, pod, ask, came_by=node.name, secure=secure)
