"""Ports: whether the health check's port is certainly nobody's.

In: a scene, the balancer's service. Out: the words for what leaves it open.
It does not: conclude.
Source: a Service of type NodePort has no healthCheckNodePort, also with policy Local:
reference kubernetes/local-traffic-policy (recorded); only type LoadBalancer gets one.
"""

from parallax.evidence import balancer, nodes, pods
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerService
from parallax.model.cluster import Service

LOAD_BALANCER = "LoadBalancer"


def port_missing(scene: Scene, service: BalancerService) -> list[str]:
    """Return what keeps the health check's port from being nobody's."""
    port, to = service.health_check.port, service.destination_port
    return _missing_detail(scene, port) + _missing_owner(scene, port, to)


def _missing_owner(scene: Scene, port: int, to: int) -> list[str]:
    """Return what keeps the health check's port from being nobody's."""
    ingress = scene.cluster.ingress_service if scene.cluster else None
    if ingress is None:
        what = "the ingress Service as the cluster has it"
        why = "" if scene.cluster else f" ({pods.inside_missing(scene)})"
        return [what + why]
    own = scene.cluster.service if scene.cluster else None
    if to not in ingress.node_ports:
        return [f"whose port :{to} is; the ingress Service has {ingress.node_ports}"]
    if port in ingress.node_ports or (own and port in own.node_ports):
        return [f"why the health check fails at :{port}, which is a NodePort of ours"]
    if ingress.external_traffic_policy == nodes.LOCAL and ingress.type == LOAD_BALANCER:
        return _perhaps_kube_proxys(ingress, port)
    return []


def _missing_detail(scene: Scene, port: int) -> list[str]:
    """Return what Hetzner's words leave open: only a refusal says nobody listens.

    Without words, as older readings are, a NodePort that no Service has is nobody's;
    at any other port a pod may listen on the nodes themselves (`hostPort`).
    """
    said = {seen.detail for seen in balancer.details(scene)}
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
