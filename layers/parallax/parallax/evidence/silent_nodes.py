"""Silent nodes: nodes that run, but let the load balancer's connections time out.

In: a scene. Out: the proof for a port on which the nodes themselves listen (hostPort,
hostNetwork, k3s servicelb). It does not: conclude.
No agent probes such a port. A node without a listener refuses a connection at once; a
connection that times out was dropped. The node is not down if its own agent reports.
Source: Hetzner Cloud API (`layer4_timeout`); RFC 9293, section 3.10.7.1 (a closed port
responds with a reset).
"""

from parallax.evidence import balancer, check_content, inside, nodes, pods
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of

TIMES_OUT = "layer4_timeout"


def listens_itself(scene: Scene) -> bool:
    """Return whether requests and health check use a port of the nodes themselves."""
    service = balancer.service(scene)
    to, cluster = service.destination_port, scene.cluster
    known = cluster.ingress_service if cluster else None
    is_node_port = to in balancer.NODE_PORTS or (known and to in known.node_ports)
    return service.health_check.port == to and not is_node_port


@reading
def text(scene: Scene) -> str | None:
    """Return that every target drops connections although it runs; else None."""
    if not listens_itself(scene) or not balancer.all_unhealthy(scene):
        return None
    if check_content.failure_reasons(scene) != {TIMES_OUT}:
        return None
    if not check_content.every_target_has_a_reason(scene) or not _all_run(scene):
        return None
    if not all(map(inside.accepted, pods.from_other_nodes(scene))):
        return None  # the network between nodes may drop them behind the port
    count, port = len(balancer.health(scene)), balancer.service(scene).destination_port
    return (
        f"Hetzner reports {TIMES_OUT}: connections to {of(count, count)} targets on"
        f" port {port} are dropped, although the agents on these nodes report"
    )


def _all_run(scene: Scene) -> bool:
    """Return whether each target is a ready node whose own agent reports."""
    reporting = {report.node for report in scene.live_reports}
    found = [nodes.target_node(scene, target) for target, _ in balancer.health(scene)]
    running = [n for n in found if n is not None and n.ready and n.name in reporting]
    return bool(found) and len(running) == len(found)
