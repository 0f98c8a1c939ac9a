"""The health check uses another port than the requests.

In: a snapshot. Out: an `Advice`, or None.
It does not: report the Service's healthCheckNodePort under traffic policy Local, which
is the right port for the check; or judge a destination that is not a NodePort of the
ingress: then not the health check is wrong.
"""

from parallax.advice.adviser import Adviser
from parallax.advice.balancer_ports import correct_port, ports_of_ours
from parallax.evidence import balancer
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice, Hop

ID = "health-check-other-port"


def advise(scene: Scene) -> Advice | None:
    """Return advice if the health check can succeed while requests fail."""
    service = balancer.service.maybe(scene)
    if service is None or not decidable(scene):
        return None
    port, to = service.health_check.port, service.destination_port
    ingress = scene.cluster.ingress_service if scene.cluster else None
    local = ingress.health_check_node_port if ingress else None
    if port in {to, local} or port not in ports_of_ours(scene):
        return None
    title = f"The health check uses port {port}, but requests go to port {to}"
    why = f"no health check uses port {to}, so a failure there stays unnoticed"
    if local:
        title = f"The health check uses port {port} instead of port {local}"
        why = f"only port {local} (healthCheckNodePort) shows where ingress pods run"
    return Advice(
        id=ID,
        hop=Hop.LOAD_BALANCER,
        title=title,
        evidence=(balancer.health_report(scene), why),
        next_steps=correct_port(scene),
    )


def decidable(scene: Scene) -> bool:
    """Return whether both sides' ports were read, and requests go to the ingress."""
    service, cluster = balancer.service.maybe(scene), scene.cluster
    ingress = cluster.ingress_service if cluster else None
    return (
        service is not None
        and ingress is not None
        and service.destination_port in ingress.node_ports
    )


ADVISER = Adviser(
    id=ID,
    summary="A health check uses another port than the requests",
    advise=advise,
    decidable=decidable,
)
