"""Ports: whether nothing listens on the health check's port.

In: a scene. Out: the port, or what is missing to prove it.
It does not: conclude.
Source: Kubernetes, Service: only type LoadBalancer with externalTrafficPolicy Local
gets a healthCheckNodePort; a Service of type NodePort has none (checked on 1.36).
"""

from parallax.evidence import balancer, inside, nodes
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.way_in import LOAD_BALANCER
from parallax.model.cluster import Service


@reading
def unused_port(scene: Scene) -> int:
    """Return the health check's port, if certainly nothing of the cluster uses it.

    Raises `Missing` with everything that is not determined.
    """
    check = balancer.service(scene).health_check
    to = balancer.service(scene).destination_port
    if lacking := _detail(scene, check.port) + _owner(scene, check.port, to):
        raise Missing(*lacking)
    return check.port


def _owner(scene: Scene, port: int, to: int) -> list[str]:
    """Return what is missing to prove that no Service owns the port."""
    service = inside.ingress_service.maybe(scene)
    if service is None:
        return list(inside.ingress_service.lacks(scene))
    own = scene.cluster.service if scene.cluster else None
    of_nodes = balancer.is_port_of_nodes(service, to)
    if to not in service.node_ports and not of_nodes:
        return [f"the owner of port {to}, which is not a NodePort of the ingress"]
    if port in service.node_ports or (own and port in own.node_ports):
        return [
            f"the reason why the health check fails on port {port}, a valid NodePort"
        ]
    if service.external_traffic_policy == nodes.LOCAL and service.type == LOAD_BALANCER:
        return _perhaps_kube_proxy(service, port)
    return []


def _detail(scene: Scene, port: int) -> list[str]:
    """Return what the API's reasons leave open: only a refusal proves no listener.

    Older readings have no reasons. Then a NodePort that no Service has is unused; on
    any other port a pod may listen on the nodes themselves (`hostPort`).
    """
    reported = {seen.detail for seen in balancer.failure_details(scene)}
    if "layer4_timeout" in reported:
        return [f"what drops the health check on port {port} (layer4_timeout)"]
    if reported - {"layer4_no_connection"}:
        return [f"what responds to the health check on port {port}"]
    if not reported and port not in balancer.NODE_PORTS:
        return [f"whether a process on the nodes listens on port {port}"]
    return []


def _perhaps_kube_proxy(ingress: Service, port: int) -> list[str]:
    """Return what is open with policy Local, where kube-proxy serves its own port."""
    own = ingress.health_check_node_port
    if own is None:
        return [
            f"whether port {port} is the Service's healthCheckNodePort (policy Local)"
        ]
    if port == own:
        return [f"the reason why healthCheckNodePort {port} reports no ingress pod"]
    return []
