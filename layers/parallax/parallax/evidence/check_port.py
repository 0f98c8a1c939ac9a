"""Ports: whether the health check's port is certainly nobody's.

In: a scene. Out: the port, or what leaves it open.
It does not: conclude.
Source: a Service of type NodePort has no healthCheckNodePort, also with policy Local:
reference kubernetes/local-traffic-policy (recorded); only type LoadBalancer gets one.
"""

from parallax.evidence import balancer, inside, nodes
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.model.cluster import Service

LOAD_BALANCER = "LoadBalancer"


@reading
def unused_port(scene: Scene) -> int:
    """Return the health check's port, on which certainly nothing of ours listens.

    Missing is all that leaves it open.
    """
    check = balancer.service(scene).health_check
    to = balancer.service(scene).destination_port
    if lacking := _missing_detail(scene, check.port) + _owner(scene, check.port, to):
        raise Missing(*lacking)
    return check.port


def _owner(scene: Scene, port: int, to: int) -> list[str]:
    """Return what keeps the port from being nobody's, as Services have ports."""
    service = inside.ingress_service.maybe(scene)
    if service is None:
        return list(inside.ingress_service.lacks(scene))
    own = scene.cluster.service if scene.cluster else None
    if to not in service.node_ports:
        return [f"whose port :{to} is; the ingress Service has {service.node_ports}"]
    if port in service.node_ports or (own and port in own.node_ports):
        return [f"why the health check fails at :{port}, which is a NodePort of ours"]
    if service.external_traffic_policy == nodes.LOCAL and service.type == LOAD_BALANCER:
        return _perhaps_kube_proxys(service, port)
    return []


def _missing_detail(scene: Scene, port: int) -> list[str]:
    """Return what Hetzner's words leave open: only a refusal says nobody listens.

    Without words, as older readings are, a NodePort that no Service has is nobody's;
    at any other port a pod may listen on the nodes themselves (`hostPort`).
    """
    said = {seen.detail for seen in balancer.failure_details(scene)}
    if "layer4_timeout" in said:
        return [f"what drops the health check at :{port} (layer4_timeout): a firewall?"]
    if said - {"layer4_no_connection"}:
        return [f"why something answers the health check at :{port}"]
    if not said and port not in balancer.NODE_PORTS:
        return [f"whether something listens on the nodes themselves at :{port}"]
    return []


def _perhaps_kube_proxys(ingress: Service, port: int) -> list[str]:
    """Return what is open with policy Local, where kube-proxy has a port of its own."""
    own = ingress.health_check_node_port
    if own is None:
        return [f"whether :{port} is the Service's healthCheckNodePort (policy Local)"]
    if port == own:
        return [f"why :{port}, the Service's healthCheckNodePort, finds no ingress pod"]
    return []
