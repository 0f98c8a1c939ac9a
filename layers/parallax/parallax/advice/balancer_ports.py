"""Balancer ports: which ports belong to the target, and how to correct a health check.

In: a snapshot. Out: ports and next steps that two advisers share.
It does not: advise.
"""

from shlex import quote

from parallax.causes.keeper import check_settings, lasting
from parallax.causes.undo import old_check
from parallax.evidence import balancer
from parallax.evidence.scene import Scene
from parallax.model.judgement import NextStep


def ports_known(scene: Scene) -> bool:
    """Return whether the services of load balancer and ingress were freshly read."""
    cluster = scene.cluster
    ingress = cluster.ingress_service if cluster else None
    return balancer.service.maybe(scene) is not None and ingress is not None


def ports_of_ours(scene: Scene) -> frozenset[int]:
    """Return the NodePorts and healthCheckNodePorts of ingress and app."""
    cluster = scene.cluster
    found: set[int] = set()
    for service in (cluster.ingress_service, cluster.service) if cluster else ():
        if service is not None:
            found |= set(service.node_ports)
            found |= {p for p in (service.health_check_node_port,) if p}
    return frozenset(found)


def correct_port(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to set the health check to the right port.

    That is the destination port; under policy Local the healthCheckNodePort.
    """
    service, cluster = balancer.service.maybe(scene), scene.cluster
    if service is None:
        return ()
    ingress = cluster.ingress_service if cluster else None
    local = ingress.health_check_node_port if ingress else None
    port = local or service.destination_port
    update = f"update-service {quote(balancer.name(scene))}"
    update += f" --listen-port {service.listen_port}"
    if local:
        update += " --health-check-protocol http"
    update += f" --health-check-port {port}"
    if local:
        update += " --health-check-http-path /healthz"
    step = NextStep(
        text=f"Set the health check to port {port}.",
        command=f"hcloud load-balancer {update}",
        undo=old_check(balancer.load_balancer(scene), service, domain=False),
    )
    settings: dict[str, object] = {"health_check_port": port}
    if local:
        settings |= {
            "health_check_protocol": "http",
            "health_check_http_path": "/healthz",
        }
    return (lasting(scene, step, **check_settings(service, **settings)),)
